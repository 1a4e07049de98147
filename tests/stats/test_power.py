"""Power, by the numbers of tasks of the exact noncentral t (SciPy)."""

import pytest

from memorygym.stats import (
    FIGURE,
    SEPARATE,
    Design,
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


@pytest.mark.parametrize("design", [FIGURE, SEPARATE, same_tasks(0.9)])
def test_the_tasks_needed_are_the_fewest(design: Design) -> None:
    n = tasks_needed(3.0, 14.0, design)
    assert mde(14.0, n, design) <= 3.0 < mde(14.0, n - 1, design)


def test_five_tasks_are_the_fewest_ever_needed() -> None:
    assert tasks_needed(1.0, 0.0) == 5


def test_no_detectable_difference_is_finer_than_the_data() -> None:
    assert mde(0.0, 10, step=1 / 170) == pytest.approx((2.262157 + 0.883404) / 170)
    assert mde(0.5, 10, step=1 / 170) == mde(0.5, 10)
