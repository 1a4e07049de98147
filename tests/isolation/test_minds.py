"""Who reasons, and who writes for memories."""

from contextlib import closing
from pathlib import Path

import pytest

from memorygym.agents.chat import Chat
from memorygym.errors import UnknownPart
from memorygym.runs.minds import Minds
from memorygym.models import extractive
from memorygym.models.replay import Cached
from memorygym.models.scripted import Scripted
from memorygym.models.tape import Tape
from memorygym.tracks.worlds.dealing.deal import deal
from memorygym.tracks.worlds.reasoners import Strong, Weak

TASK = deal("company", 0, "lite")


def test_without_models_all_is_scripted_and_nobody_is_waited_for() -> None:
    minds = Minds(("strong", "weak"))
    kinds = [type(minds.policy(name, TASK)) for name in minds.reasoners]
    assert kinds == [Strong, Weak]
    assert minds.writer is extractive.write
    assert (minds.waits, minds.asks, minds.describe()) == (False, False, {})


def test_every_episode_has_a_reasoner_of_its_own() -> None:
    minds = Minds(("weak", "m"), {"m": Scripted(["yes"])})
    for name in minds.reasoners:
        assert minds.policy(name, TASK) is not minds.policy(name, TASK)
    assert isinstance(minds.policy("m", TASK), Chat)


def test_a_reasoner_that_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownPart, match="did you mean strong"):
        Minds(("stong",)).policy("stong", TASK)


def test_a_model_behind_memories_is_waited_for_and_described_without_its_address() -> None:
    minds = Minds(writing=Scripted(["a summary"]))
    assert minds.waits and minds.asks
    assert minds.writer("Task: summary", "a text", 50) == "a summary"
    assert [*minds.describe()] == ["memory"]
    assert "endpoint" not in minds.describe()["memory"]


def test_a_recorded_model_is_asked_once_and_not_recorded_twice(tmp_path: Path) -> None:
    with closing(Tape(tmp_path / "replies.jsonl", record=True)) as tape:
        minds = Minds(models={"m": Scripted(["yes"])}, writing=Scripted(["one reply"])).recorded(
            tape
        )
        told = [minds.writer("Task: summary", "a text", 50) for _ in range(2)]
        assert told == ["one reply"] * 2  # The script has no second one.
        assert isinstance(minds.models["m"], Cached)
        assert minds.recorded(tape).models["m"] is minds.models["m"]
        assert not minds.asks
