"""radix_digits: whole records as numbers in digits and blanks."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import DIGITS, Alphabet
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "an agent with a code interpreter that compresses its notes into decimal numbers"
BOUND = Bound(85)
# A token of digits and blanks tells 11.0 bits, one of a record 7.9.
RECODER = True
_ALPHABET = Alphabet(DIGITS)


def _book(_system: str) -> Alphabet:
    return _ALPHABET


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, _ALPHABET, entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(_book)
