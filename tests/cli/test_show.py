"""`memorygym play --show` shows a task as an agent reads it."""

import json

import pytest

from memorygym.tracks.worlds.generator.gold import read_gold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes
from tests.slow import mostly_slow

LITE = ["play", "--show", "--template", "company", "--seed", "3", "--tier", "lite"]


@pytest.fixture
def rows(command):
    """The lines of --json."""

    def shown(*words: str):
        status, out, _ = command(*words, "--json")
        assert status == 0
        return [json.loads(line) for line in out.splitlines()]

    return shown


def test_json_is_one_message_a_line_and_the_gold_comes_last(rows) -> None:
    system, *events = rows(*LITE)
    task = generate("company", 3, "lite")
    assert system == {"event": None, "kind": "system", "role": "system", "content": task.system}
    assert [(row["event"], row["kind"], row["content"]) for row in events] == [
        (number, event.kind, event.text) for number, event in enumerate(task.events)
    ]
    assert read_gold(rows(*LITE, "--gold")[-1]["gold"]) == task.gold


def test_text_holds_every_word_in_80_columns_and_the_gold_only_on_demand(command) -> None:
    plain, gold = command(*LITE).out, command(*LITE, "--gold").out
    assert all(len(line) <= 80 for line in gold.splitlines())
    words = " ".join(plain.split())
    assert all(" ".join(e.text.split()) in words for e in generate("company", 3, "lite").events)
    assert gold.startswith(plain) and "truth:" not in plain and gold.count("truth:") == 10


def test_sizes_and_secret_reach_the_generator(rows) -> None:
    sizes = ["--entities", "20", "--questions", "8", "--corrections", "2", "--writes", "12"]
    task = generate("company", 3, "lite", Sizes(20, 12, 8, 2), "s")
    _, *events = rows(*LITE, *sizes, "--salt", "s")
    assert [row["content"] for row in events] == [event.text for event in task.events]


@mostly_slow("track", ["research:tokens=10k", "codeqa:tokens=12k"], quick=1)
def test_a_task_of_any_track_is_shown(track: str, command, rows) -> None:
    words = ["play", "--show", "--track", track]
    plain, gold = command(*words).out, command(*words, "--gold").out
    assert "--- system" in plain and "--- user, event 1\n" in plain and gold.startswith(plain)
    asked = rows(*words, "--gold")[-1]["gold"]["questions"]
    assert asked and all(json.dumps(question["truth"]) in gold for question in asked)
