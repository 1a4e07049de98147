"""Accuracy by span and by rewrites."""

from dataclasses import replace
from math import inf

import pytest

from memorygym.reports.curves import curve, curve_text
from memorygym.runs.comparison.figures import figures
from memorygym.runs.metrics import Measurement
from tests.runs.comparison.measurements import played


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
