"""Where results go, and that what is printed fits the terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.cli import main

PLAYED = ("bench", "--agent", "naive", "-t", "company", "--tier", "lite", "--seeds", "1")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-o", ""), "argument --output/-o/--run: '' is empty, perhaps from an unset variable"),
        (("-o", "link"), "link is a link to nowhere, which does not exist; make that folder"),
        (("-t", "company,company"), "the task company, seed 0, is named 2 times"),
    ],
)
def test_an_output_or_a_task_that_cannot_be_meant_is_refused(
    words: tuple[str, ...], message: str, command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("link").symlink_to("nowhere")
    status, _, err = command(*PLAYED, *words)
    assert status == 2 and message in err
    assert [*tmp_path.iterdir()] == [tmp_path / "link"]


def test_tables_make_way_for_a_result_on_standard_output() -> None:
    words = [sys.executable, "-m", "memorygym", *PLAYED, "-o", "/dev/stdout"]
    done = subprocess.run(words, capture_output=True, check=True)
    assert "summary" in json.loads(done.stdout)
    assert b"1 episode: 1 scored" in done.stderr


def test_an_ending_in_capitals_is_that_ending(tmp_path: Path) -> None:
    assert main([*PLAYED, "-o", str(tmp_path / "r.JSON")]) == 0
    assert "summary" in json.loads((tmp_path / "r.JSON").read_text())


@pytest.mark.parametrize("words", [("list",), ("bench", "--help"), ("verify", "--help")])
def test_a_narrow_terminal_is_kept_to(
    words: tuple[str, ...], command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert max(map(len, command(*words).out.splitlines())) <= 40
