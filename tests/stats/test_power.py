"""Power, by the numbers of tasks of the exact noncentral t (SciPy); correlation within tasks."""

import pytest

from memorygym.stats import (
    FIGURE,
    SEPARATE,
    Design,
    design_effect,
    icc,
    mde,
    same_tasks,
    tasks_needed,
)


@pytest.mark.parametrize(
    ("delta", "alone", "separate"),
    [(0.2, 199, 394), (0.3, 90, 176), (0.5, 34, 64), (0.8, 15, 26), (1.2, 8, 12)],
)
def test_the_tasks_needed_are_those_of_the_exact_test(
    delta: float, alone: int, separate: int
) -> None:
    assert tasks_needed(delta, 1.0) == alone
    assert tasks_needed(delta, 1.0, SEPARATE) == separate
    assert tasks_needed(delta, 1.0, same_tasks(0.5)) == alone


@pytest.mark.parametrize(
    ("icc", "tasks", "points"),
    [(0, 100, 3.1), (0.05, 100, 4.4), (0.1, 100, 5.3), (0.2, 100, 6.9), (0.1, 10, 18.9)],
)
def test_the_protocol_detects_what_it_was_designed_for(
    icc: float, tasks: int, points: float
) -> None:
    sd = 100 * (0.25 / 20 * design_effect([20], icc)) ** 0.5
    assert mde(sd, tasks, same_tasks(0.5)) == pytest.approx(points, abs=0.1)


@pytest.mark.parametrize("design", [FIGURE, SEPARATE, same_tasks(0.9)])
def test_the_tasks_needed_are_the_fewest(design: Design) -> None:
    n = tasks_needed(3.0, 14.0, design)
    assert mde(14.0, n, design) <= 3.0 < mde(14.0, n - 1, design)


def test_five_tasks_are_the_fewest_ever_needed() -> None:
    assert tasks_needed(1.0, 0.0) == 5


def test_no_detectable_difference_is_finer_than_the_data() -> None:
    assert mde(0.0, 10, step=1 / 170) == pytest.approx((2.262157 + 0.883404) / 170)
    assert mde(0.5, 10, step=1 / 170) == mde(0.5, 10)


@pytest.mark.parametrize(
    ("tasks", "correlation"),
    [
        # Shrout and Fleiss (1979).
        ([(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)],
         pytest.approx(0.165742, abs=1e-6)),
        # Tasks of unequal size weigh by size.
        ([(1, 1, 1), (0, 0), ()], 1),
        ([(1, 0, 1, 0), (0, 1)], pytest.approx(-0.6)),
        # Nothing can be compared.
        *((tasks, None) for tasks in ([], [(1, 0)], [(1,), (0,)], [(1, 1), (1, 1)])),
    ],
)  # fmt: skip
def test_the_intraclass_correlation_is_by_analysis_of_variance(
    tasks: list[tuple[int, ...]], correlation: float | None
) -> None:
    assert icc(tasks) == correlation


def test_a_mean_of_alike_questions_is_worth_fewer() -> None:
    assert design_effect([20] * 100, 0.1) == pytest.approx(2.9)
    assert design_effect([1, 1], 0.5) == 1
    assert design_effect([10, 30], 0.1) == pytest.approx(3.4)
