"""Run folders: whatever stops a run, the same command ends it with the same bytes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from memorygym.core.rng import named_rng
from tests.runs.comparison.model_runs import REPLIES, digests, replies, until_replies
from tests.servers.openai import Server, serving

BENCH = [sys.executable, "-m", "memorygym.bench", "--quiet"]
SCRIPTED = [
    "--tier", "lite", "--template", "company", "--seeds", "4", "--workers", "2",
    "--strategy", "naive", "strategic", "smart_guesser",
]  # fmt: skip
MODEL = ["--tier", "lite", "--template", "company", "--seeds", "4", "--workers", "64"]


@pytest.fixture(scope="module")
def finished_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that nothing stopped."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    subprocess.run([*BENCH, *SCRIPTED, "--run", str(folder)], check=True)
    return folder


@pytest.fixture(scope="module")
def whole(finished_run: Path) -> dict[str, str]:
    """The digests of its files."""
    return digests(finished_run)


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(20))
def test_a_run_killed_at_any_moment_ends_with_the_same_bytes(
    moment: int, whole: dict[str, str], tmp_path: Path
) -> None:
    words = [*BENCH, *SCRIPTED, "--run", str(tmp_path / "run")]
    with subprocess.Popen(words) as process:
        time.sleep(0.1 + named_rng("kill", moment).uniform())
        process.kill()
    subprocess.run(words, check=True)
    assert digests(tmp_path / "run") == whole


@pytest.mark.slow
def test_the_number_of_workers_changes_nothing(whole: dict[str, str], tmp_path: Path) -> None:
    words = [*BENCH, *SCRIPTED, "--run", str(tmp_path / "run"), "--workers", "1"]
    subprocess.run(words, check=True)
    assert digests(tmp_path / "run") == whole


def test_a_finished_run_is_not_played_again(whole: dict[str, str], finished_run: Path) -> None:
    timings = (finished_run / "timings.jsonl").read_bytes()
    subprocess.run([*BENCH, *SCRIPTED, "--run", str(finished_run)], check=True)
    assert (finished_run / "timings.jsonl").read_bytes() == timings
    assert digests(finished_run) == whole
    assert len(timings.splitlines()) == 12


@pytest.mark.slow
def test_a_trace_under_the_name_of_another_episode_is_played_again(
    whole: dict[str, str], tmp_path: Path
) -> None:
    words = [*BENCH, *SCRIPTED, "--run", str(tmp_path / "run")]
    subprocess.run(words, check=True)
    first, second, third = (
        tmp_path / "run/traces" / f"company+{name}+0.jsonl.gz"
        for name in ("0+naive", "1+naive", "1+strategic")
    )
    first.write_bytes(second.read_bytes())
    third.write_bytes(second.read_bytes())
    subprocess.run(words, check=True)
    assert digests(tmp_path / "run") == whole


@pytest.fixture
def slow() -> Iterator[Server]:
    """A server that takes its time, so that a run can be caught in the middle."""
    with serving(latency=0.05) as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_model_is_not_asked_twice_when_its_run_was_stopped(
    how: signal.Signals, slow: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    words = [*BENCH, *MODEL, "--model", "writer", "--api-base", slow.url, "--run", str(folder)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        until_replies(folder, 20)
        process.send_signal(how)
        _, errors = process.communicate()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert how == signal.SIGKILL or "go on: memorygym resume" in errors
    kept, asked = replies(folder), len(slow.bodies)
    subprocess.run(words, check=True)
    total = replies(folder)
    # What was under way when it stopped is the most that can be asked again.
    assert kept >= 20 and len(slow.bodies) - asked == total - kept
    again = tmp_path / "again"
    subprocess.run([*words[:-1], str(again)], check=True)
    assert digests(again) == digests(folder)


@pytest.mark.slow
def test_a_run_replays_offline_to_the_same_bytes(slow: Server, tmp_path: Path) -> None:
    words = [*BENCH, *MODEL, "--model", "twins"]
    run = ["--api-base", slow.url, "--run", str(tmp_path / "run")]
    subprocess.run([*words, *run], check=True)
    replay = ["--replay", str(tmp_path / "run" / REPLIES), "--run", str(tmp_path / "again")]
    keyless = {**os.environ, "OPENAI_API_KEY": "", "OPENAI_BASE_URL": ""}
    subprocess.run([*words, *replay], check=True, env=keyless)
    kept = digests(tmp_path / "run")
    del kept[REPLIES]
    assert digests(tmp_path / "again") == kept


def test_two_processes_never_play_into_one_folder(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    with serving(latency=3) as server:
        words = [*BENCH, *MODEL, "--model", "writer", "--api-base", server.url, "--run"]
        with subprocess.Popen([*words, str(folder)]) as first:
            until_replies(folder, 1)
            second = subprocess.run(
                [*words, str(folder)], capture_output=True, text=True, check=False
            )
            first.kill()
    assert second.returncode == 2
    assert "another process is writing into" in second.stderr


@pytest.mark.slow
def test_64_episodes_at_once_lose_nothing_to_a_server_that_fails(tmp_path: Path) -> None:
    faults = "writer+429x30+503x15+cutx15+garbagex10+emptyx10"
    rows = {}
    with serving(latency=0.01) as server:
        for model in ("writer", faults):
            out = str(tmp_path / f"{len(rows)}.json")
            words = ["--model", model, "--api-base", server.url, "--workers", "64", "-o", out]
            subprocess.run([*BENCH, "--tier", "lite", "--seeds", "7", *words], check=True)
            rows[model] = json.loads(Path(out).read_bytes())["episodes"]
    apart = ("agent", "episode", "who")
    plain, faulty = (
        [{name: value for name, value in row.items() if name not in apart} for row in row_group]
        for row_group in rows.values()
    )
    assert len(plain) == 70 and faulty == plain
