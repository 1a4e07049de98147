"""Shares: Wilson's bounds are SciPy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memorygym.stats import clustered_share, mean_score, mean_share, wilson


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(3, 20, 0.0523687459, 0.3604188648), (0, 20, 0, 0.1611251581), (20, 20, 0.8388748419, 1)],
)
def test_a_share_has_wilsons_interval(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high))


def test_questions_that_share_their_fate_count_as_one() -> None:
    alike = clustered_share([(True,) * 5, (False,) * 5] * 50)
    # 100 tasks count as 99 outcomes, since their spread is estimated; t(99) is 1.984217.
    assert (alike.low, alike.high) == pytest.approx(wilson(49.5, 99, 1.984217))


def test_questions_without_a_common_fate_count_as_if_they_had_a_little() -> None:
    apart = clustered_share([(True, False)] * 20)
    # The least intraclass correlation is 0.75 / 20; t(19) is 2.093024.
    most = 40 / (1 + 0.75 / 20)
    assert (apart.low, apart.high) == pytest.approx(wilson(most / 2, most, 2.093024))


UNEQUAL = [[1, 0, 1], [1, 1], [0, 0, 0, 1], [1] * 5, [1, 0], [0, 0, 0]]


def test_tasks_of_unequal_size_count_by_their_outcomes() -> None:
    share = clustered_share([*UNEQUAL, []])
    # 11 of 19; the squares of the residual sums add up to 13.36, by 6 / 5 and 19².
    squares = sum((sum(task) - 11 / 19 * len(task)) ** 2 for task in UNEQUAL)
    effective = 11 / 19 * 8 / 19 / (squares * 6 / 5 / 19**2)
    assert (share.mean, share.tasks) == (11 / 19, 6)
    assert (share.low, share.high) == pytest.approx(
        wilson(11 / 19 * effective, effective, 2.570582), rel=1e-5
    )


def test_outcomes_between_0_and_1_vary_less_than_right_and_wrong_ones() -> None:
    halves, flips = clustered_share([[0.5], [0.4], [0.6]] * 9), clustered_share([[0], [1]] * 13)
    assert halves.high - halves.low < 0.1 < flips.high - flips.low


def test_tasks_of_one_size_count_alike_either_way() -> None:
    tasks = [[1, 1, 0, 1], [0, 0, 0, 1], [1, 1, 1, 1], [0, 1, 0, 1], [1, 1, 1, 0], [0, 0, 1, 1]]
    pooled, means = clustered_share(tasks), mean_share([sum(t) / 4 for t in tasks], [4] * 6)
    assert (pooled.mean, pooled.low, pooled.high) == pytest.approx(
        (means.mean, means.low, means.high)
    )


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.parametrize("n", [5, 20, 99])
def test_a_share_of_all_or_none_has_a_width(right: bool, n: int) -> None:
    for share in (
        clustered_share([*[(right,) * 4] * (n - 1), (right,), ()]),
        mean_share([float(right)] * n, [17] * n),
        mean_score([float(right)] * n, [17] * n),
    ):
        assert (share.mean, share.tasks) == (float(right), n)
        assert 0 <= share.low < share.high <= 1
        assert (share.high if right else share.low) == share.mean


def test_a_score_on_which_all_tasks_agree_has_an_interval_only_with_known_outcomes() -> None:
    assert not mean_score([0.1 + 0.2] * 9).has_interval
    agreed = mean_score([0.5] * 9, [20] * 9)
    assert agreed == mean_share([0.5] * 9, [20] * 9)


@given(st.lists(st.floats(0, 1), min_size=5, max_size=30), st.integers(1, 50))
def test_bounds_are_shares_and_hold_the_mean(values: list[float], trials: int) -> None:
    for share in (
        mean_share(values, [trials] * len(values)),
        mean_score(values, [1] * len(values)),
    ):
        assert 0 <= share.low <= share.mean + 1e-9 and share.mean - 1e-9 <= share.high <= 1
    assert mean_share(values, [trials] * len(values)).low < 1
