"""Every column of every table of results is explained, and docs/columns.md says so."""

import csv
from pathlib import Path

import pytest

import memorygym
from memorygym.cli import main
from memorygym.reports.column_guide import TableGuide, guide_text, guides

PAGE = Path(__file__).parents[2] / "docs" / "columns.md"
AXES = {"breadth", "maintenance", "reasoning", "efficiency"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison with every curve."""
    folder = tmp_path_factory.mktemp("columns") / "duel"
    curves = [word for kind in ("retention", "length", "rewrite") for word in ("--curve", kind)]
    words = ["-t", "company", "--tier", "lite", "--seeds", "2", "-q", "-o", str(folder)]
    assert main(["compare", "--memories", "bm25,markdown", *curves, *words]) == 0
    return folder


def guide_of(title: str) -> TableGuide:
    """The table guide whose title names the table."""
    return next(guide for guide in guides() if title in guide.title)


def head(path: Path) -> set[str]:
    """The columns of a CSV file."""
    return {*next(csv.reader(path.read_text("utf-8").splitlines()))}


def test_every_csv_file_of_a_comparison_is_explained(folder: Path) -> None:
    files = sorted(folder.glob("*.csv"))
    assert len(files) == 10
    for file in files:
        assert head(file) == guide_of(file.name).names, file.name


def test_the_tables_of_results_are_explained(folder: Path) -> None:
    compared = memorygym.load_results(folder)
    played = memorygym.evaluate("naive", template="company", tier="lite", seeds=1)
    assert {*compared.rows()[0]} == guide_of("rows() of a comparison").names
    assert {*compared.questions()[0]} == guide_of("questions()").names
    assert {*compared.summary()[0]} == guide_of("summary() of a comparison").names | {"trusted"}
    assert {*played.rows()[0]} == guide_of("rows() of an evaluation").names | AXES
    named = {f"{axis}{end}" for axis in AXES for end in ("", "_low", "_high")}
    assert {*played.summary()[0]} == guide_of("summary() of an evaluation").names | named


def test_the_leaderboard_is_explained(
    finished: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leaderboard", str(finished), str(folder), "--format", "csv"]) == 0
    columns = {*capsys.readouterr().out.splitlines()[0].split(",")}
    assert columns == guide_of("leaderboard").names | AXES


def test_every_column_has_a_meaning_and_the_page_is_current() -> None:
    for guide in guides():
        assert all({**guide.columns, **guide.means}.values()), guide.title
    assert PAGE.read_text("utf-8") == guide_text()
