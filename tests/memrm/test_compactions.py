"""Damage loses something, layouts lose nothing, and neither splits a call from its result."""

import json
import re
from collections import Counter

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.types import Call, Message
from memorygym.memrm.compactions import (
    DAMAGES,
    HELD_OUT,
    LAYOUTS,
    TRAINED,
    family,
    is_held_out,
    settled,
)
from memorygym.memrm.layouts import PLAIN
from memorygym.memrm.played import PlayedTask, TaskSource

SOURCE = TaskSource("worlds", (("template", "city"), ("entities", "4"), ("questions", "3"),
                           ("corrections", "1"), ("tier", "lite")), 1)  # fmt: skip
TALK = (
    Message("user", "[Note · Ann · 3 May]\nAnn Lee lives in Port Vale. Her code is K-4711."),
    Message("assistant", "", (Call("look", {"id": 12}, "c1"),)),
    Message("tool", "src/app.py has 341 lines. It was 290.", (), "c1"),
    Message("user", "Never pay more than $250. The file docs/plan.md says 17 May 2031."),
    Message("assistant", "I will not. Then the total is 1,204."),
    Message("user", "Ask Bob Ray for the key 8842. He left at 19."),
)


@pytest.fixture(scope="module")
def played() -> PlayedTask:
    return PlayedTask(SOURCE)


def _edited(name: str, played: PlayedTask) -> tuple[Message, ...]:
    edit = (DAMAGES | LAYOUTS)[name]
    return edit.apply(TALK, named_rng("test", name), played.facts)


def _words(messages: tuple[Message, ...]) -> Counter[str]:
    texts = [f"{m.content} {' '.join(str(c.arguments) for c in m.calls)}" for m in messages]
    return Counter(re.findall(r"\w+", " ".join(texts)))


@pytest.mark.parametrize(
    "name", [name for name in PLAIN if name not in ("telegraphic", "json_list")]
)
def test_a_layout_keeps_every_word(name: str, played: PlayedTask) -> None:
    laid_out = _edited(name, played)
    assert not _words(TALK) - _words(laid_out)


def test_a_list_of_messages_is_read_back(played: PlayedTask) -> None:
    (message,) = _edited("json_list", played)
    rows = json.loads(message.content)
    assert [row["role"] for row in rows] == [message.role for message in TALK]
    assert [row["content"] for row in rows if row["role"] != "assistant"] == [
        message.content for message in TALK if message.role != "assistant"
    ]


def test_telegraphic_drops_articles_alone(played: PlayedTask) -> None:
    lost = _words(TALK) - _words(_edited("telegraphic", played))
    assert set(lost) == {"the"}


@pytest.mark.parametrize("name", [name for name in DAMAGES if not name.endswith(("0.02", "0.05"))])
def test_damage_is_repeatable_and_keeps_calls_with_their_results(
    name: str, played: PlayedTask
) -> None:
    first, second = _edited(name, played), _edited(name, played)
    assert first == second
    calls = [call.id for message in first for call in message.calls]
    assert calls == [message.call_id for message in first if message.role == "tool"]


@pytest.mark.parametrize(
    ("name", "gone", "kept"),
    [
        ("attr_delete_paths", "src/app.py", "341"),
        ("round_values_1", "341", "300"),
        ("swap_values_1", "was 290", "was 341"),
        ("delete_values_0.5", "", "Never"),
        ("truncate_last_10", "", "8842"),
        ("wipe_out", "Ann", ""),
    ],
)
def test_damage_takes_what_it_says(name: str, gone: str, kept: str, played: PlayedTask) -> None:
    text = "\n".join(message.content for message in _edited(name, played))
    assert kept in text
    assert not gone or gone not in text
    assert text != "\n".join(message.content for message in TALK)


def test_noise_stands_at_the_end_of_the_longest_message(played: PlayedTask) -> None:
    longest = max(TALK, key=lambda message: len(message.content))
    noisy = _edited("summary_noise", played)[TALK.index(longest)]
    assert noisy.content.startswith(longest.content + "\n")
    assert noisy.content.count("\n") == longest.content.count("\n") + 2


def test_the_facts_of_a_context_are_said_in_the_words_of_the_track(played: PlayedTask) -> None:
    full = played.full[played.last]
    facts = settled(LAYOUTS["facts"].apply(full, named_rng("test"), played.facts))
    before, after = (
        [f.content for message in context for f in played.facts.read(message.content) if f.holds]
        for context in (full, facts)
    )
    assert sorted(after) == sorted(before)


def test_strategies_are_held_out_by_family() -> None:
    names = {memory.partition(":")[0] for memory in TRAINED}
    assert not names & {memory.partition(":")[0] for memory in HELD_OUT}
    trained = {edit.family for edit in DAMAGES.values() if not edit.held_out}
    assert not trained & {edit.family for edit in DAMAGES.values() if edit.held_out}
    assert is_held_out("full", ("delete_values_0.2", "tags"))
    assert is_held_out("bm25", ()) and not is_held_out("recency", ("joined",))
    assert family("full", ("delete_values_0.2", "tags")) == "delete_values"
    assert family("bm25:top_k=40", ("joined",)) == "bm25"
    assert family("full", ("joined",)) == "layout joined"
    assert family("full", ()) == "identity"
