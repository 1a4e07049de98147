"""Exact vector search: as a plain computation finds it, however the index came about."""

from collections.abc import Sequence
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.memories.stores.search.vectors import (
    BLOCK,
    LIMIT,
    WIDEST,
    Columns,
    Matrix,
    Vectors,
    hashed,
    whole,
)

Table = Columns | Matrix

WORDS = "acme harbor beds 40 cedar quay opened 1999 oak pier revenue beds".split()
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
CHANGES = st.lists(st.tuples(st.integers(1, 9), st.none() | TEXTS), max_size=25)
"""Keys with the texts that are set under them, None to drop."""
TABLES = [Columns, pytest.param(Matrix, marks=pytest.mark.vec)]


def changed(
    changes: Sequence[tuple[int, str | None]], table: type[Table] = Columns
) -> tuple[Vectors, dict[int, str]]:
    index, texts = Vectors(table=table), {}
    for key, text in changes:
        if text is not None:
            texts[key] = text
            index.set(key, text)
        elif texts.pop(key, None) is not None:
            index.drop(key)
    return index, texts


def plain(texts: dict[int, str], query: str) -> list[tuple[int, float]]:
    """The cosines above 0, best first, without any index."""
    wanted = hashed(query)
    scores = []
    for key, text in texts.items():
        vector = hashed(text)
        lengths = sqrt(sum(x * x for x in vector)) * sqrt(sum(x * x for x in wanted))
        dot = sum(x * y for x, y in zip(vector, wanted, strict=True))
        if lengths and dot > 0:
            scores.append((key, round(dot / lengths, 6)))
    return sorted(scores, key=lambda item: (-item[1], item[0]))


@pytest.mark.parametrize("table", TABLES)
@given(changes=CHANGES, query=TEXTS, k=st.integers(1, 12))
def test_an_index_that_changed_finds_what_a_plain_computation_does(
    table: type[Table], changes: list[tuple[int, str | None]], query: str, k: int
) -> None:
    index, texts = changed(changes, table)
    assert index.scores(query, k) == plain(texts, query)[:k]


@given(CHANGES, TEXTS)
def test_an_index_that_changed_is_one_built_anew(
    changes: list[tuple[int, str | None]], query: str
) -> None:
    index, texts = changed(changes)
    anew, _ = changed(sorted(texts.items(), reverse=True))
    assert index.search(query, 5) == anew.search(query, 5)
    assert all(index.cosines(query)(key) == anew.cosines(query)(key) for key in texts)


@pytest.mark.vec
@given(
    st.lists(st.lists(st.integers(-LIMIT, LIMIT), min_size=3, max_size=3), min_size=1),
    st.lists(st.integers(-LIMIT, LIMIT), min_size=3, max_size=3),
)
def test_numpy_changes_no_product(rows: list[list[int]], wanted: list[int]) -> None:
    tables: list[Table] = [Columns(3), Matrix(3)]
    for table in tables:
        for row, vector in enumerate(rows):
            table.put(row, vector)
    with_numpy, without = (list(table.dots(wanted))[: len(rows)] for table in tables)
    assert with_numpy == without


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("sign", [1, -1])
def test_the_largest_vectors_of_the_most_dimensions_are_exact(
    table: type[Table], sign: int
) -> None:
    rows = table(WIDEST)
    rows.put(0, [LIMIT] * WIDEST)
    rows.put(1, [-LIMIT] * WIDEST)
    product = WIDEST * LIMIT * LIMIT
    assert list(rows.dots([sign * LIMIT] * WIDEST))[:2] == [sign * product, -sign * product]


@pytest.mark.parametrize("table", TABLES)
def test_rows_beyond_a_block_are_found(table: type[Table]) -> None:
    index = Vectors(table=table)
    for key in range(1, BLOCK + 3):
        index.set(key, f"entry{key}")
    assert index.search(f"entry{BLOCK + 2}", 1) == [BLOCK + 2]


def test_a_row_that_was_freed_is_used_again_and_nothing_of_it_is_found() -> None:
    index, _ = changed([(1, "cedar quay"), (1, None), (2, "oak pier")])
    assert index.search("cedar quay oak pier", 9) == [2]


def test_ties_go_to_the_smaller_key_whatever_came_first() -> None:
    index, _ = changed([(3, "oak pier"), (1, "pier oak"), (2, "oak pier")])
    assert index.search("oak pier", 2) == [1, 2]


@pytest.mark.parametrize("text", ["", "?!", "what is the"])
def test_a_query_that_says_nothing_finds_nothing(text: str) -> None:
    index, _ = changed([(1, "oak pier"), (2, text)])
    assert index.scores(text, 5) == Vectors().scores(text, 5) == []


def test_a_vector_of_any_numbers_keeps_its_direction() -> None:
    assert whole([2 * LIMIT, -LIMIT, 0]) == [LIMIT, round(-LIMIT / 2), 0]


def test_vectors_too_wide_to_be_exact_are_refused() -> None:
    with pytest.raises(ValueError, match=f"vectors of {WIDEST + 1} dimensions"):
        Columns(WIDEST + 1)
