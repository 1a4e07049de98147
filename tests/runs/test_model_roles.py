"""Who reasons, and who writes for memories."""

from contextlib import closing
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.types import Message
from memorygym.models import extractive
from memorygym.models.recorded import Cached
from memorygym.models.reply_log import Tape
from memorygym.models.scripted import Scripted
from memorygym.runs.model_roles import Minds, minds_of
from memorygym.runs.seats import scripted
from memorygym.scoring.judge import Judge
from memorygym.tracks.worlds.generator.task import deal
from memorygym.tracks.worlds.reasoners import Strong, Weak

TASK = deal("company", 0, "lite")


def test_without_models_all_is_scripted_and_nobody_is_waited_for() -> None:
    minds = Minds()
    assert [type(scripted(name, TASK)) for name in ("strong", "weak")] == [Strong, Weak]
    assert minds.writer is extractive.write
    assert (minds.waits, minds.asks) == (False, False)
    assert minds.recipe() == {"models": {}, "memory_model": None, "judge": None}


def test_every_episode_has_a_reasoner_of_its_own() -> None:
    assert scripted("weak", TASK) is not scripted("weak", TASK)
    minds = Minds({"m": Scripted(["yes"])})
    assert minds.chat("m") is not minds.chat("m")


def test_a_reasoner_that_nobody_knows_is_named() -> None:
    with pytest.raises(UnknownPart, match="did you mean strong"):
        scripted("stong", TASK)


def test_the_models_of_a_recipe_are_described_as_they_were_and_cannot_be_asked() -> None:
    judge = Judge((Scripted(["yes"]),), "strict", audit_accepted=True)
    minds = Minds({"m": Scripted(["yes"])}, Scripted(["so"]), judge, "text", reasoning=True)
    again = minds_of(minds.recipe())
    assert again.recipe() == minds.recipe()
    with pytest.raises(BadSettings, match="is not asked here"):
        again.chat("m").act([Message("user", "Hello")], ())


def test_a_model_behind_memories_is_waited_for_and_described_without_its_address() -> None:
    minds = Minds(writing=Scripted(["a summary"]))
    assert minds.waits and minds.asks
    assert minds.writer("Task: summary", "a text", 50) == "a summary"
    assert "endpoint" not in str(minds.recipe()["memory_model"])


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
