"""`memorygym training` makes data and profiles, and loses no file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from memorygym.core.trace import CANARY
from tests.servers.openai import Server

LITE = ["--templates", "company", "--tier", "lite", "--workers", "1", "-q"]


def test_data_come_with_a_card_that_repeats_the_command(command, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    words = [*LITE, "--seeds", "2", "--agent", "template_expert,naive", "--min-score", "1"]
    status, out, err = command("training", "data", *words, "-o", str(path))
    assert (status, err) == (0, "") and "template_expert" in out and "tokens of a row" in out
    card = (tmp_path / "rows.jsonl.card.md").read_text("utf-8")
    assert CANARY in card and "seeds 0 to 1" in card and "isolation is simulated" in card
    (line,) = (line for line in card.splitlines() if line.startswith("    python -m"))
    before = path.read_bytes()
    again = [tmp_path / "again.jsonl" if word == "FILE" else word for word in line.split()[3:]]
    assert command("training", *map(str, again)).status == 0
    assert (tmp_path / "again.jsonl").read_bytes() == before
    assert (tmp_path / "again.jsonl.card.md").read_text("utf-8") == card.replace(
        "# rows.jsonl", "# again.jsonl"
    )


def test_a_card_says_that_segments_are_what_was_seen(command, tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    words = ["--seed", "3", "--segments", "--format", "sharegpt", "-o", str(path)]
    assert command("training", "data", *LITE, *words).status == 0
    card = (tmp_path / "rows.jsonl.gz.card.md").read_text("utf-8")
    assert "Each row is one context" in card and "seeds 3 to 3" in card


def test_data_that_show_nothing_to_imitate_say_so(command, tmp_path: Path) -> None:
    words = ["training", "data", "--track", "research:tokens=12k:hops=2", "--seeds", "1", "-q"]
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["data", "--templates", "compny"], "did you mean company?"),
        (["data", "--tier", "standrd"], "did you mean standard?"),
        (["data", "--format", "sharegtp"], "no format named 'sharegtp'; did you mean sharegpt?"),
        (["data", "--agent", "naive,strategc"], "did you mean strategic?"),
        (["data", "--agent", "perfect"], "the agent perfect knows the answers"),
        (["data", "--memory", "markdwn"], "did you mean markdown?"),
        (["data", "--track", "wrlds"], "did you mean worlds?"),
        (
            ["data", "--track", "research", "--tier", "lite"],
            "research named 'tier'",
        ),
        (["data", "--track", "data"], "it generates no tasks"),
        (["data", "--seeds", "0"], "--seeds 0: give at least 1"),
        (["data", "--min-score", "101"], "--min-score 101: a score lies between 0 and 100"),
        (["data", "--min-scor", "1"], "no option named '--min-scor'; did you mean --min-score?"),
        (["profile", "--agent", "strategc"], "did you mean strategic?"),
        (["profile", "--agent", "naive", "--model", "m"], "leave --agent out"),
        (["profile", "--temperature", "1"], "--temperature is for --model"),
        (["profile", "--repeats", "0"], "--repeats 0: give at least 1"),
    ],
)
def test_bad_usage_names_the_choices(words: list[str], said: str, command, tmp_path: Path) -> None:
    status, out, err = command("training", *words, "-o", str(tmp_path / "rows.jsonl"))
    assert (status, out) == (2, "") and said in err and err.count("\n") == 1
    assert [*tmp_path.iterdir()] == []


def test_a_missing_folder_is_named_before_anything_is_played(command, tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "rows.jsonl"
    status, _, err = command("training", "data", *LITE, "-o", str(path))
    assert status == 2 and f"{path}: there is no folder {path.parent}" in err


def test_a_scripted_agent_is_said_to_repeat_itself(command, tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    status, out, _ = command("training", "profile", *LITE, "--seeds", "2", "-o", str(path))
    assert status == 0 and "a scripted agent" in out and "0 % of 2 tasks at reward 0" in out
    profile = json.loads(path.read_text())
    assert [task["seed"] for task in profile["tasks"]] == [0, 1] and profile["constant"] == 1
    status, _, err = command("training", "profile", *LITE, "-o", str(path))
    assert status == 2 and "--force" in err


@pytest.mark.train
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


def test_a_model_is_profiled_over_its_tries(command, server: Server) -> None:
    words = ["--model", "abstain", "--api-base", server.url, "--seeds", "1", "--repeats", "2"]
    status, out, _ = command("training", "profile", *LITE, *words)
    assert status == 0 and "company 0      2" in out
    assert "100 % without variance" in " ".join(out.split())
