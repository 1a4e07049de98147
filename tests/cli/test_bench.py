"""`memorygym bench`: the tasks it plays, its output, and the options it refuses."""

import json
from pathlib import Path

import pytest

from memorygym.runs.results import load
from tests.servers.openai import serving

LITE = ["bench", "--tier", "lite", "--template", "company"]
TWO = [*LITE, "--seeds", "2", "--strategy", "strategic", "naive"]


def test_the_first_line_counts_scored_episodes(command) -> None:
    status, out, _ = command(*TWO)
    assert status == 0
    first = out.splitlines()[0]
    assert first == "4 episodes: 4 scored; 0 failed at the provider, 0 at the memory, 0 excluded"
    assert all(len(line) <= 80 for line in out.splitlines())


@pytest.mark.parametrize(("words", "patience"), [((), 3), (("--patience", "5"), 5)])
def test_events_in_which_the_same_call_kept_failing_are_counted_first(
    words: tuple[str, ...], patience: int, command, tmp_path: Path
) -> None:
    with serving() as server:
        words = ("--model", "looper+unread", "--api-base", server.url, *words)
        status, out, _ = command(*LITE, "--seeds", "1", *words, "--run", str(tmp_path / "run"))
    (row,) = load(tmp_path / "run").results
    assert status == 0
    assert out.startswith(f"1 episode: 1 scored, {row.stuck} events stuck; 0 failed at")
    assert row.causes == {"stuck": len(row.right)} and row.stuck > len(row.right)
    assert sum(part.calls for part in row.usage.values()) == patience * row.stuck
    assert command("score", str(tmp_path / "run")).status == 0


def test_the_export_is_the_same_every_time_alone_and_in_a_folder(command, tmp_path: Path) -> None:
    command(*TWO, "-o", str(tmp_path / "a.json"), "--run", str(tmp_path / "run"), "-q")
    command(*TWO, "-o", str(tmp_path / "b.json"), "-q")
    first, *others = (tmp_path / name for name in ("a.json", "b.json", "run/results.json"))
    assert all(path.read_bytes() == first.read_bytes() for path in others)
    document = json.loads(first.read_bytes())
    assert [row["agent"] for row in document["episodes"]] == ["strategic", "naive"] * 2


@pytest.mark.parametrize(("floor", "status"), [("0", 0), ("100", 1)])
def test_fail_under_is_the_exit_code(floor: str, status: int, command) -> None:
    assert command(*TWO, "--fail-under", floor).status == status


def test_against_earlier_results_the_difference_is_paired(command, tmp_path: Path) -> None:
    earlier = str(tmp_path / "run")
    command(*TWO, "-o", earlier, "-q")
    out = command(*TWO, "--against", earlier).out
    assert "strategic, now minus before: +0.0 points (too few tasks for an interval)" in out


def test_a_private_test_set_is_compared_with_the_public_one_unpaired(
    command, tmp_path: Path
) -> None:
    public = str(tmp_path / "public")
    command(*TWO, "-o", public, "-q")
    out = command(*TWO, "--salt", "long and secret words", "--against", public).out
    assert "strategic, private minus public:" in out and "unpaired" in out
    assert "private test set" in out and "secret words" not in out


def test_a_model_is_listed_between_lower_and_upper_bound(command, tmp_path: Path) -> None:
    prices = tmp_path / "prices.json"
    prices.write_text(json.dumps({"writer": {"prompt": 1, "completion": 10}}))
    with serving() as server:
        words = ["--model", "writer", "--api-base", server.url, "--prices", str(prices)]
        status, out, _ = command(*LITE, "--seeds", "2", *words)
    assert status == 0
    for name in ("smart_guesser", "clairvoyant", "positional_expert"):
        assert f"\n{name} " in out
    assert "tokens at ingest: " in out and "tokens at query: " in out and " USD" in out


def test_an_unknown_price_is_unknown(command) -> None:
    with serving() as server:
        out = command(*LITE, "--seeds", "1", "--model", "writer", "--api-base", server.url).out
    assert "  cost: unknown" in out


def test_repeats_are_averaged_within_their_task(command, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with serving() as server:
        words = ["--model", "writer", "--api-base", server.url, "--repeats", "3"]
        out = command(*LITE, "--seeds", "2", *words, "-o", str(path)).out
    summary = json.loads(path.read_bytes())["summary"]["writer"]
    assert (summary["tasks"], summary["episodes"], summary["repeats"]["k"]) == (2, 6, 3)
    assert "pass^3" in out


def test_a_provider_failure_gives_no_score(command, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with serving() as server:
        words = ["--model", "writer+400x1", "--api-base", server.url, "--workers", "1"]
        status, out, err = command(*LITE, "--seeds", "2", *words, "-o", str(path))
    assert status == 3
    assert out.startswith("2 episodes: 1 scored; 1 failed at the provider")
    assert "if all failed episodes had scored 0:" in out
    assert "company seed 0, writer+400x1" in err
    assert len(json.loads(path.read_bytes())["failures"]) == 1


def test_a_refused_key_stops_the_run_with_one_line(command, tmp_path: Path) -> None:
    with serving() as server:
        # One worker: other threads would keep waiting in this process and disturb a later test.
        words = ["--model", "writer+401", "--api-base", server.url, "--workers", "1"]
        status, out, err = command(*LITE, "--seeds", "3", *words)
    assert (status, out) == (3, "")
    assert "the key was refused" in err and err.count("\n") == 1


def test_control_characters_in_a_name_are_not_printed(command) -> None:
    name = "prose\x1b[31m\nx"
    with serving() as server:
        status, out, err = command(*LITE, "--seed", "0", "--model", name, "--api-base", server.url)
        assert status == 3 and err.count("\n") == 1
        server.brains[name] = server.brains["prose"]
        assert "\x1b" not in out + err
        status, out, err = command(*LITE, "--seed", "0", "--model", name, "--api-base", server.url)
    assert (status, err) == (0, "") and "\x1b" not in out
