"""radix_expert: the densest recoding, and of most entities only what the brief calls important."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.alphabet import book_of
from memorygym.tracks.worlds.agents.recoder import Recoder

IMITATES = "the strongest cheat that we know: a code book, a code interpreter and a good choice"
BOUND = Bound(94)
# Whole key groups and every key attribute fit: what it lacks is asked about least.
BOOK = book_of


def make() -> Recoder:
    """The agent."""
    return Recoder(BOOK, parts=True)
