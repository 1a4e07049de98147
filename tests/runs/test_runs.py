"""Run folders: whatever stops a run, the same command ends it with the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.rng import named_rng
from tests.runs.comparison.model_runs import REPLIES, SMALL, digests, replies, until_replies
from tests.servers.openai import serving
from tests.slow import mostly_slow

BENCH = [sys.executable, "-m", "memorygym.bench", "--quiet", "--tier", "lite"]
COMPANY = [*BENCH, "--template", "company", "--seeds", "4", "--workers"]
SCRIPTED = [*COMPANY, "2", "--strategy", "naive", "strategic", "smart_guesser", "--run"]
COMPARE = [sys.executable, "-m", "memorygym", "compare", *SMALL, "--seeds", "2"]


def bench(*words: str | Path, **more: Any) -> None:
    """Plays to the end."""
    subprocess.run([*map(str, words)], check=True, **more)


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    bench(*SCRIPTED, folder)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_a_run_killed_at_any_moment_ends_with_the_same_bytes(
    moment: int, finished_run: Path, tmp_path: Path
) -> None:
    with subprocess.Popen([*SCRIPTED, tmp_path / "run"]) as process:
        time.sleep(0.1 + named_rng("kill", moment).uniform())
        process.kill()
    bench(*SCRIPTED, tmp_path / "run")
    assert digests(tmp_path / "run") == digests(finished_run)


def test_a_finished_run_is_not_played_again(finished_run: Path) -> None:
    whole = digests(finished_run)
    timings = (finished_run / "timings.jsonl").read_bytes()
    bench(*SCRIPTED, finished_run)
    assert (finished_run / "timings.jsonl").read_bytes() == timings
    assert digests(finished_run) == whole
    assert len(timings.splitlines()) == 12


MODELS = ("--reasoner", "scholar", "--memory-model", "condenser")
ASKING = {
    "bench": [*COMPANY, "64", "--model", "twins", "--run"],
    "compare": [*COMPARE, "--memories", "llm_summarizing,amem-lite", *MODELS, "-o"],
}
"""Commands that ask models, up to the folder of their run."""


@pytest.mark.slow
@pytest.mark.parametrize("command", ASKING)
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_model_is_not_asked_twice_when_its_run_was_stopped(
    how: signal.Signals, command: str, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    with serving(latency=0.05 if command == "bench" else 0.01) as server:
        words, more = ASKING[command], ("--api-base", server.url)
        run = [*words, str(folder), *more]
        with subprocess.Popen(run, stderr=subprocess.PIPE, text=True) as process:
            until_replies(folder, 20)
            process.send_signal(how)
            _, errors = process.communicate()
        assert process.returncode == (130 if how == signal.SIGINT else -how)
        assert how == signal.SIGKILL or "go on: memorygym resume" in errors
        kept, asked = replies(folder), len(server.bodies)
        bench(*run)
        # What was under way when it stopped is the most that can be asked again.
        assert kept >= 20 and len(server.bodies) - asked == replies(folder) - kept
        bench(*words, tmp_path / "again", *more)
    assert digests(tmp_path / "again") == digests(folder)


@mostly_slow("command", ["bench", "compare"], quick=1)
def test_a_run_replays_without_key_and_endpoint_to_the_same_bytes(
    command: str, tmp_path: Path
) -> None:
    words, run = ASKING[command], tmp_path / "run"
    with serving() as server:
        bench(*words, run, "--api-base", server.url)
    keyless = {**os.environ, "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}
    bench(*words, tmp_path / "again", "--replay", run / REPLIES, env=keyless)
    kept = digests(run)
    del kept[REPLIES]
    assert digests(tmp_path / "again") == kept


def test_two_processes_never_play_into_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with serving(latency=3) as server:
        words = [*COMPANY, "64", "--model", "writer", "--api-base", server.url, "--run", folder]
        with subprocess.Popen(words) as first:
            until_replies(folder, 1)
            second = subprocess.run(words, capture_output=True, text=True, check=False)
            first.kill()
    assert second.returncode == 2
    assert "another process is writing into" in second.stderr


@pytest.mark.slow
def test_64_episodes_at_once_lose_nothing_to_a_server_that_fails(tmp_path: Path) -> None:
    faults = "writer+429x30+503x15+cutx15+garbagex10+emptyx10"
    rows = []
    with serving(latency=0.01) as server:
        for model in ("writer", faults):
            out = tmp_path / f"{len(rows)}.json"
            words = ["--model", model, "--api-base", server.url, "--workers", "64", "-o", out]
            bench(*BENCH, "--seeds", "7", *words)
            rows.append(json.loads(out.read_bytes())["episodes"])
    for row in (*rows[0], *rows[1]):
        del row["agent"], row["episode"], row["who"]
    assert len(rows[0]) == 70 and rows[0] == rows[1]
