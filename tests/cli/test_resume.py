"""`memorygym resume` ends a stopped run with the bytes of one that was not stopped."""

import json
from pathlib import Path
from shutil import copytree

import pytest

import memorygym
from memorygym.runs.results import FILE
from tests.reports.own_parts import LastMessages
from tests.servers.openai import Server

LITE = ("--template", "company", "--tier", "lite", "--seeds", "2", "-q")
RUNS = {
    "bench": ("bench", "--agent", "naive", "strategic", "--capacity", "400", *LITE),
    "compare": ("compare", "--memory", "bm25", "--budget", "600,300", *LITE),
    "validated": ("bench", "--validate", *LITE[:4], "--seeds", "1", "-q"),
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
    assert status == 2 and "holds a run of worlds-v1, and this code plays worlds-v5" in said
    file.write_text(file.read_text().replace('"version"', '"of"'))
    status, _, said = command("resume", tmp_path / "old")
    assert status == 2 and "run.json is damaged (it states no version)" in said


def test_what_a_run_has_no_use_for_is_refused(tmp_path: Path, command) -> None:
    command(*RUNS["bench"], "-o", tmp_path / "run")
    for words, why in (
        (("--data", "x"), "--data is for a run of files"),
        (("--api-base", "http://x"), "--api-base is for a run that asks a model"),
        (("--all",), "--all is for a comparison"),
    ):
        status, _, said = command("resume", tmp_path / "run", *words)
        assert status == 2 and why in said


def test_a_finished_run_of_a_model_asks_it_no_more(
    server: Server, tmp_path: Path, command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    words = ("--model", "abstain", "--api-base", server.url, *LITE)
    printed = command("bench", *words, "-o", tmp_path / "run")
    assert command("resume", tmp_path / "run", "-q") == printed
    path = next(tmp_path.glob("run/traces/*"))
    path.write_bytes(path.read_bytes()[:-20])
    assert command("resume", tmp_path / "run", "-q", "--api-base", server.url) == printed


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
