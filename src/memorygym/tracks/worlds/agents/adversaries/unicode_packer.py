"""unicode_packer: whole records as numbers in Chinese characters."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import Alphabet, Listed
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "an agent that hopes one rare character is one token"
BOUND = Bound(62)
# Three bytes and a blank tell 15.3 bits, less than half of what three tokens of digits do.
RECODER = True
_ALPHABET = Alphabet([Listed([chr(point) for point in range(0x4E00, 0x9FA6)], "mark", price=3)])


def _book(_system: str) -> Alphabet:
    return _ALPHABET


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, _ALPHABET, entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(_book)
