"""Every column of every table of results is explained, and docs/columns.md says so."""

import csv
from pathlib import Path
from runpy import run_path

import pytest

import memorygym
from memorygym.cli import main

DOCS = Path(__file__).parents[2] / "docs"
SCRIPT = run_path(str(DOCS / "columns.py"))
AXES = {"breadth", "maintenance", "reasoning", "efficiency"}


def names_of(title: str) -> set[str]:
    """The columns of the table whose title names it."""
    return {*next(section.names for section in SCRIPT["sections"]() if title in section.title)}


def test_every_csv_file_of_a_comparison_is_explained(compared: Path) -> None:
    files = sorted(compared.glob("*.csv"))
    assert len(files) == 10
    for file in files:
        head = next(csv.reader(file.read_text("utf-8").splitlines()))
        assert {*head} == names_of(file.name), file.name


def test_the_tables_of_results_are_explained(compared: Path) -> None:
    results = memorygym.load_results(compared)
    played = memorygym.evaluate("naive", template="company", tier="lite", seeds=1)
    assert {*results.rows()[0]} == names_of("rows() of a comparison")
    assert {*results.questions()[0]} == names_of("questions()")
    assert {*results.summary()[0]} == names_of("summary() of a comparison") | {"trusted"}
    assert {*played.rows()[0]} == names_of("rows() of an evaluation") | AXES
    named = {f"{axis}{end}" for axis in AXES for end in ("", "_low", "_high")}
    assert {*played.summary()[0]} == names_of("summary() of an evaluation") | named


def test_the_leaderboard_is_explained(
    finished: Path, compared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leaderboard", str(finished), str(compared), "--format", "csv"]) == 0
    columns = {*capsys.readouterr().out.splitlines()[0].split(",")}
    assert columns == names_of("leaderboard") | AXES


def test_every_column_has_a_meaning_and_the_page_is_current() -> None:
    for section in SCRIPT["sections"]():
        for name, meaning in section.meanings.items():
            assert meaning or name in SCRIPT["COMMON"]
    assert (DOCS / "columns.md").read_text("utf-8") == SCRIPT["page"]()
