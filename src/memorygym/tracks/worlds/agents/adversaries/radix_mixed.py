"""radix_mixed: whole records as numbers in digits, marks, letters and unknown words."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import DIGITS, LETTERS, MARKS, Alphabet, spelled
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "an agent with a code interpreter that stores what looks like a base-94 dump"
BOUND = Bound(86)
# A token tells 11.4 bits, one of a record 7.9; at two to one that is most of the world.
RECODER = True
_ALPHABET = Alphabet([*DIGITS, *MARKS, *LETTERS, *spelled()])


def _book(_system: str) -> Alphabet:
    return _ALPHABET


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, _ALPHABET, entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(_book)
