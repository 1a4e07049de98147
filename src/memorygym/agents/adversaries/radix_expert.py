"""radix_expert: the densest recoding, and of most entities only what the brief calls important."""

from memorygym.agents.adversaries.radix_words import decode
from memorygym.agents.bound import Bound
from memorygym.agents.radix import Recoder, book_of

IMITATES = "the strongest cheat we know: a code book, a code interpreter and a good choice"
BOUND = Bound(90)
RECODER = True
__all__ = ["BOUND", "IMITATES", "RECODER", "decode", "make"]


def make() -> Recoder:
    """The agent."""
    return Recoder(book_of, parts=True)
