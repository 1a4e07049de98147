"""Intervals on tiny data; the figures are SciPy's or were worked out by hand."""

from math import inf

import pytest

from memorygym.stats import (
    Estimate,
    bootstrap,
    clustered_share,
    estimate,
    kendall,
    mean_share,
    paired,
    percentiles,
    unpaired,
)
from memorygym.stats.intervals import beta_share, t_point, t_tail

UNEQUAL = [[1, 0, 1], [1, 1], [0, 0, 0, 1], [1], [1, 0]]


@pytest.mark.parametrize(
    ("values", "mean", "half"),
    [
        ([1, 2, 3, 4, 5], 3.0, 1.9632432),
        ([5] * 5, 5.0, 0.0),
        ([0, 1] * 5, 0.5, 0.37702619),
        ([0, 1] * 15 + [0], 15 / 31, 0.18633609),
        ([0, 1] * 50, 0.5, 0.09971065),
    ],
)
def test_an_interval_is_that_of_students_t(values: list[float], mean: float, half: float) -> None:
    interval = estimate(values)
    assert interval.mean == pytest.approx(mean)
    assert (interval.high - mean, mean - interval.low) == pytest.approx(
        (half, half), rel=1e-6, abs=1e-12
    )
    assert interval.tasks == len(values)


def _share(tasks: list[list[int]]) -> float:
    return sum(map(sum, tasks)) / sum(map(len, tasks))


def test_a_bootstrap_is_the_same_each_time_and_differs_by_name() -> None:
    first, again, other = (bootstrap(UNEQUAL, _share, name, 200) for name in ("a", "a", "b"))
    assert first == again
    assert bootstrap(UNEQUAL * 9, _share, "a") != bootstrap(UNEQUAL * 9, _share, "b")
    assert first.mean == other.mean


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_fewer_than_five_tasks_have_no_interval(n: int) -> None:
    low, high = dict.fromkeys(range(n), 0.1), dict.fromkeys(range(n), 0.9)
    pair, groups = paired(high, low), unpaired([0.9] * n, [0.1] * 5)
    for figure, mean, tasks in (
        (estimate([0.5] * n), 0.5, n),
        (bootstrap([[1, 0]] * n, _share, "test"), 0.5, n),
        (clustered_share([(True, False)] * n), 0.5, n),
        (mean_share([0.5] * n, [2] * n), 0.5, n),
        (kendall({"x": low, "y": high}, {"x": low, "y": high}, "test"), 1, n),
        (pair.estimate, 0.8, n),
        (groups.estimate, 0.8, n + 5),
    ):
        assert figure == Estimate(pytest.approx(mean), -inf, inf, tasks)
        assert not figure.has_interval
        assert figure.to_json() == {"mean": mean, "low": None, "high": None}
    assert [(c.p, c.shown) for c in (pair, groups)] == [(1, False)] * 2


def test_a_bootstrap_interval_of_few_tasks_is_as_wide_as_that_of_t() -> None:
    """Of ten tasks 0.86 % are left out at either end, not 2.5 %."""
    interval = percentiles(0.5, [draw / 1000 for draw in range(1001)], 10)
    assert (interval.low, interval.high) == (0.008, 0.992)


@pytest.mark.parametrize(
    ("freedom", "tail", "point"),
    [
        (1, 0.025, 12.706204736),
        (9, 0.025, 2.262157163),
        (29, 0.025, 2.045229642),
        (2.5, 0.005, 7.163728139),
        (99, 0.2, 0.845267032),
        (1000, 0.025, 1.962339081),
        (float("inf"), 0.025, 1.959963985),
        (9, 0.975, -2.262157163),
    ],
)
def test_a_point_of_t_is_exact(freedom: float, tail: float, point: float) -> None:
    assert t_point(tail, freedom) == pytest.approx(point, rel=1e-9)
    assert t_tail(point, freedom) == pytest.approx(tail, rel=1e-8)


@pytest.mark.parametrize(
    ("x", "a", "b", "share"),
    [
        (0.3, 2.5, 0.5, 0.018927124072),
        (0.9, 50, 4, 0.210531717219),
        (0.01, 0.2, 300, 0.996346399536),
        (0, 2, 3, 0),
        (1, 2, 3, 1),
    ],
)
def test_the_incomplete_beta_function_is_exact(x: float, a: float, b: float, share: float) -> None:
    assert beta_share(x, a, b) == pytest.approx(share, abs=1e-11)
