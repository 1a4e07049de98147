"""Every rule that a track may break is reported, and the tracks here break none."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorygym.agents.reasoner_agent import Silent
from memorygym.core import registry
from memorygym.core.track import Track, find
from memorygym.core.types import Message, Step, Task
from memorygym.testing import check_track, tracks
from tests.datasets import published
from tests.slow import mostly_slow
from tests.testing.shops import BROKEN, stepped, tasked
from tests.tracks.shop_example import known

SMALL: Mapping[str, Mapping[str, Any]] = {
    "worlds": {"parameters": {"template": "company", "tier": "lite"}},
    "research": {"parameters": {"tokens": "10k"}},
    "codeqa": {"parameters": {"tokens": "10k"}, "seeds": 1},
}
"""By track: what is enough to check it by."""


@pytest.fixture
def shop() -> Iterator[Track]:
    with known() as track:
        yield track


@mostly_slow("sentence", BROKEN, quick=6)
def test_a_broken_rule_is_reported(sentence: str, shop: Track) -> None:
    sentences = check_track(BROKEN[sentence](shop))
    assert any(sentence in text for text in sentences), sentences


def test_a_sentence_names_the_track_the_place_and_what_to_do(shop: Track) -> None:
    (first, *_) = check_track(BROKEN["goal 1 is due in event 129, which was never played"](shop))
    assert first.startswith("shop: shop, seed 0: ") and first.endswith(": mend its event")


def test_a_track_that_raises_is_reported(shop: Track) -> None:
    def generate(task: Task) -> Task:
        raise ValueError("no goods")

    place = f"test_check_track.py, line {generate.__code__.co_firstlineno + 1}"
    assert check_track(tasked(generate)(shop)) == [
        f"shop: it raised ValueError: no goods ({place})"
    ]


def test_a_task_that_never_ends_is_reported(shop: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "ENDLESS_TASK", 50)
    more = Step((Message("user", "One more."),), evict=True)
    endless = stepped(lambda step, env, reply: more)(shop)
    sentences = check_track(replace(endless, reasoners={"strong": lambda _: Silent()}))
    reason = "the task does not end within 51 events: let a Step say done=True"
    assert any(reason in text for text in sentences), sentences


def test_a_track_that_cannot_be_found_is_reported() -> None:
    assert check_track("no_such_module:SHOP")[0].startswith("no_such_module:SHOP: ")


@pytest.mark.parametrize("name", [*registry.names("tracks"), "shop"])
def test_a_track_keeps_every_rule(name: str, tmp_path: Path, shop: Track) -> None:
    arguments = SMALL.get(name, {})
    if files := find(name).files:
        arguments = {"tasks": files("hotpotqa", published.file_of("hotpotqa", tmp_path), None)}
    assert check_track(name, **arguments) == []


def test_a_researcher_who_searches_himself_plays_a_track_too() -> None:
    assert check_track("research", 1, parameters={"tokens": "10k", "mode": "agentic"}) == []
