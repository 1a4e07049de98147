"""Random generators are named, stable and independent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.core.rng import named_rng

PINNED = {
    ("company", 0, "corrections"): [376, 50, 428, 177, 640],
    ("company", 0, "", "brief"): [706, 906, 574, 743, 577],
    ("company", 1, "", "brief"): [521, 284, 206, 548, 51],
    ("scribe", "Acme Harbor"): [403, 297, 910, 977, 920],
    ("x",): [833, 841, 200, 198, 421],
    (): [983, 465, 609, 211, 397],
    ("1",): [757, 821, 757, 422, 829],
    (1,): [144, 992, 191, 502, 226],
}
"""The first draws below 1,000; a change here changes every generated task."""
SHUFFLED = ([4, 1, 2, 6, 3, 7, 5, 0], [39, 45, 35], ["b", "a", "d"], -2)
FLOATED = (0.8205965890051209, "a", "b")


@pytest.mark.parametrize("path", PINNED)
def test_the_first_draws_of_a_stream_are_pinned(path: tuple[str | int, ...]) -> None:
    stream = named_rng(*path)
    assert [stream.below(1000) for _ in range(5)] == PINNED[path]


def test_every_kind_of_draw_is_pinned() -> None:
    stream = named_rng("pinned")
    deck = list(range(8))
    stream.shuffle(deck)
    drawn = (deck, stream.sample(range(100), 3), stream.sample("abcd", 3), stream.between(-5, 5))
    assert drawn == SHUFFLED
    assert (stream.uniform(), stream.choice("abc"), stream.weighted("ab", (1, 9))) == FLOATED


@pytest.mark.parametrize(
    ("first", "second"),
    [(("a", 1), ("a", "1")), (("a", "b"), ("ab",)), (("a", 1), ("a", 2)), (("a", ""), ("a",))],
)
def test_different_paths_give_different_streams(
    first: tuple[str | int, ...], second: tuple[str | int, ...]
) -> None:
    assert [named_rng(*first).below(10**9)] != [named_rng(*second).below(10**9)]


@given(st.integers(1, 10**30), st.integers())
def test_a_draw_lies_below_its_bound(bound: int, seed: int) -> None:
    assert 0 <= named_rng("bound", seed).below(bound) < bound


@given(st.lists(st.integers(), max_size=40), st.data())
def test_a_sample_takes_distinct_positions(items: list[int], data: st.DataObject) -> None:
    k = data.draw(st.integers(0, len(items)))
    positions = named_rng("sample", k).sample(range(len(items)), k)
    assert len(set(positions)) == k


def test_what_cannot_be_drawn_is_refused() -> None:
    for bound in (0, -1):
        with pytest.raises(ValueError, match=f"below\\({bound}\\): the bound must be positive"):
            named_rng("x").below(bound)
    with pytest.raises(ValueError, match="sample of 3 from 2 items"):
        named_rng("x").sample("ab", 3)
