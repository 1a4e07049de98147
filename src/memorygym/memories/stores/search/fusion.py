"""Reciprocal rank fusion: several rankings as one (Cormack, Clarke and Büttcher 2009)."""

from collections.abc import Callable, Sequence

from memorygym.memories.stores.passages import Index
from memorygym.memories.stores.search.fulltext import FullText
from memorygym.memories.stores.search.vectors import Embed, Vectors, named

CONSTANT = 60
"""The k of the paper: how little the first places count above the next ones."""
DEEPER = 2
"""Each index ranks this multiple of the wanted texts: a good text may rank low in one index."""
_PLACES = 9


def fuse(rankings: Sequence[Sequence[int]], k: int, constant: int = CONSTANT) -> list[int]:
    """The k keys with the largest sums of 1 / (constant + rank), best first; ties by key.

    >>> fuse([[7, 8, 9], [9, 7]], 2)
    [7, 9]
    """
    sums: dict[int, float] = {}
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            sums[key] = sums.get(key, 0) + 1 / (constant + rank)
    return sorted(sums, key=lambda key: (-round(sums[key], _PLACES), key))[:k]


class Fused:
    """Several indexes of the same texts, searched as one."""

    def __init__(self, *indexes: Index, constant: int = CONSTANT) -> None:
        self._indexes = indexes
        self._constant = constant

    def set(self, key: int, text: str) -> None:
        for index in self._indexes:
            index.set(key, text)

    def drop(self, key: int) -> None:
        for index in self._indexes:
            index.drop(key)

    def search(self, query: str, k: int) -> list[int]:
        rankings = [index.search(query, DEEPER * k) for index in self._indexes]
        return fuse(rankings, k, self._constant)


def fused(embed: Embed, constant: int = CONSTANT) -> Callable[[], Index]:
    """The factory of an index of words and vectors."""
    return lambda: Fused(FullText(), Vectors(embed), constant=constant)


def words_with(embedder: str) -> Callable[[], Index]:
    """What makes an index of words, to which an embedder adds vectors unless it is `none`.

    >>> words_with("none") is FullText
    True
    """
    return FullText if embedder == "none" else fused(named(embedder, "none"))
