"""radix_letters: whole records as numbers in words that were never shown."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import LETTERS, Alphabet, spelled
from memorygym.tracks.worlds.agents.recoder import Recoder, always

IMITATES = "an agent with a code interpreter that compresses its notes into words of four letters"
BOUND = Bound(84)
# A token of unknown words tells 10.6 bits, one of a record 7.9.
BOOK = always(Alphabet([*LETTERS, *spelled()]))


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK)
