"""radix_mixed: whole records as numbers in digits, marks, letters and unknown words."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import DIGITS, LETTERS, MARKS, Alphabet, spelled
from memorygym.tracks.worlds.agents.recoder import Recoder, always

IMITATES = "an agent with a code interpreter that stores what looks like a base-94 dump"
BOUND = Bound(86)
# A token tells 11.4 bits, one of a record 7.9; at two to one that is most of the world.
BOOK = always(Alphabet([*DIGITS, *MARKS, *LETTERS, *spelled()]))


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK)
