"""A comparison as files: one JSON document, and tables for whoever computes on.

All but the clock's are the same bytes for the same episodes.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from math import inf

from memorygym.core import JSON
from memorygym.isolation.agreement import Agreement
from memorygym.isolation.contests import Pair, Verdict
from memorygym.isolation.curves import Bin
from memorygym.isolation.gates import Gate
from memorygym.isolation.pareto import Point
from memorygym.isolation.report import Report, Row
from memorygym.isolation.timing import Clock
from memorygym.runs.measures import Case, Measured
from memorygym.stats import Estimate

SCHEMA = "memorygym-compare-1"
CASE = Case.__slots__
Cell = str | float | None


def document(
    about: Mapping[str, JSON],
    gates: Sequence[Gate],
    reports: Sequence[Report],
    agreements: Sequence[Agreement] = (),
) -> dict[str, JSON]:
    """compare.json; `about` holds contract, version and recipe."""
    return {
        **about,
        "schema": SCHEMA,
        "gates": [{"name": g.name, "holds": g.holds, "detail": g.detail} for g in gates],
        "reports": [_report(report) for report in reports],
        "kendall": [
            {"reasoners": one.reasoners, "budget": one.budget, "tau": _interval(one.tau)}
            for one in agreements
        ],
    }


def _report(report: Report) -> JSON:
    found = report.contests
    return {
        "reasoner": report.reasoner,
        "budget": report.budget,
        "tasks": len(report.worlds),
        "questions": report.questions,
        "left_out": report.left_out,
        "rows": [_row(row) for row in report.rows],
        "over_recency": [_pair(pair) for pair in found.over_recency.values()],
        "pairs": [_pair(pair) for pair in found.pairs],
        "verdict": _verdict(found.verdict),
    }


def _row(row: Row) -> JSON:
    return {
        "arm": row.arm,
        "role": row.role,
        "tasks": len(row.scores),
        "failed": row.failed,
        "rank": row.rank,
        "figures": {name: _interval(found) for name, found in row.figures.items()},
    }


def _pair(pair: Pair) -> JSON:
    return {
        "arm": pair.arm,
        "other": pair.other,
        "difference": _interval(pair.difference),
        "p": _rounded(pair.p),
        "adjusted": _rounded(pair.adjusted),
        "detectable": _rounded(pair.detectable),
    }


def _verdict(found: Verdict | None) -> JSON:
    if found is None:
        return None
    lead = _interval(found.lead)
    return {"best": found.best, "second": found.second, "lead": lead, "won": found.won}


def _interval(found: Estimate | None) -> JSON:
    """A mean, its bounds (null for a single task, which has none), and the tasks behind it."""
    if found is None:
        return None
    low, mean, high = _bounds(found)
    return {"mean": mean, "low": low, "high": high, "tasks": found.worlds}


def _bounds(found: Estimate | None) -> list[float | None]:
    """Low, mean and high."""
    return [_rounded(n) for n in (found.low, found.mean, found.high)] if found else [None] * 3


def _rounded(value: float | None) -> float | None:
    """To six places; what is infinite is none, and 0 has no sign."""
    return None if value is None or abs(value) == inf else round(value, 6) + 0.0


def figures_csv(reports: Iterable[Report]) -> str:
    """compare.csv: one row an arm, budget and reasoner."""
    rows = [_cells(report, row) for report in reports for row in report.rows]
    return _csv([*rows[0]] if rows else [], [[*row.values()] for row in rows])


def _cells(report: Report, row: Row) -> dict[str, Cell]:
    pair = report.contests.over_recency.get(row.arm)
    cells: dict[str, Cell] = {
        "reasoner": report.reasoner,
        "budget": report.budget,
        "arm": row.arm,
        "role": row.role,
        "tasks": len(row.scores),
        "failed": row.failed,
        "rank": row.rank,
        "p": _rounded(pair.p) if pair else None,
        "p_adjusted": _rounded(pair.adjusted) if pair else None,
        "detectable": _rounded(pair.detectable) if pair else None,
    }
    for name, found in row.figures.items():
        low, cells[name], high = _bounds(found)
        cells |= {f"{name}_low": low, f"{name}_high": high}
    return cells


def pairs_csv(reports: Iterable[Report]) -> str:
    """pairs.csv: every two memories that finished every task."""
    heads = (
        "reasoner", "budget", "arm", "other", "tasks", "low", "difference", "high", "p",
        "p_adjusted", "detectable",
    )  # fmt: skip
    rows = [
        [
            report.reasoner, report.budget, pair.arm, pair.other, pair.difference.worlds,
            *_bounds(pair.difference),
            *map(_rounded, (pair.p, pair.adjusted, pair.detectable)),
        ]
        for report in reports
        for pair in report.contests.pairs
    ]  # fmt: skip
    return _csv(heads, rows)


def questions_csv(measured: Iterable[Measured]) -> str:
    """questions.csv: one row a question and arm; left-out ones too."""
    heads = ("reasoner", "budget", "arm", "template", "seed", *CASE)
    return _csv(
        heads,
        [
            [
                one.reasoner, one.budget, one.arm, *one.world,
                *(_plain(name, getattr(case, name)) for name in CASE),
            ]
            for one in sorted(measured, key=lambda m: (m.reasoner, m.budget or 0, m.arm, m.world))
            for case in one.cases
        ],
    )  # fmt: skip


def timings_csv(timed: Iterable[tuple[Report, Clock]]) -> str:
    """timings.csv: milliseconds a step, which differ from run to run."""
    rows = [
        [report.reasoner, report.budget, arm, *map(_rounded, clock[arm])]
        for report, clock in timed
        for arm in sorted(clock)
    ]
    return _csv(("reasoner", "budget", "arm", "p50_ms", "p95_ms"), rows)


def pareto_csv(found: Iterable[tuple[Report, Sequence[Point]]]) -> str:
    """pareto.csv: what each memory reaches, what for, and who does better for less."""
    rows = [
        [
            report.reasoner, report.budget, one.arm, _rounded(one.accuracy), _rounded(one.cost),
            one.dominated_by,
        ]
        for report, points in found
        for one in points
    ]  # fmt: skip
    return _csv(("reasoner", "budget", "arm", "accuracy", "tokens", "dominated_by"), rows)


def curve_csv(found: Iterable[tuple[Report, Sequence[Bin]]]) -> str:
    """retention.csv or rewrite.csv: accuracy by arm and bin."""
    rows = [
        [
            report.reasoner, report.budget, one.arm, one.name, one.questions,
            *_bounds(one.accuracy),
        ]
        for report, bins in found
        for one in bins
    ]  # fmt: skip
    heads = ("reasoner", "budget", "arm", "bin", "questions", "low", "accuracy", "high")
    return _csv(heads, rows)


def _plain(name: str, value: str | float) -> str | float:
    """Right and wrong as 1 and 0."""
    if name == "score":
        return f"{value:g}"
    return int(value) if isinstance(value, bool) else value


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([heads, *rows])
    return text.getvalue()
