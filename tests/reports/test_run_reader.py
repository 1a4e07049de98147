"""Runs are loaded whole and unaltered, or refused with the file and what to do."""

import json
from collections.abc import Callable
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

import memorygym
from memorygym.cli import main
from tests.reports.own_parts import LastMessages

SMALL: dict[str, Any] = {"template": "company", "tier": "lite", "seeds": 1}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison, with names that read as numbers."""
    folder = tmp_path_factory.mktemp("reader") / "duel"
    names = {"60": LastMessages(60), "1e3": LastMessages(1000), "nan": LastMessages()}
    memorygym.compare(names, output=folder, **SMALL)
    return folder


@pytest.fixture
def copy(played: Path, tmp_path: Path) -> Path:
    """A copy of its folder."""
    return copytree(played, tmp_path / "copy")


def test_names_that_read_as_numbers_stay_names(played: Path) -> None:
    results = memorygym.load_results(played)
    for table in (results.rows(), results.summary(), results.questions()):
        assert {"60", "1e3", "nan"} <= {row["system"] for row in table}
    assert all(row["questions"] for row in results.rows())


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("compare.json", b"", "is not JSON"),
        ("compare.json", b"{}", "compare.json is damaged"),
        ("compare.json", None, "it is missing"),
        ("questions.csv", b"", "lacks questions"),
        ("questions.csv", b"\xff", "invalid start byte"),
        ("questions.csv", None, "it is missing"),
        ("results.json", b"\xff", "is not JSON"),
    ],
)
def test_a_damaged_file_is_named(name: str, data: bytes | None, message: str, copy: Path) -> None:
    (copy / name).unlink()
    if data is not None:
        (copy / name).write_bytes(data)
    with pytest.raises(memorygym.MemoryGymError, match=name) as error:
        memorygym.load_results(copy)
    assert message in str(error.value)


def _accuracy(document: Any) -> None:
    document["reports"][0]["rows"][0]["figures"]["accuracy"]["mean"] = 0.123


@pytest.mark.parametrize(
    ("name", "edit", "message"),
    [
        ("results.json", lambda document: document["episodes"].pop(), "was edited or cut"),
        ("compare.json", _accuracy, "has the accuracy 0.123 in compare.json"),
        ("compare.json", lambda document: document["reports"].pop(), "lacks reports"),
        ("compare.json", lambda document: document["reports"][0]["rows"].pop(), "its systems"),
        ("compare.json", lambda document: document.update(recipe={}), "differ in `recipe`"),
    ],
)
def test_an_edited_file_is_refused(
    name: str, edit: Callable[[Any], object], message: str, copy: Path
) -> None:
    document = json.loads((copy / name).read_bytes())
    edit(document)
    (copy / name).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(memorygym.MemoryGymError, match=message):
        memorygym.load_results(copy)


def test_an_edited_table_changes_no_figure(copy: Path, played: Path) -> None:
    (copy / "compare.csv").write_text("", encoding="utf-8")
    summary = memorygym.load_results(copy).summary()
    assert summary == memorygym.load_results(played).summary() != []


def test_rows_of_several_runs_name_their_run(played: Path, copy: Path) -> None:
    both = memorygym.load_results(played, copy)
    for table in (both.rows(), both.summary(), both.questions()):
        assert {row["run"] for row in table} == {"duel", "copy"}
    assert "run" not in memorygym.load_results(played).rows()[0]
    text = both.explain("company+0+strong+60+1000#1")
    assert text.startswith("duel: worlds track")
    assert "\n\ncopy: worlds track" in text
    with pytest.raises(memorygym.MemoryGymError, match="given twice"):
        memorygym.load_results(played, played / "..", played)


def test_a_missing_or_damaged_trace_is_named(copy: Path) -> None:
    trace = next((copy / "traces").glob("*+60+*"))
    results = memorygym.load_results(copy)
    trace.write_bytes(trace.read_bytes()[:-50])
    with pytest.raises(memorygym.MemoryGymError, match="its misses would be left out"):
        results.explain(system="60")
    trace.unlink()
    with pytest.raises(memorygym.MemoryGymError, match=r"strong\+60\+1000 is missing"):
        results.explain(system="60")
    assert results.explain(system="1e3")


def test_an_unfinished_run_says_so(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "results.json").unlink()
    next((copy / "traces").glob("*+60+*")).unlink()
    assert main(["explain", str(copy)]) == 0
    assert "run unfinished: 9 of 10 episodes" in capsys.readouterr().out


@pytest.mark.parametrize("folder", [5, ["a"], __file__])
def test_what_is_no_folder_is_refused(folder: Any) -> None:
    with pytest.raises(memorygym.MemoryGymError, match="give the folder"):
        memorygym.load_results(folder)
