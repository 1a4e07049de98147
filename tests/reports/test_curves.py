"""Accuracy by span and by rewrites, and against cost."""

from dataclasses import replace
from math import inf

import pytest

from memorygym.reports.curves import by_tokens, curve, curve_text
from memorygym.runs.comparison.figures import figures
from memorygym.runs.metrics import Measurement, ModelCost
from tests.runs.comparison.measurements import THREE, all_played, played, reported


def spread(system: str, tasks: str, field: str, *values: int) -> list[Measurement]:
    """A system whose questions have these values of a field, the same on every task."""
    return [
        replace(
            measurement,
            cases=tuple(
                replace(case, **{field: value})
                for case, value in zip(measurement.cases, values, strict=True)
            ),
        )
        for measurement in played(system, tasks)
    ]


@pytest.mark.parametrize(
    ("kind", "field", "values", "bins"),
    [
        ("retention", "span", (0, 999, 1000, 17_000), [("<1k", 4), ("1–2k", 2), ("16–32k", 2)]),
        ("rewrite", "rewrites", (0, 0, 1, 3), [("0", 4), ("1", 2), ("3", 2)]),
    ],
)
def test_questions_are_sorted_into_bins_and_empty_bins_are_not_shown(
    kind: str, field: str, values: tuple[int, ...], bins: list[tuple[str, int]]
) -> None:
    measured = spread("m", "1101 1001", field, *values)
    bins_shown = curve(figures(measured, {}, "test"), kind)
    assert [(bin.name, bin.questions) for bin in bins_shown] == bins
    assert [bin.accuracy.mean for bin in bins_shown] == [0.75, 0, 1]


def test_a_bin_of_a_single_task_has_no_interval() -> None:
    report = figures(played("m", "11"), {}, "test")
    (only,) = curve(report, "retention")
    assert (only.accuracy.low, only.accuracy.high) == (-inf, inf)
    assert "  100.0\n" in curve_text(report, "retention")


def test_a_memory_with_less_accuracy_at_more_cost_is_dominated() -> None:
    dear = played("hybrid", "10 10 10", ingest=ModelCost(1, 5000))
    none = played("none", "00 00 00", {"tokens": 0})
    measured = [*all_played({"bm25": "11 10 10", "full": "11 11 11"}), *dear, *none]
    by = by_tokens(figures(measured, {}, "test"))
    points = {point.system: (point.cost, point.dominated_by) for point in by}
    assert points == {
        "none": (0, None), "full": (200, None), "bm25": (200, "full"), "hybrid": (5200, "full")
    }  # fmt: skip


def test_equals_do_not_dominate_each_other() -> None:
    report = reported({"bm25": "11 10", "hybrid": "11 10"})
    assert [point.dominated_by for point in by_tokens(report)] == [None, None]


def test_oracle_unlimited_contexts_and_failed_systems_are_no_points() -> None:
    report = reported({**THREE, "bm25": "11 11 11", "hybrid": "11 - 11"}, hybrid=1)
    assert {point.system for point in by_tokens(report)} == {"none", "full", "recency", "bm25"}


def test_a_memory_from_outside_is_no_point_because_nobody_counts_what_it_asks() -> None:
    points = by_tokens(reported({**THREE, "bm25": "11 11 11"}))
    assert "m" not in {point.system for point in points}
