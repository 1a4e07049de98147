"""`memorygym compare --trajectories`: outputs, exit codes and bad input."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.datasets import trajectory_files as files


@pytest.fixture
def log(tmp_path: Path) -> str:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(json.dumps(files.openai(number)) for number in range(6)))
    return str(path)


SMALL = ("--memory", "bm25,recency", "--budget", "200,800", "--quiet")


@pytest.fixture
def replayed(ran, log: str):
    """What comes of the log, and of further options."""
    return lambda *words: ran("compare", "--trajectories", log, *SMALL, *words)


def test_the_tables_stand_beside_the_bounds_at_every_budget(replayed) -> None:
    out = replayed().out
    for text in ("budget 200", "budget 800", "bm25", "full", "none", "losses of bm25 at 200:"):
        assert text in out
    assert "by who said it" not in out
    assert "by who said it" in replayed("--all").out


def test_a_folder_receives_four_files_and_a_file_the_result(replayed, tmp_path: Path) -> None:
    for target in ("out", "out", "out.json", "out.csv"):  # A report is replaced.
        assert replayed("-o", tmp_path / target).out
    names = ["losses.csv", "report.md", "trajectories.csv", "trajectories.json"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names
    assert (tmp_path / "out.json").read_bytes() == (tmp_path / "out" / names[3]).read_bytes()
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "out" / names[2]).read_bytes()
    document = json.loads((tmp_path / "out.json").read_text())
    assert (document["schema"], document["redacted"]) == ("memorygym-survival-1", True)
    rows = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    assert [row["system"] for row in rows] == ["none", "full", "recency", "bm25", "recency", "bm25"]


def test_files_named_twice_count_once_and_what_was_not_read_is_listed(
    command: Command, log: str, tmp_path: Path
) -> None:
    (tmp_path / "other.json").write_text(json.dumps(files.openai(7)))
    with Path(log).open("a") as file:
        file.write("\n{oops}\n" + json.dumps(files.openai()))
    paths = ("--trajectories", log, log, "--trajectories", str(tmp_path / "other.json"))
    done = command("compare", *paths, *SMALL)
    assert done.status == 0 and "7 trajectories" in done.out
    assert "1 record not read and 1 duplicate left out" in " ".join(done.out.split())
    assert done.err.startswith("log.jsonl, record 6 (line 7): is no JSON")
    assert done.err.count("\n") == 1


def test_without_a_memory_all_that_can_be_replayed_are(ran, log: str) -> None:
    out = ran("compare", "--trajectories", log, "--budget", "800", "-q").out
    assert all(name in out for name in ("hipporag-lite", "sliding_window", "simplemem-lite"))
    assert "markdown" not in out


def test_a_memory_of_ones_own_that_fails_ends_with_1(command: Command, log: str) -> None:
    broken = "tests.reports.own_parts:Broken"
    done = command("compare", "--trajectories", log, "--memory", f"{broken},recency", "-q")
    assert done.status == 1 and broken in done.out and "KeyError" in done.err
