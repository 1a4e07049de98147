"""The adapter with a real checkout: `WAI_ROOT=… pytest -m wai`."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pytest

from memorygym.cli import main
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import JSON, Message
from memorygym.tracks.web.webarena_infinity import strong
from memorygym.tracks.web.webarena_infinity.__main__ import main as replay
from tests.runs.comparison.model_runs import rows
from tests.servers.brains import Action
from tests.servers.openai import serving

pytestmark = pytest.mark.wai
PARAMETERS = {"app": "xero-invoicing", "tasks": "task_e6,task_e16"}
TRACK = "web/webarena_infinity:app=xero-invoicing:tasks=task_e6,task_e16"


class Runner:
    """A model that decides as the scripted agent does, from the messages that it is sent."""

    def __init__(self, prefix: int = 0) -> None:
        texts = {**PARAMETERS, "prefix": str(prefix)}
        (recipe,) = find("web/webarena_infinity").tasks(TaskOptions(range(1), "", texts))
        self._policy = strong(recipe.generate())

    def __call__(self, messages: Sequence[Mapping[str, JSON]], tools: Collection[str]) -> Action:
        reply = self._policy.act([*map(Message.from_openai, messages)], ())
        return reply.content, [(call.name, dict(call.arguments)) for call in reply.calls]


@pytest.mark.parametrize("app", ["gmail", "linear-account-settings", "gitlab-plan-and-track"])
def test_recorded_actions_reach_the_full_reward(app: str, tmp_path: Path) -> None:
    page = tmp_path / "replay.md"
    assert replay(["--app", app, "-o", str(page)]) == 0
    assert "blocked: 0." in page.read_text()
    assert page.read_text().count(f"| {app} |") >= 5


def test_a_model_plays_a_session_that_needs_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    scores = {}
    with serving(runner=Runner()) as server:
        for memory in ("full", "none"):
            file = tmp_path / f"{memory}.json"
            options = ["--track", TRACK, "--model", "runner", "--api-base", server.url]
            options += ["--memory", memory, "--capacity", "100000", "--seed", "0", "-q"]
            assert main(["bench", *options, "-o", str(file)]) == 0
            (episode,) = json.loads(file.read_text())["episodes"]
            scores[memory] = episode["composite"]
    assert scores == {"full": 1, "none": 0}


def test_a_model_compares_memories_and_is_asked_only_where_something_is_to_be_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    with serving(runner=Runner(prefix=1)) as server:
        options = ["--track", f"{TRACK}:prefix=1", "--reasoner", "runner", "--memory", "bm25"]
        options += ["--api-base", server.url, "--seed", "0", "-q", "-o", str(tmp_path / "run")]
        assert main(["compare", *options]) == 0
        last = [body["messages"][-1]["content"] for body in server.bodies]
    accuracy = {name: row["accuracy"]["mean"] for name, row in rows(tmp_path / "run").items()}
    assert accuracy["full"] == accuracy["oracle"] == 1 and accuracy["none"] == 0
    assert [text[:200] for text in last if "\nPage: " not in f"\n{text}"] == []
