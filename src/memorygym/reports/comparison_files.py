"""A comparison as files: one JSON document, and CSV tables for further analysis.

The same episodes give the same bytes, except for timings.csv.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from io import StringIO
from math import inf
from typing import Any

from memorygym.core.types import JSON
from memorygym.reports.curves import Bin, Point, Splits
from memorygym.runs.comparison.figures import Clock, RankAgreement, Report, SystemRow
from memorygym.runs.comparison.sanity_checks import SanityCheck
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.stats import Estimate

SCHEMA = "memorygym-compare-1"
CASE = QuestionCase.__slots__
Cell = str | float | None


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
        "rows": [{**_about(row), "figures": to_rounded_json(row.figures)} for row in report.rows],
        "over_recency": to_rounded_json([*tests.over_recency.values()]),
        "pairs": to_rounded_json(tests.pairs),
        "verdict": to_rounded_json(tests.verdict),
        **{f"by_{kind}": to_rounded_json([*bins]) for kind, bins in splits.items()},
    }


def _about(row: SystemRow) -> dict[str, Cell]:
    return {
        "system": row.system,
        "role": row.role,
        "tasks": len(row.scores),
        "failed": row.failed,
        "rank": row.rank,
        "fault": row.fault,
        "bound": row.bound,
    }


def to_rounded_json(value: Any) -> Any:
    """Dataclasses as objects of their fields, numbers to six places. The bounds of an estimate are
    null where too few tasks give no interval."""
    match value:
        case Estimate(tasks=tasks):
            low, mean, high = _bounds(value)
            return {"mean": mean, "low": low, "high": high, "tasks": tasks}
        case float():
            return _rounded(value)
        case Mapping():
            return {name: to_rounded_json(item) for name, item in value.items()}
        case list() | tuple():
            return [to_rounded_json(item) for item in value]
    if is_dataclass(value):
        return {field.name: to_rounded_json(getattr(value, field.name)) for field in fields(value)}
    return value


def _bounds(figure: Estimate | None) -> list[float | None]:
    """Low, mean and high."""
    return [_rounded(n) for n in (figure.low, figure.mean, figure.high)] if figure else [None] * 3


def _rounded(value: float | None) -> float | None:
    """A number to six places; an infinite one becomes None, and 0 has no sign."""
    return None if value is None or abs(value) == inf else round(value, 6) + 0.0


def figures_csv(reports: Iterable[Report]) -> str:
    """compare.csv: one row per system, budget and reasoner."""
    return rows_csv([_cells(report, row) for report in reports for row in report.rows])


def _cells(report: Report, row: SystemRow) -> dict[str, Cell]:
    pair = report.significance.over_recency.get(row.system)
    cells: dict[str, Cell] = {
        "reasoner": report.reasoner,
        "budget": report.budget,
        **_about(row),
        "p": _rounded(pair.p) if pair else None,
        "p_adjusted": _rounded(pair.adjusted) if pair else None,
        "detectable": _rounded(pair.detectable) if pair else None,
    }
    for name, figure in row.figures.items():
        low, cells[name], high = _bounds(figure)
        cells |= {f"{name}_low": low, f"{name}_high": high}
    return cells


def pairs_csv(reports: Iterable[Report]) -> str:
    """pairs.csv: every two memories that finished every task."""
    rows = [
        (
            report, pair.system, pair.other, pair.difference.tasks, pair.difference,
            pair.p, pair.adjusted, pair.detectable,
        )
        for report in reports
        for pair in report.significance.pairs
    ]  # fmt: skip
    return _table("system,other,tasks,low,difference,high,p,p_adjusted,detectable", rows)


def questions_csv(measured: Iterable[Measurement]) -> str:
    """questions.csv: one row per question and system, with questions that are left out."""
    rows = [
        (played, played.system, *played.task, *(_cell(name, getattr(case, name)) for name in CASE))
        for played in sorted(measured, key=lambda m: (m.reasoner, m.budget or 0, m.system, m.task))
        for case in played.cases
    ]
    return _table(",".join(("system", "template", "seed", *CASE)), rows)


def timings_csv(timed: Iterable[tuple[Report, Clock]]) -> str:
    """timings.csv: milliseconds a step, which differ from run to run."""
    rows = [(report, system, *clock[system]) for report, clock in timed for system in sorted(clock)]
    return _table("system,p50_ms,p95_ms", rows)


def pareto_csv(fronts: Iterable[tuple[Report, Sequence[Point]]]) -> str:
    """pareto.csv: accuracy and cost of each memory, and the system that dominates it."""
    rows = [
        (report, point.system, point.accuracy, point.cost, point.dominated_by)
        for report, points in fronts
        for point in points
    ]
    return _table("system,accuracy,tokens,dominated_by", rows)


def curve_csv(curves: Iterable[tuple[Report, Sequence[Bin]]]) -> str:
    """retention.csv or rewrite.csv: accuracy by system and bin."""
    rows = [
        (report, bin.system, bin.name, bin.questions, bin.accuracy)
        for report, bins in curves
        for bin in bins
    ]
    return _table("system,bin,questions,low,accuracy,high", rows)


def _cell(name: str, value: str | float | None) -> str:
    """Right and wrong as 1 and 0."""
    if value is None:
        return ""
    return f"{value:g}" if name == "score" or isinstance(value, bool) else str(value)


def _table(heads: str, rows: Iterable[tuple[Any, ...]]) -> str:
    """A table whose rows begin with their reasoner and budget; an estimate fills
    three cells."""
    cells = (
        [under.reasoner, under.budget, *(cell for value in row for cell in _filled(value))]
        for under, *row in rows
    )
    return _csv(f"reasoner,budget,{heads}".split(","), cells)


def _filled(value: Cell | Estimate) -> Sequence[Cell]:
    match value:
        case Estimate():
            return _bounds(value)
        case float():
            return [_rounded(value)]
    return [value]


def rows_csv(rows: Sequence[Mapping[str, JSON]]) -> str:
    """Rows of the same columns as a table."""
    return _csv([*rows[0]] if rows else [], ([*row.values()] for row in rows))


def _csv(heads: Sequence[str], rows: Iterable[Sequence[JSON]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()
