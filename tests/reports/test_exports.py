"""A comparison as files, and as a table in Python."""

import csv
import json
from collections.abc import Sequence
from io import StringIO
from typing import Any

from memorygym.reports.columns import TIMINGS
from memorygym.reports.exports import exports
from memorygym.reports.results import tables
from memorygym.runs.episode_result import Failure
from memorygym.runs.metrics import Measurement
from memorygym.scoring.attribution import Coverage
from tests.runs.comparison.measurements import (
    FIVE,
    THREE,
    all_played,
    compared,
    place,
    played,
    results,
)

TWO = {**THREE, "n": "10 00 10"}


def files_of(measured: Sequence[Measurement], *failures: Failure) -> dict[str, bytes]:
    return exports(results(measured, *failures), ["retention"])


def table(name: str, measured: Sequence[Measurement], *failures: Failure) -> list[dict[str, str]]:
    return [*csv.DictReader(StringIO(files_of(measured, *failures)[name].decode()))]


def rows_of(measured: Sequence[Measurement], *failures: Failure) -> dict[str, dict[str, str]]:
    return {row["system"]: row for row in table("compare.csv", measured, *failures)}


def report_of(measured: Sequence[Measurement]) -> dict[str, Any]:
    """The report of compare.json, with its rows by system."""
    text = files_of(measured)["compare.json"]
    assert b"Infinity" not in text
    content = json.loads(text)
    assert (content["schema"], content["version"]) == ("memorygym-compare-1", "c")
    (report,) = content["reports"]
    return {**report, "rows": {row["system"]: row for row in report["rows"]}}


def test_the_files_are_the_same_bytes_whatever_the_order_of_play() -> None:
    first, second = (files_of(order) for order in (all_played(TWO), all_played(TWO)[::-1]))
    del first["results.json"], second["results.json"]  # Its episodes are in the order of play.
    assert first == second and first["compare.json"].endswith(b"}\n")


def test_the_document_holds_every_row_with_every_figure() -> None:
    content = report_of(all_played({**FIVE, "n": "10 00 10 00 10"}))
    assert [*content["rows"]] == ["oracle", "full", "recency", "none", "m", "n", "held:m"]
    gain = content["rows"]["m"]["figures"]["gain"]
    assert gain == {"high": 0.919425, "low": -0.119425, "mean": 0.4, "tasks": 5}
    assert [(pair["system"], pair["other"]) for pair in content["pairs"]] == [("m", "n")]
    assert content["verdict"]["best"] == "m"


def test_a_few_tasks_are_written_without_bounds() -> None:
    measured = all_played(TWO)
    gain = report_of(measured)["rows"]["m"]["figures"]["gain"]
    assert gain == {"high": None, "low": None, "mean": 0.5, "tasks": 3}
    row, (pair,) = rows_of(measured)["m"], table("pairs.csv", measured)
    assert (row["accuracy_low"], row["accuracy_high"], row["detectable"]) == ("", "", "")
    assert (pair["low"], pair["high"], pair["detectable"]) == ("", "", "")
    assert (bin := table("retention.csv", measured)[0])["low"] == bin["high"] == ""


def test_every_system_has_a_row_also_one_that_finished_nothing() -> None:
    failure = Failure(place("broken", 1000, "strong"), "memory", "lost")
    rows = rows_of(all_played(TWO), failure)
    assert len(rows) == 8
    assert (rows["m"]["rank"], rows["m"]["gain"]) == ("1", "0.5")
    assert (rows["broken"]["failed"], rows["broken"]["accuracy"]) == ("1", "")


def test_a_withheld_figure_is_null_and_an_empty_cell_and_a_fault_is_named() -> None:
    systems = {name: tasks for name, tasks in FIVE.items() if name not in ("m", "held:m")}
    unread = [*played("m", "11 " * 5, shown=Coverage(1, 1)), *played("held:m", "10 " * 5)]
    measured = [*all_played(systems), *unread]
    row, kept = rows_of(measured)["m"], report_of(measured)["rows"]["m"]
    assert (row["write_loss"], row["precision"], row["unread_context"]) == ("", "", "0.5")
    assert (row["fault"], row["bound"], row["rank"]) == ("True", "ceiling", "")
    assert kept["figures"]["retrieval_loss"] is None and kept["fault"] is True


def test_a_table_in_python_names_a_fault_of_the_set_up() -> None:
    systems = {**FIVE, "n": "11 " * 5, "held:n": "10 " * 5}
    (shown,) = tables(compared(systems, reasoners=["strong"]))
    assert [note.partition(",")[0] for note in shown.notes] == ["n: a fault of the set-up"]


def test_results_by_facts_and_by_hops_are_in_the_document() -> None:
    kept = report_of(all_played({**THREE, "m": "10 10 10"}, {"needs": 3}))
    assert {(row["system"], row["name"]) for row in kept["by_facts"]} == {
        (name, "2–3") for name in ("m", "oracle", "full", "recency", "none")
    }
    assert kept["by_hops"][0]["accuracy"]["mean"] == 0.5


def test_questions_pairs_points_bins_and_milliseconds_have_a_row_each() -> None:
    measured = [*all_played(TWO), *played("alone", "10", budget=None)]
    shown = [row for row in table("questions.csv", measured) if row["system"] == "alone"]
    cells = [(row["budget"], row["number"], row["score"]) for row in shown]
    assert cells == [("", "1", "1"), ("", "2", "0")]
    (pair,) = table("pairs.csv", measured)
    assert (pair["system"], pair["other"], pair["difference"]) == ("m", "n", "0.333333")
    measured += played("bm25", "10 00 10")
    points = {row["system"]: row["dominated_by"] for row in table("pareto.csv", measured)}
    assert points["bm25"] == "full"
    first = table("retention.csv", measured)[0]
    assert (first["bin"], first["questions"]) == ("<1k", "6")
    under = compared(THREE, reasoners=["strong"]).reports[0]
    (times,) = TIMINGS.filled([(under, ("m", 0.1, 0.3))]).records()
    assert [*times.values()] == ["strong", 1000, "m", 0.1, 0.3]
