"""A comparison as files."""

import csv
import json
from io import StringIO
from typing import Any

from memorygym.core.files import json_bytes
from memorygym.reports.comparison_files import (
    SCHEMA,
    curve_csv,
    document,
    figures_csv,
    pairs_csv,
    pareto_csv,
    questions_csv,
    timings_csv,
)
from memorygym.reports.curves import Splits, by_tokens, curve
from memorygym.reports.results_table import tables
from memorygym.runs.comparison.figures import Report, agreement, figures
from memorygym.runs.comparison.sanity_checks import figure_checks
from memorygym.scoring.attribution import Coverage
from tests.runs.comparison.measurements import FIVE, THREE, all_played, compared, played, reported

TWO = {**THREE, "n": "10 00 10"}
MATCHED = {"exact": True, "f1": 0.5}


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def written(report: Report, splits: Splits = {}) -> dict[str, Any]:  # noqa: B006 - never altered
    """A report as compare.json holds it."""
    text = json_bytes(document({"version": "c"}, [], [(report, splits)]))
    assert b"Infinity" not in text
    content = json.loads(text)
    assert (content["schema"], content["version"], content["kendall"]) == (SCHEMA, "c", [])
    (report_,) = content["reports"]
    return {**report_, "rows": {row["system"]: row for row in report_["rows"]}}


def test_the_document_is_the_same_bytes_whatever_the_order_of_play() -> None:
    measured = all_played(TWO)
    reports = [figures(order, {}, "test") for order in (measured, measured[::-1])]
    first, second = (
        json_bytes(document({}, figure_checks(report), [(report, {})], [agreement(report, report)]))
        for report in reports
    )
    assert first == second and first.endswith(b"}\n")


def test_the_document_holds_every_row_with_every_figure() -> None:
    content = written(reported({**FIVE, "n": "10 00 10 00 10"}))
    assert [*content["rows"]] == ["oracle", "full", "recency", "none", "m", "n", "held:m"]
    gain = content["rows"]["m"]["figures"]["gain"]
    assert gain == {"high": 0.919425, "low": -0.119425, "mean": 0.4, "tasks": 5}
    assert [(pair["system"], pair["other"]) for pair in content["pairs"]] == [("m", "n")]
    assert content["verdict"]["best"] == "m"


def test_a_few_tasks_are_written_without_bounds() -> None:
    report = reported(TWO)
    assert written(report)["rows"]["m"]["figures"]["gain"] == {
        "high": None,
        "low": None,
        "mean": 0.5,
        "tasks": 3,
    }
    row = table(figures_csv([report]))[4]
    assert (row["accuracy_low"], row["accuracy_high"], row["detectable"]) == ("", "", "")
    (pair,) = table(pairs_csv([report]))
    assert (pair["low"], pair["high"], pair["detectable"]) == ("", "", "")
    bins = table(curve_csv([(report, curve(all_played(TWO), report, "retention"))]))
    assert (bins[0]["low"], bins[0]["high"]) == ("", "")


def test_bounds_of_shares_in_files_are_shares() -> None:
    measured = [m for name, tasks in FIVE.items() for m in played(name, tasks, MATCHED)]
    row = table(figures_csv([figures(measured, {}, "test")]))[4]
    for name in ("accuracy", "exact", "f1", "evidence_recall"):
        low, high = float(row[f"{name}_low"]), float(row[f"{name}_high"])
        assert 0 <= low < high <= 1
    assert float(row["detectable"]) >= 1 / 10


def test_figures_have_a_row_for_each_system_and_report() -> None:
    rows = table(figures_csv([reported(TWO), reported(THREE, broken=3)]))
    assert len(rows) == 7 + 7
    assert (rows[4]["system"], rows[4]["rank"], rows[4]["gain"]) == ("m", "1", "0.5")
    broken = next(row for row in rows if row["system"] == "broken")
    assert (broken["failed"], broken["accuracy"]) == ("3", "")
    assert figures_csv([]).startswith("reasoner,budget,system,role,")


def test_a_withheld_figure_is_null_and_an_empty_cell_and_a_fault_is_named() -> None:
    systems = {name: tasks for name, tasks in FIVE.items() if name not in ("m", "held:m")}
    unread = [*played("m", "11 " * 5, shown=Coverage(1, 1)), *played("held:m", "10 " * 5)]
    report = figures([*all_played(systems), *unread], {}, "test")
    row = next(row for row in table(figures_csv([report])) if row["system"] == "m")
    assert (row["write_loss"], row["precision"], row["unread_context"]) == ("", "", "0.5")
    assert (row["fault"], row["bound"], row["rank"]) == ("True", "ceiling", "")
    kept = written(report)["rows"]["m"]
    assert kept["figures"]["retrieval_loss"] is None and kept["fault"] is True


def test_a_table_in_python_names_a_fault_of_the_set_up() -> None:
    systems = {**FIVE, "n": "11 " * 5, "held:n": "10 " * 5}
    (shown,) = tables(compared(systems, reasoners=["strong"]))
    assert [note.partition(",")[0] for note in shown.notes] == ["n: a fault of the set-up"]


def test_results_by_facts_and_by_hops_are_in_the_document() -> None:
    measured = [*played("m", "10", {"needs": 3}), *played("none", "00", {"needs": 3})]
    report = figures(measured, {}, "test")
    splits = {kind: curve(measured, report, kind) for kind in ("facts", "hops")}
    kept = written(report, splits)
    assert [(row["system"], row["name"]) for row in kept["by_facts"]] == [
        ("m", "2–3"), ("none", "2–3"),
    ]  # fmt: skip
    assert kept["by_hops"][0]["accuracy"]["mean"] == 0.5


def test_questions_have_a_row_each() -> None:
    measured = [*played("m", "10"), *played("full", "11", budget=None)]
    rows = table(questions_csv(measured))
    assert [(row["system"], row["budget"], row["number"], row["score"]) for row in rows] == [
        ("full", "", "1", "1"), ("full", "", "2", "1"),
        ("m", "1000", "1", "1"), ("m", "1000", "2", "0"),
    ]  # fmt: skip


def test_pairs_points_bins_and_milliseconds_have_a_row_each() -> None:
    measured = all_played(TWO)
    report = figures(measured, {}, "test")
    (pair,) = table(pairs_csv([report, reported(THREE)]))
    assert (pair["system"], pair["other"], pair["difference"]) == ("m", "n", "0.333333")
    points = table(pareto_csv([(report, by_tokens(report))]))
    assert {row["system"]: row["dominated_by"] for row in points}["n"] == "full"
    bins = table(curve_csv([(report, curve(measured, report, "retention"))]))
    assert (bins[0]["system"], bins[0]["bin"], bins[0]["questions"]) == ("m", "<1k", "6")
    (times,) = table(timings_csv([(report, {"m": (0.1, 0.3)})]))
    assert [*times.values()] == ["strong", "1000", "m", "0.1", "0.3"]
