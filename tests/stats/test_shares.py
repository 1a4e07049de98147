"""Counts of independent trials; the bounds are SciPy's."""

import pytest

from memorygym.stats import clustered_share, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(3, 20, 0.0523687459, 0.3604188648), (0, 20, 0, 0.1611251581), (20, 20, 0.8388748419, 1)],
)
def test_a_share_has_wilsons_interval(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high))


@pytest.mark.parametrize(("k", "n"), [(0, 0), (3, 2), (-1, 2)])
def test_a_share_is_of_something(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not a share"):
        wilson(k, n)


def test_questions_that_share_their_fate_count_as_one() -> None:
    alike = clustered_share([(True,) * 5, (False,) * 5] * 4)
    assert (alike.low, alike.high) == pytest.approx(wilson(4, 8))
    apart = clustered_share([(True, False)] * 20)
    assert (apart.low, apart.high) == pytest.approx(wilson(20, 40))


@pytest.mark.parametrize("right", [True, False])
def test_a_share_of_all_or_none_keeps_within_0_and_1(right: bool) -> None:
    share = clustered_share([(right,) * 4, (right,), ()])
    assert (share.mean, share.tasks) == (float(right), 2)
    assert 0 <= share.low < share.high <= 1


def test_a_share_of_a_single_task_has_no_interval() -> None:
    share = clustered_share([(True, False)])
    assert (share.mean, share.low, share.high) == (0.5, float("-inf"), float("inf"))
    with pytest.raises(ValueError, match="no trials"):
        clustered_share([()])
