"""unicode_packer: whole records as numbers in Chinese characters."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import Alphabet, Listed
from memorygym.tracks.worlds.agents.recoder import Recoder, always

IMITATES = "an agent that hopes one rare character is one token"
BOUND = Bound(62)
# Three bytes and a blank tell 15.3 bits, less than half of what three tokens of digits do.
BOOK = always(Alphabet([Listed([chr(point) for point in range(0x4E00, 0x9FA6)], "mark", price=3)]))


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK)
