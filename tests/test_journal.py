"""Runs on disk: the same bytes for the same trace, and a folder that is of one recipe."""

import gzip
import json
from pathlib import Path

import pytest

from memorygym.errors import BadSettings
from memorygym.journal import (
    append_episode,
    episode_name,
    finish,
    open_run,
    read_traces,
    write_trace,
)
from memorygym.runner import Plan, Settings, play_task
from memorygym.trace import Trace

ABOUT = {"contract": "worlds-v1@ab12", "recipe": {"tier": "lite", "seeds": [0, 1]}, "command": "x"}


@pytest.fixture(scope="module")
def trace() -> Trace:
    result = play_task(Settings("company", 0, "lite"), Plan(("naive",), traced=True))[0]
    assert result.trace
    return result.trace


def test_a_trace_is_the_same_bytes_under_every_name(trace: Trace, tmp_path: Path) -> None:
    paths = [tmp_path / "a.jsonl.gz", tmp_path / "b.jsonl.gz"]
    for path in paths:
        write_trace(path, trace)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert first[3:8] == bytes(5)  # no name, no time


def test_packed_or_plain_a_trace_reads_back(trace: Trace, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl.gz"):
        write_trace(tmp_path / name, trace)
    lines = (tmp_path / "a.jsonl").read_bytes()
    assert gzip.decompress((tmp_path / "b.jsonl.gz").read_bytes()) == lines
    for _, found, damage in read_traces([tmp_path]):
        assert found and damage == ""
        assert list(found.lines()) == list(trace.lines())


def test_every_cut_of_a_packed_trace_is_noticed(trace: Trace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    write_trace(path, trace)
    data = path.read_bytes()
    for size in range(0, len(data), 500):
        path.write_bytes(data[:size])
        assert next(read_traces([path]))[2]


def test_a_run_keeps_what_was_played(trace: Trace, tmp_path: Path) -> None:
    run = open_run(tmp_path / "run", ABOUT)
    name = episode_name("company", 0, "org/model")
    append_episode(run, name, trace, 0.25)
    finish(run, [{"b": 1, "a": 2}])
    timing = json.loads((run.path / "timings.jsonl").read_text())
    assert run.kept == [name]
    assert (timing["episode"], timing["seconds"]) == (name, 0.25)
    assert (run.path / "results.jsonl").read_text() == '{"a":2,"b":1}\n'
    assert not list(run.path.rglob("*.part"))


def test_a_run_goes_on_under_another_command(trace: Trace, tmp_path: Path) -> None:
    append_episode(open_run(tmp_path, ABOUT), "one", trace, 1.0)
    before = (tmp_path / "run.json").read_bytes()
    assert open_run(tmp_path, {**ABOUT, "command": "y"}).kept == ["one"]
    assert (tmp_path / "run.json").read_bytes() == before


@pytest.mark.parametrize("name", ["contract", "recipe"])
def test_a_run_of_another_recipe_is_refused(name: str, tmp_path: Path) -> None:
    open_run(tmp_path, ABOUT)
    with pytest.raises(BadSettings, match=f"another {name}"):
        open_run(tmp_path, {**ABOUT, name: "other"})


@pytest.mark.parametrize(
    ("file", "said"), [("notes.txt", "is not empty"), ("run.json", "is damaged")]
)
def test_a_folder_of_something_else_is_refused(file: str, said: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text("{")
    with pytest.raises(BadSettings, match=said):
        open_run(tmp_path, ABOUT)


def test_different_parts_give_different_names() -> None:
    assert episode_name("a", "b+c") != episode_name("a+b", "c")
    assert episode_name("a/b") != episode_name("a_b")
