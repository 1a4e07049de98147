"""Reciprocal rank fusion: a text that several rankings name comes first."""

import pytest

from memorygym.memories.stores.search.fulltext import FullText
from memorygym.memories.stores.search.fusion import Fused, fuse
from memorygym.memories.stores.search.vectors import Vectors


@pytest.mark.parametrize(
    ("rankings", "constant", "fused"),
    [
        ([[1, 2, 3]], 60, [1, 2, 3]),
        ([[1, 2], [3, 2]], 60, [2, 1, 3]),
        ([[2, 1], [1, 2]], 60, [1, 2]),
        ([[1, 7, 2], [3, 8, 2]], 60, [2, 1, 3, 7, 8]),
        ([[1, 7, 2], [3, 8, 2]], 0, [1, 3, 2, 7, 8]),
        ([[], [5]], 60, [5]),
        ([], 60, []),
    ],
)
def test_places_add_up_and_ties_go_to_the_smaller_key(
    rankings: list[list[int]], constant: int, fused: list[int]
) -> None:
    assert fuse(rankings, 9, constant) == fused


def test_fused_indexes_find_what_either_finds_and_forget_together() -> None:
    index = Fused(FullText(), Vectors())
    index.set(1, "Cedar Quay opened")
    index.set(2, "cedars")
    assert index.search("cedar", 2) == [1, 2]
    index.drop(1)
    assert index.search("cedar", 2) == [2]
