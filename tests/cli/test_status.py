"""`memorygym status` shows the progress of runs and the commands that resume them."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.runs.results import FILE
from tests.servers.openai import serving

LITE = ["bench", "-q", "--workers", "1", "--tier", "lite", "-t", "company"]
HOLD = """
import pathlib, sys
from memorygym.core.files import locked
with locked(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def played(finished: Path, tmp_path: Path) -> Path:
    """A finished run, which a test may alter."""
    return shutil.copytree(finished, tmp_path / "a run")


def _stop(folder: Path) -> Path:
    """Turns a finished run into one stopped before its last episode; returns the removed part."""
    trace = sorted((folder / "traces").iterdir())[-1]
    trace.unlink()
    (folder / FILE).unlink()
    return trace


@pytest.fixture
def state(ran):
    """What `status --json` says of a run."""
    return lambda folder: ran("status", folder, "--json").rows()[0]


def test_a_finished_run_names_the_commands_that_show_it(played: Path, command, state) -> None:
    status, out, _ = command("status", str(played))
    assert status == 0 and out.startswith(f"{played}: finished\n")
    assert "4 episodes planned: 4 ended, 0 failed, 0 left to play" in out
    assert "provisional" not in out and "next: memorygym leaderboard " in out
    before = state(played)
    assert before["finished"] and not before["running"] and before["remaining"] == 0.0
    with (played / "timings.jsonl").open("ab") as file:
        file.write(b'{"ended":17')  # A line that is being written is left out.
    assert state(played)["seconds"] == before["seconds"]
    out = command("status", played, played).out
    assert out.count(": finished\n") == 2
    assert all(len(line) <= 80 or str(played) in line for line in out.splitlines())


def test_a_stopped_run_is_scored_provisionally(played: Path, command, state) -> None:
    whole = state(played)["provisional"]
    _stop(played)
    out = command("status", str(played)).out
    assert "3 ended, 0 failed, 1 left to play" in out and "provisional composite" in out
    assert f"{played}: not being played" in out and " left at that pace" in out
    rest = state(played)
    assert rest["provisional"]["naive"] == whole["naive"] and rest["remaining"] is not None
    assert rest["provisional"]["strategic"]["tasks"] == 1


def test_a_failed_episode_is_named_and_played_again(command, state, tmp_path: Path) -> None:
    words = [*LITE, "--seeds", "2", "--repeats", "2", "--model", "abstain+400x1"]
    words += ["--temperature", "0.5", "--tools", "native", "--keep-reasoning"]
    words += ["--judge", "echo", "--judge", "openai:mute", "--judge-prompt", "lenient"]
    with serving() as server:
        base = ["--api-base", server.url]
        assert command(*words, *base, "--run", str(tmp_path / "run")).status == 3
        out = command("status", str(tmp_path / "run")).out
        failed = state(tmp_path / "run")["failed"]
        assert command(*words, *base, "--run", str(tmp_path / "run")).status == 0
    assert "failed: company+" in out and "3 ended, 1 failed, 1 left to play" in out
    assert [failure["kind"] for failure in failed] == ["provider"]
    assert state(tmp_path / "run")["failed"] == []


def test_a_damaged_trace_is_named_and_left_to_play(played: Path, command, state) -> None:
    trace = _stop(played)
    trace.write_bytes(b"half a trace")
    stray = trace.with_name("company+9+naive+0.jsonl.gz")
    stray.write_bytes(min(trace.parent.iterdir()).read_bytes())
    out = command("status", str(played)).out
    assert "3 ended, 0 failed, 1 left to play" in out and out.count("damaged:") == 2
    for damage, path in zip(state(played)["damaged"], (trace, stray), strict=True):
        assert damage.startswith(str(path))


def test_a_run_that_another_process_plays_is_running(played: Path, command, state) -> None:
    words = [sys.executable, "-c", HOLD, str(played)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout and process.stdout.readline() == b"held\n"
        _stop(played)
        out = command("status", str(played)).out
        assert f"{played}: being played now" in out and "next: memorygym resume" not in out
        process.communicate(b"")
    assert not state(played)["running"]


def test_a_run_of_a_part_of_a_folder_can_be_finished(command, state, tmp_path: Path) -> None:
    made, run = str(tmp_path / "made"), tmp_path / "run"
    words = ["--track", "research:tokens=3300:hops=2", "--n", "3", "--workers", "1", "-o", made]
    assert command("generate", *words).status == 0
    again = ["bench", "-q", "--data", made, "--seeds", "2", "--run", str(run)]
    assert command(*again).status == 0
    assert state(run)["finished"] and state(run)["planned"] == 6
    _stop(run)
    assert state(run)["next"][0] == f"memorygym resume {run} --data DATA"
    assert command(*again).status == 0
    assert state(run)["finished"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        *((nothing, "run.json is damaged") for nothing in (None, {}, [])),
        ({"budgets": ["x"]}, "is damaged (recipe object contains unknown field `budgets`)"),
        ({"parameters": 7}, "is damaged (recipe.parameters expected `object`, got `int`)"),
        ({"salt": 7}, "is damaged (recipe.salt expected `str | null`, got `int`)"),
        ({"seeds": "x"}, "is damaged (recipe.seeds "),
        ({"turns": []}, "is damaged (recipe.turns "),
        ({"kind": None}, "is damaged (recipe.kind is None, none of bench, compare)"),
        ({"repeats": 0}, "is damaged (recipe.repeats is 0"),
        ({"capacity": -5}, "is damaged (recipe.capacity is -5"),
        ({"repeats": 10**12}, "4,000,000,000,000 episodes are too many for a run"),
        ({"parameters": {"entities": "9" * 9}}, "999999999 entities: give at most 1,000,000"),
        ({"seeds": [10**30]}, "give at most 999,999,999"),
        ({"track": "this:s"}, "track 'this:s', which is not installed here"),
        ({"seeds": []}, "recipe.seeds is empty)"),
        ({"reasoners": []}, "recipe.reasoners is empty)"),
        ({"budgets": []}, "recipe.budgets is empty)"),
        ({"memories": []}, "recipe.memories is empty)"),
    ],
)
def test_a_damaged_recipe_is_named_and_nothing_is_lost(
    changed: object, said: str, finished: Path, duel: Path, tmp_path: Path, command
) -> None:
    run = shutil.copytree(duel if "empty" in said else finished, tmp_path / "run")
    about = json.loads((run / "run.json").read_bytes())
    recipe = about["recipe"] | changed if isinstance(changed, dict) and changed else changed
    (run / "run.json").write_text(json.dumps({**about, "recipe": recipe}))
    before = {file: file.read_bytes() for file in run.rglob("*.*")}
    for word, *more in (["status"], ["explain", "company+0+naive", "--play"], ["resume"]):
        status, _, err = command(word, run, *more)
        assert status == 2 and said in err and err.count("\n") == 1 and "this" not in sys.modules
        assert word == "resume" or "track" in said or f"{run / 'run.json'} is damaged" in err
    assert {file: file.read_bytes() for file in before} == before


def test_a_comparison_shows_the_accuracies_of_its_table(duel: Path, ran, tmp_path: Path) -> None:
    out = ran("status", duel).out
    rows = csv.DictReader((duel / "compare.csv").read_text().splitlines())
    means = [row["accuracy"] for row in rows if row["system"] == "bm25"]
    figures = "".join(f"{100 * float(mean):>7.1f}" for mean in means)
    assert f"{figures}      2\n" in out and "held:" not in out
    assert "comparison at 300, 600 tokens" in out
    run = shutil.copytree(duel, tmp_path / "run")
    (run / FILE).unlink()
    assert "held:" not in ran("status", run).out
