"""`memorygym play --show` shows a task as an agent reads it."""

import json

import pytest

from memorygym.tracks.worlds.generator.gold import read_gold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.slow import mostly_slow

LITE = ["play", "--show", "--template", "company", "--seed", "3", "--tier", "lite"]


def test_json_is_one_message_a_line_and_nothing_else(command) -> None:
    status, out, _ = command(*LITE, "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    task = generate("company", 3, "lite")
    assert status == 0
    assert rows[0] == {"event": None, "kind": "system", "role": "system", "content": task.system}
    assert [(row["event"], row["kind"], row["content"]) for row in rows[1:]] == [
        (number, event.kind, event.text) for number, event in enumerate(task.events)
    ]


def test_json_gold_is_the_last_line_and_reads_back(command) -> None:
    out = command(*LITE, "--json", "--gold").out
    last = json.loads(out.splitlines()[-1])
    assert read_gold(last["gold"]) == generate("company", 3, "lite").gold


def test_text_holds_every_word_in_80_columns(command) -> None:
    out = command(*LITE).out
    assert all(len(line) <= 80 for line in out.splitlines())
    shown = out.split()
    for event in generate("company", 3, "lite").events:
        first = event.text.split()
        assert any(shown[i : i + len(first)] == first for i in range(len(shown)))


def test_the_gold_is_shown_only_on_demand(command) -> None:
    plain, gold = command(*LITE).out, command(*LITE, "--gold").out
    assert gold.startswith(plain)
    assert "truth:" not in plain and gold.count("truth:") == 10
    assert all(len(line) <= 80 for line in gold.splitlines())


def test_sizes_and_secret_reach_the_generator(command) -> None:
    sizes = ["--entities", "20", "--questions", "8", "--corrections", "2", "--writes", "12"]
    out = command(*LITE, *sizes, "--salt", "s", "--json").out
    task = generate("company", 3, "lite", Sizes(20, 12, 8, 2), "s")
    assert [json.loads(line)["content"] for line in out.splitlines()[1:]] == [
        event.text for event in task.events
    ]


@pytest.mark.parametrize("size", [["--entities", "x"], ["--tokens", "10"], ["--questions", "9999"]])
def test_impossible_sizes_are_refused_with_the_reason(size: list[str], command) -> None:
    status, out, err = command(*LITE, *size)
    assert (status, out) == (2, "")
    assert size[1] in err


@mostly_slow("track", ["research:tokens=10k", "codeqa:tokens=12k"], quick=1)
def test_a_task_of_any_track_is_shown(track: str, command) -> None:
    words = ["play", "--show", "--track", track]
    plain, gold = command(*words).out, command(*words, "--gold").out
    assert "--- system" in plain and "--- user, event 1\n" in plain and gold.startswith(plain)
    rows = [json.loads(line) for line in command(*words, "--json", "--gold").out.splitlines()]
    asked = rows[-1]["gold"]["questions"]
    assert asked and all(json.dumps(question["truth"]) in gold for question in asked)


def test_showing_a_task_plays_and_writes_nothing(command) -> None:
    status, out, err = command(*LITE, "--trace", "x.jsonl")
    assert (status, out) == (2, "") and "--trace is for an episode; --show plays none" in err
