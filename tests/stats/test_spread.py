"""Deviation, intraclass correlation and design effect on known data."""

import pytest

from memorygym.stats import design_effect, icc


def test_the_intraclass_correlation_is_that_of_shrout_and_fleiss() -> None:
    ratings = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]
    assert icc(ratings) == pytest.approx(0.165742, abs=1e-6)


def test_tasks_of_unequal_size_weigh_by_size() -> None:
    assert icc([(1, 1, 1), (0, 0), ()]) == 1
    assert icc([(1, 0, 1, 0), (0, 1)]) == pytest.approx(-0.6)


@pytest.mark.parametrize("tasks", [[], [(1, 0)], [(1,), (0,)], [(1, 1), (1, 1)]])
def test_where_nothing_can_be_compared_there_is_no_correlation(
    tasks: list[tuple[int, ...]],
) -> None:
    assert icc(tasks) is None


def test_a_mean_of_alike_questions_is_worth_fewer() -> None:
    assert design_effect([20] * 100, 0.1) == pytest.approx(2.9)
    assert design_effect([1, 1], 0.5) == 1
    assert design_effect([10, 30], 0.1) == pytest.approx(3.4)
