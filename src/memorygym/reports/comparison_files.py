"""A comparison as files: one JSON document, and CSV tables for further analysis.

The same episodes give the same bytes, except for timings.csv.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from memorygym.core.types import JSON
from memorygym.reports.columns import COMPARED, CURVE, PAIRS, PARETO, QUESTIONS, TIMINGS
from memorygym.reports.curves import Bin, Point, Splits
from memorygym.reports.table import rounded
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, SystemRow
from memorygym.runs.comparison.sanity_checks import SanityCheck
from memorygym.runs.metrics import Measurement
from memorygym.stats import Estimate

SCHEMA = "memorygym-compare-1"
ABOUT = ("system", "role", "failed", "rank", "fault", "bound")
"""What a row of compare.json holds beside its figures and the number of its tasks."""


def document(
    about: Mapping[str, JSON],
    checks: Sequence[SanityCheck],
    reports: Iterable[tuple[Report, Splits]],
    agreements: Sequence[RankAgreement] = (),
) -> dict[str, JSON]:
    """compare.json; `about` holds version, source and recipe."""
    return {
        **about,
        "schema": SCHEMA,
        "sanity_checks": to_rounded_json(checks),
        "reports": [_report(report, splits) for report, splits in reports],
        "kendall": to_rounded_json(agreements),
    }


def _report(report: Report, splits: Splits) -> JSON:
    tests = report.significance
    return {
        "reasoner": report.reasoner,
        "budget": report.budget,
        "tasks": len(report.tasks),
        "questions": report.questions,
        "left_out": report.left_out,
        "rows": [*map(_row, report.rows)],
        "over_recency": to_rounded_json([*tests.over_recency.values()]),
        "pairs": to_rounded_json(tests.pairs),
        "verdict": to_rounded_json(tests.verdict),
        **{f"by_{kind}": to_rounded_json([*bins]) for kind, bins in splits.items()},
    }


def _row(row: SystemRow) -> JSON:
    about = {name: getattr(row, name) for name in ABOUT}
    return {**about, "tasks": len(row.scores), "figures": to_rounded_json(row.figures)}


def to_rounded_json(value: Any) -> Any:
    """Dataclasses as objects of their fields, numbers to six places. The bounds of an estimate are
    null where too few tasks give no interval."""
    match value:
        case Estimate(tasks=tasks):
            mean, low, high = map(rounded, (value.mean, value.low, value.high))
            return {"mean": mean, "low": low, "high": high, "tasks": tasks}
        case float():
            return rounded(value)
        case Mapping():
            return {name: to_rounded_json(item) for name, item in value.items()}
        case list() | tuple():
            return [to_rounded_json(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_rounded_json(getattr(value, field.name)) for field in fields(value)}
    return value


def figures_csv(reports: Iterable[Report]) -> str:
    """compare.csv: one row per system, budget and reasoner."""
    return COMPARED.filled((report, row) for report in reports for row in report.rows).csv()


def pairs_csv(reports: Iterable[Report]) -> str:
    """pairs.csv: every two memories that finished every task."""
    rows = ((report, pair) for report in reports for pair in report.significance.pairs)
    return PAIRS.filled(rows).csv()


def questions_csv(measured: Iterable[Measurement]) -> str:
    """questions.csv: one row per question and system, with questions that are left out."""
    ordered = sorted(measured, key=lambda m: (m.reasoner, m.budget or 0, m.system, m.task))
    return QUESTIONS.filled((played, case) for played in ordered for case in played.cases).csv()


def timings_csv(timed: Iterable[tuple[Report, Clock]]) -> str:
    """timings.csv: milliseconds a step, which differ from run to run."""
    return TIMINGS.filled(
        (report, (system, *times))
        for report, clock in timed
        for system, times in sorted(clock.items())
    ).csv()


def pareto_csv(fronts: Iterable[tuple[Report, Sequence[Point]]]) -> str:
    """pareto.csv: accuracy and cost of each memory, and the system that dominates it."""
    return PARETO.filled((report, point) for report, points in fronts for point in points).csv()


def curve_csv(curves: Iterable[tuple[Report, Sequence[Bin]]]) -> str:
    """retention.csv or rewrite.csv: accuracy by system and bin."""
    return CURVE.filled((report, bin) for report, bins in curves for bin in bins).csv()
