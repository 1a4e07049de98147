"""radix_digits: whole records as numbers in digits and blanks."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import DIGITS, Alphabet
from memorygym.tracks.worlds.agents.recoder import Recoder, always

IMITATES = "an agent with a code interpreter that compresses its notes into decimal numbers"
BOUND = Bound(85)
# A token of digits and blanks tells 11.0 bits, one of a record 7.9.
BOOK = always(Alphabet(DIGITS))


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK)
