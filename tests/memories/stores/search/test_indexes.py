"""Exact vector search, as a plain computation finds it; the fusion of several rankings."""

from collections.abc import Sequence
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.memories.stores.search.fulltext import FullText
from memorygym.memories.stores.search.fusion import Fused, fuse
from memorygym.memories.stores.search.vectors import BLOCK, LIMIT, WIDEST, Vectors, hashed, whole

WORDS = "acme harbor beds 40 cedar quay opened 1999 oak pier revenue beds".split()
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
CHANGES = st.lists(st.tuples(st.integers(1, 9), st.none() | TEXTS), max_size=25)
"""Keys with the texts that are set under them, None to drop."""


def changed(changes: Sequence[tuple[int, str | None]]) -> tuple[Vectors, dict[int, str]]:
    index, texts = Vectors(), {}
    for key, text in changes:
        if text is not None:
            texts[key] = text
            index.set(key, text)
        elif texts.pop(key, None) is not None:
            index.drop(key)
    return index, texts


def plain(texts: dict[int, str], query: str) -> dict[int, float]:
    """The cosines above 0, best first, without any index."""
    wanted = hashed(query)
    scores = []
    for key, text in texts.items():
        vector = hashed(text)
        lengths = sqrt(sum(x * x for x in vector)) * sqrt(sum(x * x for x in wanted))
        dot = sum(x * y for x, y in zip(vector, wanted, strict=True))
        if lengths and dot > 0:
            scores.append((key, round(dot / lengths, 6)))
    return dict(sorted(scores, key=lambda item: (-item[1], item[0])))


@given(CHANGES, TEXTS, st.integers(1, 12))
def test_an_index_that_changed_finds_what_a_plain_computation_does(
    changes: list[tuple[int, str | None]], query: str, k: int
) -> None:
    index, texts = changed(changes)
    wanted = plain(texts, query)
    assert index.search(query, k) == [*wanted][:k]
    assert {key: c for key, c in index.cosines(query).items() if c > 0} == pytest.approx(
        wanted, abs=1e-6
    )


@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_vectors_of_the_most_dimensions_are_exact(sign: int) -> None:
    vectors = {"a": [LIMIT] * WIDEST, "b": [-LIMIT] * WIDEST, "q": [sign * LIMIT] * WIDEST}
    index = Vectors(vectors.__getitem__)
    index.set(1, "a")
    index.set(2, "b")
    assert index.cosines("q") == pytest.approx({1: sign, 2: -sign}, abs=1e-12)


def test_rows_beyond_a_block_are_found() -> None:
    index, _ = changed([(key, f"entry{key}") for key in range(1, BLOCK + 3)])
    assert index.search(f"entry{BLOCK + 2}", 1) == [BLOCK + 2]


@pytest.mark.parametrize("text", ["", "?!", "what is the"])
def test_a_query_that_says_nothing_finds_nothing(text: str) -> None:
    index, _ = changed([(1, "oak pier"), (2, text)])
    assert index.search(text, 5) == Vectors().search(text, 5) == []


def test_a_vector_of_any_numbers_keeps_its_direction() -> None:
    assert whole([2 * LIMIT, -LIMIT, 0]) == [LIMIT, round(-LIMIT / 2), 0]


def test_vectors_too_wide_to_be_exact_are_refused() -> None:
    with pytest.raises(ValueError, match=f"vectors of {WIDEST + 1} dimensions"):
        Vectors(lambda _: [1] * (WIDEST + 1)).set(1, "wide")


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
