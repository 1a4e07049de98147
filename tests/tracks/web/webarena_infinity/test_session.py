"""Sessions in a stand-in of an application, in a real Chromium: `pytest -m browser`."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from memorygym.agents.reasoner_agent import Silent
from memorygym.cli import main
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings, ProviderFailure
from memorygym.core.trace import Observation, ToolResult, Trace
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Budget, Call, Memory, Message, Policy, Task
from memorygym.memories.full import FullContext
from memorygym.memories.none import Nothing
from memorygym.testing import check_track
from memorygym.tracks.web.webarena_infinity import ended, oracle, outcomes, strong
from memorygym.tracks.web.webarena_infinity.session import WebArenaEnv
from tests.runs.comparison.model_runs import rows

pytestmark = pytest.mark.browser


@pytest.fixture
def session(standin: Path, tmp_path: Path) -> Callable[..., Task]:
    def make(tasks: str = "ann,cid,name", **more: Any) -> Task:
        texts = {name: str(value) for name, value in more.items()}
        texts |= {"app": "notes", "tasks": tasks, "recordings": str(tmp_path / "recorded.json")}
        (recipe,) = find("web/webarena_infinity").tasks(TaskOptions(range(1), "", texts))
        return recipe.generate()

    return make


def played(
    task: Task, policy: Policy | None = None, memory: Callable[[], Memory] = FullContext
) -> Trace:
    trace = play(Episode(WebArenaEnv(task), memory, Budget()), policy or strong(task))
    trace.gold = task.gold
    return trace


def scores(trace: Trace) -> list[float]:
    return [outcome.score for outcome in outcomes(trace)]


def pages(trace: Trace) -> list[str]:
    """All that the environment showed."""
    kinds = (Observation, ToolResult)
    return [m.content for r in trace.records if isinstance(r, kinds) for m in r.messages]


def test_every_errand_begins_in_the_same_state_and_its_verifier_judges_it(
    session: Callable[..., Task],
) -> None:
    for told in ("before", "now"):
        assert scores(played(session(told=told))) == [1, 1, 1]
    assert scores(played(session(), memory=Nothing)) == [0, 0, 0]
    trace = played(session(told="now"), Silent())
    assert scores(trace) == [0, 0, 0]
    first = [page.partition("\nPage: ")[2] for page in pages(trace)]
    assert len(first) == 3 and len({*first}) == 1


def test_the_oracle_shows_the_errand_that_is_asked_for(session: Callable[..., Task]) -> None:
    for parameters in ({}, {"prefix": 1}, {"prefix": 1, "told": "now"}):
        task = session(**parameters)
        events = {r.event: r for r in played(task).records if isinstance(r, Observation)}
        asked = [f"errand {n}" for n in (1, 2, 3)]
        for (event, text), errand in zip(oracle(task).items(), asked, strict=True):
            assert errand in events[event].messages[-1].content.partition("\n")[0]
            assert text.lower().startswith(errand)
    assert oracle(session(told="now")) == {}


def test_what_was_recorded_is_done_again_before_the_agent_goes_on(
    session: Callable[..., Task],
) -> None:
    task = session("cid", prefix=1, told="now")
    one, other = (played(task, Silent(), memory) for memory in (FullContext, Nothing))
    assert pages(one) == pages(other) and scores(one) == scores(other) == [1]
    first, second = (r for r in one.records if isinstance(r, Observation))
    roles = [message.role for message in first.messages]
    assert roles == ["user", "assistant", "tool", "user"]
    assert first.messages[1].calls == (Call("click", {"element": 3}, "0.0"),)
    assert "Cid starred" in first.messages[2].content
    assert second.messages[0].content.startswith("Please go on with errand 1.\nPage: Notes (/)")
    assert not find("web/webarena_infinity").asks([Message("system", ""), *first.messages])


def test_recorded_actions_that_do_not_fit_are_named(
    session: Callable[..., Task], tmp_path: Path
) -> None:
    wrong = {"notes": {"ann": [["click", ["button", "Save", 0], {}]]}}
    (tmp_path / "recorded.json").write_text(json.dumps(wrong))
    with pytest.raises(BadSettings, match=r"action 1 recorded for ann .* no button 'Save'"):
        played(session("ann", prefix=1, told="now"), Silent())


def test_a_verifier_that_fails_is_an_error_not_a_score(session: Callable[..., Task]) -> None:
    with pytest.raises(ProviderFailure, match=r"broken.py failed: .*KeyError: 'no such key'"):
        played(session("broken"), Silent())


def test_an_errand_ends_after_so_many_calls(session: Callable[..., Task]) -> None:
    class Clicker(Policy):
        def act(self, view: Any, tools: Any) -> Message:
            return Message("assistant", "", (Call("click", {"element": 1}),))

    trace = played(session("ann,cid", told="now", steps=2), Clicker())
    assert [len(end["actions"]) for end in ended(trace).values()] == [2, 2]


def test_texts_of_others_control_no_terminal(session: Callable[..., Task], tmp_path: Path) -> None:
    trace = played(session(screenshots=tmp_path / "pictures"))
    assert "\x1b" not in "".join([*pages(trace), *(o.reason for o in outcomes(trace))])
    assert len([*(tmp_path / "pictures").glob("name-*/step-0002.png")]) == 1


def test_the_track_keeps_every_rule(standin: Path, tmp_path: Path) -> None:
    recorded = str(tmp_path / "recorded.json")
    parameters = {"app": "notes", "tasks": "recorded", "recordings": recorded, "chain": "2"}
    assert check_track("web/webarena_infinity", 1, parameters=parameters) == []


def test_memories_are_compared(standin: Path, tmp_path: Path) -> None:
    track = f"web/webarena_infinity:app=notes:tasks=recorded:recordings={tmp_path}/recorded.json"
    words = ["--memory", "bm25", "--track", track, "--seed", "0", "--workers", "1", "-q"]
    assert main(["compare", *words, "-o", str(tmp_path / "run")]) == 0
    accuracy = {name: row["accuracy"]["mean"] for name, row in rows(tmp_path / "run").items()}
    assert accuracy["full"] == accuracy["oracle"] == 1 and accuracy["none"] == 0
