"""`memorygym resume` ends a stopped run with the bytes of one that was not stopped."""

import json
from pathlib import Path
from shutil import copytree

import pytest

import memorygym
from memorygym.runs.results import FILE
from tests.reports.own_parts import LastMessages

LITE = ("--template", "company", "--tier", "lite", "--seeds", "2", "-q")
RUNS = {
    "bench": ("bench", "--agent", "naive", "strategic", "--capacity", "400", *LITE),
    "compare": ("compare", "--memory", "bm25", "--budget", "600,300", *LITE),
    "private": ("bench", "--agent", "naive", "--salt", "a secret", *LITE),
}
MORE = {"private": ("--salt", "a secret")}


def kept(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and "timings" not in path.name)
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", RUNS)
def test_a_stopped_run_ends_with_the_same_bytes(name: str, tmp_path: Path, command) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    printed = command(*RUNS[name], "-o", whole)
    copytree(whole, stopped)
    made = {*stopped.glob("*.*")} - {stopped / "run.json"}
    for path in [*made, *sorted(stopped.glob("traces/*"))[::2]]:
        path.unlink()
    (state,) = command("status", stopped, "--json").rows()
    salt = " --salt SALT" if name in MORE else ""
    assert state["next"][0] == f"memorygym resume {stopped}{salt}" and not state["finished"]
    resumed = command("resume", stopped, "-q", *MORE.get(name, ()))
    assert resumed == printed
    assert kept(stopped) == kept(whole)
    recipe = json.loads((whole / "run.json").read_bytes())["recipe"]
    assert recipe.get("budgets", [300, 600]) == [300, 600]  # In whichever order they are given.
    assert "sources" not in recipe


def test_a_run_that_cannot_be_resumed_says_why(tmp_path: Path, command) -> None:
    memorygym.compare(
        LastMessages, template="company", tier="lite", seeds=1, output=tmp_path / "objects"
    )
    status, _, said = command("resume", tmp_path / "objects")
    assert status == 2 and "objects of Python (LastMessages): repeat memorygym.compare" in said
    command(*RUNS["bench"], "-o", tmp_path / "old")
    file = tmp_path / "old" / "run.json"
    file.write_text(json.dumps({**json.loads(file.read_bytes()), "version": "worlds-v1"}))
    status, _, said = command("resume", tmp_path / "old")
    assert status == 2 and "holds a run of worlds-v1, and this code plays worlds-v3" in said


def test_a_run_from_before_an_option_is_read_and_resumed(tmp_path: Path, command) -> None:
    printed = command(*RUNS["bench"], "-o", tmp_path / "run")
    file = tmp_path / "run" / "run.json"
    about = json.loads(file.read_bytes())
    del about["recipe"]["patience"]
    file.write_text(json.dumps(about))
    (tmp_path / "run" / FILE).unlink()
    assert command("resume", tmp_path / "run", "-q") == printed
    assert command(*RUNS["bench"], "-o", tmp_path / "run") == printed
    status, _, said = command(*RUNS["bench"], "--patience", "2", "-o", tmp_path / "run")
    assert status == 2 and "holds a run with no --patience, not 2" in said
