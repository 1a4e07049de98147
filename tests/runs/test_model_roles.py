"""Who reasons, and who writes for memories."""

from contextlib import closing
from pathlib import Path

import pytest

from memorygym.core.errors import BadSettings
from memorygym.core.types import Message
from memorygym.models import extractive
from memorygym.models.reply_log import Cached, ReplyLog
from memorygym.models.scripted import Scripted
from memorygym.runs.model_roles import ModelRoles, model_roles_of
from memorygym.runs.systems import scripted
from memorygym.scoring.judge import Judge
from memorygym.tracks._qa.reasoners import Strong
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.reasoners import OneRecordReasoner

TASK = generate("company", 0, "lite")


def test_a_run_without_models_is_scripted_and_waits_for_none() -> None:
    model_roles = ModelRoles()
    assert [type(scripted(name, TASK)) for name in ("strong", "weak")] == [
        Strong,
        OneRecordReasoner,
    ]
    assert model_roles.writer is extractive.write
    assert (model_roles.waits, model_roles.asks) == (False, False)
    assert model_roles.recipe() == {"models": {}, "memory_model": None, "judge": None}


def test_every_episode_has_a_reasoner_of_its_own() -> None:
    assert scripted("weak", TASK) is not scripted("weak", TASK)
    model_roles = ModelRoles({"m": Scripted(["yes"])})
    assert model_roles.chat("m") is not model_roles.chat("m")


def test_the_models_of_a_recipe_are_described_as_they_were_and_cannot_be_asked() -> None:
    judge = Judge((Scripted(["yes"]),))
    model_roles = ModelRoles(
        {"m": Scripted(["yes"])}, Scripted(["so"]), judge, "text", reasoning=True
    )
    again = model_roles_of(model_roles.recipe())
    assert again.recipe() == model_roles.recipe()
    with pytest.raises(BadSettings, match="cannot be asked here"):
        again.chat("m").act([Message("user", "Hello")], ())


def test_a_model_behind_memories_is_waited_for_and_described_without_its_address() -> None:
    model_roles = ModelRoles(writing=Scripted(["a summary"]))
    assert model_roles.waits and model_roles.asks
    assert model_roles.writer("Task: summary", "a text", 50) == "a summary"
    assert "endpoint" not in str(model_roles.recipe()["memory_model"])


def test_a_recorded_model_is_asked_once_and_not_recorded_twice(tmp_path: Path) -> None:
    with closing(ReplyLog(tmp_path / "replies.jsonl", record=True)) as reply_log:
        model_roles = ModelRoles(
            models={"m": Scripted(["yes"])}, writing=Scripted(["one reply"])
        ).recorded(reply_log)
        written = [model_roles.writer("Task: summary", "a text", 50) for _ in range(2)]
        assert written == ["one reply"] * 2  # The script has no second one.
        assert isinstance(model_roles.models["m"], Cached)
        assert model_roles.recorded(reply_log).models["m"] is model_roles.models["m"]
        assert not model_roles.asks
