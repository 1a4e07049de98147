"""`memorygym training` makes data and profiles, and loses no file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.core.trace import CANARY
from tests.servers.openai import Server

LITE = ["--templates", "company", "--tier", "lite", "--workers", "1", "-q"]


def test_data_come_with_a_card_that_repeats_the_command(ran, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    words = [*LITE, "--seeds", "2", "--agent", "template_expert,naive", "--min-score", "1"]
    out = ran("training", "data", *words, "-o", path).out
    assert "template_expert" in out and "tokens of a row" in out
    card = (tmp_path / "rows.jsonl.card.md").read_text("utf-8")
    assert CANARY in card and "seeds 0 to 1" in card and "isolation is simulated" in card
    (line,) = (line for line in card.splitlines() if line.startswith("    python -m"))
    before = path.read_bytes()
    again = [tmp_path / "again.jsonl" if word == "FILE" else word for word in line.split()[3:]]
    ran("training", *again)
    assert (tmp_path / "again.jsonl").read_bytes() == before
    again_card = (tmp_path / "again.jsonl.card.md").read_text("utf-8")
    assert again_card == card.replace("# rows.jsonl", "# again.jsonl")


def test_a_card_says_that_segments_are_what_was_seen(ran, tmp_path: Path) -> None:
    words = ["--seed", "3", "--segments", "--format", "sharegpt"]
    ran("training", "data", *LITE, *words, "-o", tmp_path / "rows.jsonl.gz")
    card = (tmp_path / "rows.jsonl.gz.card.md").read_text("utf-8")
    assert "Each row is one context" in card and "seeds 3 to 3" in card


def test_data_that_show_nothing_to_imitate_say_so(command, tmp_path: Path) -> None:
    words = ["training", "data", "--track", "research:tokens=12k:hops=2:reveal=delayed", "-q"]
    words += ["--seeds", "1"]
    words += ["--force", "-o", str(tmp_path / "rows.jsonl")]
    assert "nothing to imitate" in command(*words).out
    status, out, _ = command(*words, "--capacity", "30000")
    assert status == 0 and "100.0" in out and "nothing to imitate" not in out
    assert "at most 30,000 tokens" in (tmp_path / "rows.jsonl.card.md").read_text("utf-8")


@pytest.mark.parametrize("existing", ["rows.jsonl", "rows.jsonl.card.md"])
def test_nothing_is_replaced_without_force(existing: str, command, tmp_path: Path) -> None:
    (tmp_path / existing).write_text("precious")
    words = ["training", "data", *LITE, "--seeds", "1", "-o", str(tmp_path / "rows.jsonl")]
    status, out, err = command(*words)
    assert (status, out) == (2, "") and f"{existing} exists; give another path, or --force" in err
    assert [path.name for path in tmp_path.iterdir()] == [existing]
    assert command(*words, "--force").status == 0
    assert (tmp_path / existing).read_text() != "precious"


def test_rows_may_go_to_a_pipe(tmp_path: Path) -> None:
    words = ["data", *LITE, "--seeds", "1", "-o", "/dev/stdout"]
    done = subprocess.run(
        [sys.executable, "-m", "memorygym.training", *words],
        capture_output=True, check=True, text=True, cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(done.stdout)["metadata"]["track"] == "worlds"
    assert "positional_expert" in done.stderr and [*tmp_path.iterdir()] == []


def test_a_scripted_agent_is_said_to_repeat_itself(command, tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    status, out, _ = command("training", "profile", *LITE, "--seeds", "2", "-o", str(path))
    assert status == 0 and "a scripted agent" in out and "0 % of 2 tasks at reward 0" in out
    profile = json.loads(path.read_text())
    assert [task["seed"] for task in profile["tasks"]] == [0, 1] and profile["constant"] == 1
    status, _, err = command("training", "profile", *LITE, "-o", str(path))
    assert status == 2 and "--force" in err


@pytest.mark.gym
def test_learn_stores_a_policy_and_goes_on_from_it(command, tmp_path: Path) -> None:
    path = tmp_path / "policy.json"
    words = ["training", "learn", "--tier", "lite", "--groups", "1", "--group", "2"]
    words += ["-o", str(path), "--iterations"]
    status, out, _ = command(*words, "1")
    assert status == 0 and "iteration    1  mean score" in out and f"policy={path}" in out
    assert "is trained already" in command(*words, "1").out
    assert "goes on after iteration 1" in command(*words, "2").err
    status, _, err = command(*words, "2", "--hidden", "4")
    assert status == 2 and "other settings (hidden 32)" in err
    assert len(json.loads(path.read_text())["curve"]) == 2


def test_a_model_is_profiled_over_its_tries(ran, server: Server) -> None:
    words = ["--model", "abstain", "--api-base", server.url, "--seeds", "1", "--repeats", "2"]
    outcome = ran("training", "profile", *LITE, *words)
    assert "company 0      2" in outcome.out and "100 % without variance" in outcome.text
