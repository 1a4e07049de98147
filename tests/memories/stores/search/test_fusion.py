"""Reciprocal rank fusion: a text that several rankings name comes first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.memories.stores.search.fulltext import FullText
from memorygym.memories.stores.search.fusion import Fused, fuse
from memorygym.memories.stores.search.vectors import Vectors

RANKING = st.lists(st.integers(1, 9), unique=True)


@pytest.mark.parametrize(
    ("rankings", "fused"),
    [
        ([[1, 2, 3]], [1, 2, 3]),
        ([[1, 2], [3, 2]], [2, 1, 3]),
        ([[2, 1], [1, 2]], [1, 2]),
        ([[], [5]], [5]),
        ([], []),
    ],
)
def test_places_add_up_and_ties_go_to_the_smaller_key(
    rankings: list[list[int]], fused: list[int]
) -> None:
    assert fuse(rankings, 9) == fused


def test_with_a_large_constant_two_low_places_beat_a_high_one() -> None:
    rankings = [[1, 7, 2], [3, 8, 2]]
    assert fuse(rankings, 1, 60) == [2] and fuse(rankings, 1, 0) == [1]


@given(RANKING, RANKING, RANKING)
def test_the_order_of_the_rankings_does_not_matter(
    first: list[int], second: list[int], third: list[int]
) -> None:
    assert fuse([first, second, third], 5) == fuse([third, first, second], 5)


def test_fused_indexes_find_what_either_finds_and_forget_together() -> None:
    index = Fused(FullText(), Vectors())
    index.set(1, "Cedar Quay opened")
    index.set(2, "cedars")
    assert index.search("cedar", 2) == [1, 2]
    index.drop(1)
    assert index.search("cedar", 2) == [2]
