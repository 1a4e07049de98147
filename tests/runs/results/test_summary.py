"""Summaries of agents over their tasks, from rows of results."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from memorygym.runs.results.summary import summaries
from tests.episodes import lite

Table = Sequence[Sequence[float | None]]
"""By task: the composite of each repeat, None if it failed."""
A_B: Table = [[1.0, None], [0.0, 0.0]]


@pytest.fixture(scope="module")
def row() -> dict[str, Any]:
    """The row of an episode."""
    return dict(lite("naive").document["episodes"][0])


@pytest.fixture
def rows(row: dict[str, Any]) -> Callable[[Table], list[dict[str, Any]]]:
    """A row for each composite of a table."""
    return lambda table: [
        {**row, "seed": seed, "repeat": repeat, "composite": figure}
        for seed, figures in enumerate(table)
        for repeat, figure in enumerate(figures)
    ]


@pytest.mark.parametrize(
    ("table", "bounds"),
    [
        (A_B, (0.25, 0.5)),
        ([[1.0], [0.0], [None]], (1 / 3, 2 / 3)),
        ([[1.0, 1.0], [None, None]], (0.5, 1.0)),
        ([[1.0, 0.0], [0.5, 0.5]], None),
    ],
)
def test_bounds_fill_in_failures_within_their_task(
    table: Table,
    bounds: tuple[float, float] | None,
    rows: Callable[[Table], list[dict[str, Any]]],
) -> None:
    every = rows(table)
    (summary,) = summaries(row for row in every if row["composite"] is not None)
    filled = summary.bounds([row for row in every if row["composite"] is None])
    assert filled == (bounds and pytest.approx(bounds))


def test_a_failure_of_another_agent_bounds_nothing(
    rows: Callable[[Table], list[dict[str, Any]]],
) -> None:
    scored, failed, *_ = rows(A_B)
    assert summaries([scored])[0].bounds([{**failed, "who": "guesser"}]) is None


def test_axes_are_means_over_tasks(rows: Callable[[Table], list[dict[str, Any]]]) -> None:
    one, other = rows([[1.0], [0.0]])
    other = {**other, "axes": {**one["axes"], "breadth": 1.0}, "correct_refusals": 0.0}
    (summary,) = summaries([{**one, "correct_refusals": 1.0}, other])
    assert summary.correct_refusals.mean == 0.5
    assert summary.axes["breadth"].mean == (one["axes"]["breadth"] + 1) / 2
