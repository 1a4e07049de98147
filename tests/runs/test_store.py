"""Runs on disk: the same bytes for the same trace, and a folder that is of one recipe."""

import gzip
import resource
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.core.trace import Trace
from memorygym.runs.store import episode_name, open_run, read_traces, write_trace
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import results_of

OLD: dict[str, Any] = {
    **{"kind": "compare", "track": "worlds", "parameters": {"tier": "lite"}, "seeds": [0, 1]},
    **{"budgets": [300, 1000], "memories": ["my:Mine", "bm25"], "salt": None},
    **{"sources": {"my:Mine": "2"}, "systems": [["my:Mine", 300], ["bm25", 300]]},
}
ABOUT: dict[str, Any] = {"version": "worlds-v1@ab12", "recipe": OLD, "command": "x"}


@pytest.fixture(scope="module")
def trace() -> Trace:
    result = results_of(WorldsSettings("company", 0, "lite"), ["naive"])[0]
    assert result.trace
    return result.trace


def test_packed_or_plain_a_trace_reads_back_and_is_the_same_bytes(
    trace: Trace, tmp_path: Path
) -> None:
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl.gz"):
        write_trace(tmp_path / name, trace)
    plain, packed, again = (path.read_bytes() for path in sorted(tmp_path.iterdir()))
    assert packed == again and packed[3:8] == bytes(5)  # No name, no time.
    assert gzip.decompress(packed) == plain
    for _, stored, damage in read_traces([tmp_path]):
        assert stored and damage == ""
        assert list(stored.lines()) == list(trace.lines())


def test_every_cut_of_a_packed_trace_is_noticed(trace: Trace, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    write_trace(path, trace)
    data = path.read_bytes()
    for size in range(0, len(data), 500):
        path.write_bytes(data[:size])
        assert next(read_traces([path]))[2]


def test_a_run_keeps_what_was_played_and_goes_on_under_another_command(
    trace: Trace, tmp_path: Path
) -> None:
    name = episode_name("company", 0, "org/model")
    with open_run(tmp_path, ABOUT) as run:
        run.keep(name, trace, 0.25)
    (timing,) = run.timings()
    assert (timing["episode"], timing["seconds"]) == (name, 0.25)
    before = (tmp_path / "run.json").read_bytes()
    with open_run(tmp_path, {**ABOUT, "command": "y"}) as run:
        assert run.kept == [name]
    assert (tmp_path / "run.json").read_bytes() == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": "bench"}, "holds a compare run, not a bench run; give"),
        (
            {"parameters": {"tier": "hard"}, "seeds": [4]},
            "holds a run with --tier lite, not hard; seeds 0-1, not 4; give a new folder, or the"
            " options of that run",
        ),
        ({"parameters": {}}, "with --tier lite, not none; give"),
        ({"track": "codeqa"}, "with --track worlds, not codeqa; give"),
        ({"budgets": [300]}, "with --budget 300,1000, not 300; give"),
        ({"memories": ["bm25"], "sources": {}}, "with --memory my:Mine,bm25, not bm25; "),
        ({"salt": "1f"}, "with no --salt, not of hash 1f; give"),
        ({"sources": {"my:Mine": "3"}}, ": the code of my:Mine has changed since this run; give a"),
    ],
)
def test_a_run_of_another_recipe_or_version_is_refused(
    changes: dict[str, Any], message: str, tmp_path: Path
) -> None:
    with open_run(tmp_path, ABOUT):
        pass
    other, newer = ABOUT | {"recipe": OLD | changes}, ABOUT | {"version": "other"}
    with pytest.raises(BadSettings, match=message), open_run(tmp_path, other):
        pass
    named = "holds a run of the version worlds-v1@ab12, not other; give"
    with pytest.raises(BadSettings, match=named), open_run(tmp_path, newer):
        pass


def test_a_folder_that_was_killed_as_it_began_is_taken_and_a_damaged_trace_is_no_episode(
    trace: Trace, tmp_path: Path
) -> None:
    (tmp_path / "traces").mkdir()
    for name in ("lock", "run.json.77.part", "traces/one.jsonl.gz.77.part"):
        (tmp_path / name).write_text("{")
    with open_run(tmp_path, ABOUT) as run:
        run.keep("one", trace, 1.0)
    assert not list(tmp_path.rglob("*.part"))
    assert run.trace("one") and not run.trace("two")
    path = run.trace_path("one")
    path.write_bytes(path.read_bytes()[:-20])
    assert run.trace("one") is None


@pytest.mark.parametrize(
    ("file", "message"), [("notes.txt", "is not empty"), ("run.json", "is damaged")]
)
def test_a_folder_of_something_else_is_refused(file: str, message: str, tmp_path: Path) -> None:
    (tmp_path / file).write_text("{")
    with pytest.raises(BadSettings, match=message), open_run(tmp_path, ABOUT):
        pass


def test_different_parts_give_different_names() -> None:
    assert episode_name("a", "b+c") != episode_name("a+b", "c")
    assert episode_name("a/b") != episode_name("a_b")


@pytest.mark.parametrize("name", ["trace.jsonl.gz", "measurements.jsonl.gz"])
def test_a_full_disk_names_the_file_and_leaves_no_partial_file(name: str, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        with pytest.raises(OSError) as error:
            write_atomically(tmp_path / name, [b"more than ten bytes"])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.filename == str(tmp_path / name)
    assert list(tmp_path.iterdir()) == []
