"""radix_words: whole records as numbers in shown words besides all that radix_mixed uses."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import book_of
from memorygym.tracks.worlds.agents.recoder import Recoder

IMITATES = "an agent with a code interpreter that uses the pinned message as a code book"
BOUND = Bound(86)
# The code book adds a twentieth of a bit to the 11.4 that a token tells without it.
BOOK = book_of


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK)
