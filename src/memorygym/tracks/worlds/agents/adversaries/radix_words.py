"""radix_words: whole records as numbers in shown words besides all that radix_mixed uses."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import book_of
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "an agent with a code interpreter that uses the pinned message as a code book"
BOUND = Bound(86)
# The code book adds a twentieth of a bit to the 11.4 that a token tells without it.
RECODER = True


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, book_of(system), entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(book_of)
