"""Counts of independent trials; the bounds are SciPy's."""

import pytest

from memorygym.stats import rule_of_three, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(3, 20, 0.0523687459, 0.3604188648), (0, 20, 0, 0.1611251581), (20, 20, 0.8388748419, 1)],
)
def test_a_share_has_wilsons_interval(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high))


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 2)])
def test_a_share_is_of_something(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(k, n)


def test_what_never_came_may_still_come() -> None:
    assert rule_of_three(300) == 0.01
    assert rule_of_three(2) == 1
    with pytest.raises(ValueError, match="0 trials"):
        rule_of_three(0)
