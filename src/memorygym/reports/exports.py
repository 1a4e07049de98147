"""The exports of a run: JSON and CSV files for other programs, which nothing here reads back.

The same episodes give the same bytes, except for timings.csv.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from memorygym.core.files import json_bytes, write_atomically
from memorygym.core.types import JSON
from memorygym.reports.columns import (
    COMPARED,
    CURVE,
    PAIRS,
    PARETO,
    QUESTIONS,
    TIMINGS,
    summary_table,
)
from memorygym.reports.curves import SPLITS, by_tokens, curve
from memorygym.reports.table import Table, rows_csv, to_rounded_json
from memorygym.runs.comparison.figures import Report, SystemRow
from memorygym.runs.episode_result import Failure, Result
from memorygym.runs.results import RunResults
from memorygym.runs.summary import Summary
from memorygym.stats import Estimate

SCHEMA, COMPARISON = "memorygym-results-4", "memorygym-compare-1"
ABOUT = ("system", "role", "failed", "rank", "fault", "bound")
"""What a row of compare.json holds beside its figures and the number of its tasks."""
PLAIN = ("tasks", "episodes", "accuracy", "deviation", "detectable", "repaired")
"""What a summary in results.json holds as the fields of this name."""
RESULTS, DOCUMENT = "results.json", "compare.json"


def write_exports(folder: Path, run: RunResults, kinds: Iterable[str] = ()) -> None:
    """Writes the exports of a run into its folder, with curves of these kinds."""
    files = exports(run, kinds)
    if run.compared:
        timed = ((report, sorted(run.clock(report).items())) for report in run.reports)
        rows = ((report, (name, *times)) for report, clock in timed for name, times in clock)
        files["timings.csv"] = TIMINGS.filled(rows).csv().encode()
    for name, data in files.items():
        write_atomically(folder / name, [data])


def exports(run: RunResults, kinds: Iterable[str] = ()) -> dict[str, bytes]:
    """The files by name, without timings.csv; an invalid set-up has no figures."""
    files = {RESULTS: json_bytes(results_document(run))} if run.valid else {}
    if not run.compared:
        return files
    tables: dict[str, Table[Any]] = {
        "compare.csv": COMPARED.filled((r, row) for r in run.reports for row in r.rows),
        "questions.csv": QUESTIONS.filled(run.cases()),
        "pairs.csv": PAIRS.filled((r, pair) for r in run.reports for pair in r.significance.pairs),
        "pareto.csv": PARETO.filled((r, point) for r in run.reports for point in by_tokens(r)),
        **{
            f"{kind}.csv": CURVE.filled((r, b) for r in run.reports for b in curve(r, kind))
            for kind in (*SPLITS, *kinds)
        },
    }
    texts = {name: table.csv().encode() for name, table in tables.items()}
    return {**files, DOCUMENT: json_bytes(comparison_document(run)), **texts}


def result_file(run: RunResults, path: Path) -> bytes:
    """The result of a run alone, as JSON or, for a name that ends in .csv, as a table."""
    is_csv = path.suffix.lower() == ".csv"
    if run.compared:
        return exports(run)["compare.csv" if is_csv else DOCUMENT]
    if is_csv:
        return rows_csv(summary_table(run).records()).encode()
    return json_bytes(results_document(run))


def results_document(run: RunResults) -> dict[str, Any]:
    """results.json. It leaves out what a model cost, which depends on prices."""
    return {
        **run.about,
        "schema": SCHEMA,
        "episodes_planned": len(run.episodes),
        "failures": [failure_row(failure) for failure in run.failures],
        "summary": {summary.who: _summary(summary, run) for summary in run.summaries},
        "references": {
            role: {"agent": summary.who, **_means(summary)}
            for role, summary in run.references.items()
        },
        "episodes": [result_row(result, run.version) for result in run.results],
        "invariants": to_rounded_json(run.header.invariants),
    }


def comparison_document(run: RunResults) -> dict[str, JSON]:
    """compare.json."""
    return {
        **run.about,
        "schema": COMPARISON,
        "sanity_checks": to_rounded_json(run.checks),
        "reports": [*map(_report, run.reports)],
        "kendall": to_rounded_json(run.agreements),
    }


def _report(report: Report) -> JSON:
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
        **{f"by_{kind}": to_rounded_json(curve(report, kind)) for kind in SPLITS},
    }


def _row(row: SystemRow) -> JSON:
    about = {name: getattr(row, name) for name in ABOUT}
    return {**about, "tasks": len(row.scores), "figures": to_rounded_json(row.figures)}


def failure_row(failure: Failure) -> dict[str, JSON]:
    """A failed episode as a plain dict."""
    return {**asdict(failure.place), "kind": failure.kind, "error": failure.error}


def result_row(result: Result, version: str) -> dict[str, Any]:
    """An episode as a plain dict; seconds are kept elsewhere."""
    return {
        **asdict(result.place),
        "task": result.task,
        "version": version,
        **result.score.to_json(),
        "right": [int(right) for right in result.right],
        "repaired": result.repaired,
        "judge": asdict(result.judged) if result.judged else None,
        "stuck": result.stuck,
        "causes": dict(result.causes),
        "store_precision": to_rounded_json(result.precision),
        "usage": _usage(result.usage),
    }


def _usage(usage: Mapping[str, Any]) -> dict[str, JSON] | None:
    return {name: asdict(part) for name, part in usage.items()} or None


def _interval(estimate: Estimate | None) -> JSON:
    return dict(estimate.to_json()) if estimate else None


def _means(summary: Summary) -> dict[str, JSON]:
    axes: dict[str, JSON] = {name: _interval(axis) for name, axis in summary.axes.items()}
    return {"composite": _interval(summary.composite), "axes": axes}


def _summary(summary: Summary, run: RunResults) -> Any:
    row = {
        **{name: getattr(summary, name) for name in PLAIN},
        **_means(summary),
        "correct_refusals": _interval(summary.correct_refusals),
        "bounds": summary.bounds(run.failures),
        "judge": summary.judged.to_json() if summary.judged else None,
        "repeats": None,
        "usage": _usage(summary.usage),
    }
    if repeats := summary.repeats:
        k, (between, within) = repeats.fewest, repeats.sources() or (None, None)
        row["repeats"] = {
            "k": k,
            "pass@1": _interval(repeats.pass_at(1)),
            "pass@k": _interval(repeats.pass_at(k)),
            "pass^k": _interval(repeats.pass_all(k)),
            "between": between,
            "within": within,
        }
    return to_rounded_json(row)
