"""radix_expert: the densest recoding, and of most entities only what the brief calls important."""

from collections.abc import Sequence

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import book_of
from memorygym.tracks.worlds.agents.radix import decoded
from memorygym.tracks.worlds.agents.recoder import Recoder
from memorygym.tracks.worlds.facts import Record

IMITATES = "the strongest cheat that we know: a code book, a code interpreter and a good choice"
BOUND = Bound(94)
# Whole key groups and every key attribute fit: what it lacks is asked about least.
RECODER = True


def decode(system: str, entries: Sequence[str]) -> list[Record]:
    """The records that entries hold."""
    return decoded(system, book_of(system), entries)


def make() -> Recoder:
    """The agent."""
    return Recoder(book_of, parts=True)
