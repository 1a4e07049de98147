"""`memorygym bench`: the tasks it plays, and its output."""

import json
from pathlib import Path

import pytest

from memorygym.runs.results import load
from tests.cli.conftest import Command
from tests.servers.openai import Server

LITE = ["bench", "--tier", "lite", "--template", "company"]
TWO = [*LITE, "--seeds", "2", "--strategy", "strategic", "naive"]


@pytest.fixture
def asked(command: Command, server: Server) -> Command:
    """What comes of a model of the endpoint."""
    base = ("--api-base", server.url, "--workers", "1")
    return lambda model, *words: command(*LITE, *base, "--model", model, *words)


@pytest.mark.parametrize(("words", "patience"), [((), 3), (("--patience", "5"), 5)])
def test_events_in_which_the_same_call_kept_failing_are_counted_first(
    words: tuple[str, ...], patience: int, asked, command, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    status, out, _ = asked("looper+unread", "--seeds", "1", *words, "-o", run)
    (row,) = load(run).results
    assert status == 0
    assert out.startswith(f"1 episode: 1 scored, {row.stuck} events stuck; 0 failed at")
    assert row.causes == {"stuck": len(row.right)} and row.stuck > len(row.right)
    assert sum(part.calls for part in row.usage.values()) == patience * row.stuck
    assert command("score", run).status == 0


def test_the_export_is_the_same_every_time_alone_and_in_a_folder(command, tmp_path: Path) -> None:
    command(*TWO, "-o", tmp_path / "a.json", "--run", tmp_path / "run", "-q")
    command(*TWO, "-o", tmp_path / "b.json", "-q")
    first, *others = (tmp_path / name for name in ("a.json", "b.json", "run/results.json"))
    assert all(path.read_bytes() == first.read_bytes() for path in others)
    document = json.loads(first.read_bytes())
    assert [row["agent"] for row in document["episodes"]] == ["strategic", "naive"] * 2


@pytest.mark.parametrize(("floor", "status"), [("0", 0), ("100", 1)])
def test_fail_under_is_the_exit_code_below_the_counts(floor: str, status: int, command) -> None:
    outcome = command(*TWO, "--fail-under", floor)
    first, *rest = outcome.out.splitlines()
    assert first == "4 episodes: 4 scored; 0 failed at the provider, 0 at the memory, 0 excluded"
    assert outcome.status == status and all(len(line) <= 80 for line in rest)


def test_the_difference_from_earlier_results_is_paired_on_the_same_tasks_alone(
    command, finished: Path
) -> None:
    out = command(*TWO, "--against", finished).out
    assert "strategic, now minus before: +0.0 points (too few tasks for an interval)" in out
    out = command(*TWO, "--salt", "long and secret words", "--against", finished).out
    assert "strategic, private minus public:" in out and "unpaired" in out
    assert "private test set" in out and "secret words" not in out


def test_a_model_is_listed_between_lower_and_upper_bound_with_its_cost(
    asked, tmp_path: Path
) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"writer": {"prompt": 1, "completion": 10}}))
    status, out, _ = asked("writer", "--seeds", "2", "--prices", prices)
    assert status == 0
    for name in ("smart_guesser", "clairvoyant", "positional_expert"):
        assert f"\n{name} " in out
    assert "tokens at ingest: " in out and "tokens at query: " in out and " USD" in out
    assert "  cost: unknown" in asked("writer", "--seeds", "1")[1]


def test_repeats_are_averaged_within_their_task(asked, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    _, out, _ = asked("writer", "--seeds", "2", "--repeats", "3", "-o", path)
    summary = json.loads(path.read_bytes())["summary"]["writer"]
    assert (summary["tasks"], summary["episodes"], summary["repeats"]["k"]) == (2, 6, 3)
    assert "pass^3" in out


def test_a_provider_failure_gives_no_score(asked, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    status, out, err = asked("writer+400x1", "--seeds", "2", "-o", path)
    assert status == 3
    assert out.startswith("2 episodes: 1 scored; 1 failed at the provider")
    assert "if all failed episodes had scored 0:" in out
    assert "company seed 0, writer+400x1" in err
    assert len(json.loads(path.read_bytes())["failures"]) == 1


def test_a_refused_key_stops_the_run_with_one_line(asked) -> None:
    status, out, err = asked("writer+401", "--seeds", "3")
    assert (status, out) == (3, "")
    assert "the key was refused" in err and err.count("\n") == 1


def test_control_characters_in_a_name_are_not_printed(asked, server: Server) -> None:
    name = "prose\x1b[31m\nx"
    status, out, err = asked(name, "--seed", "0")
    assert status == 3 and err.count("\n") == 1
    server.brains[name] = server.brains["prose"]
    assert "\x1b" not in out + err
    status, out, err = asked(name, "--seed", "0")
    assert (status, err) == (0, "") and "\x1b" not in out
