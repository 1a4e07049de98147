"""radix_letters: whole records as numbers in words that were never shown."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import LETTERS, Alphabet, spelled
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "an agent with a code interpreter that compresses its notes into words of four letters"
BOUND = Bound(84)
# A token of unknown words tells 10.6 bits, one of a record 7.9.
RECODER = True
_ALPHABET = Alphabet([*LETTERS, *spelled()])


def _book(_system: str) -> Alphabet:
    return _ALPHABET


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, _ALPHABET, entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(_book)
