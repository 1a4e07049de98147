"""Sessions of tau2-bench's tasks, played through a stand-in of its package."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import memorygym
from memorygym.agents.reasoner_agent import Silent
from memorygym.cli import main
from memorygym.core.episode import Episode, play
from memorygym.core.errors import ProviderFailure
from memorygym.core.trace import Context, Observation, ToolResult, Trace
from memorygym.core.track import find
from memorygym.core.types import Budget, Memory, Message, Policy, Task
from memorygym.memories.full import FullContext
from memorygym.memories.none import Nothing
from memorygym.testing import check_track
from memorygym.tracks.dialogue.tau2 import conversations, oracle, outcomes, strong
from memorygym.tracks.dialogue.tau2.script import ReferenceRefuser
from memorygym.tracks.dialogue.tau2.session import Tau2Env
from memorygym.tracks.dialogue.tau2.tasks import Tau2Recipe
from tests.runs.comparison.model_runs import rows

IDS = ["cancel_101", "phone", "cancel_303"]


def session(ids: list[str], **parameters: Any) -> Task:
    return Tau2Recipe(seed=0, salt="", domain="retail", **parameters).of(ids)


def played(
    task: Task, policy: Policy | None = None, memory: Callable[[], Memory] = FullContext
) -> Trace:
    trace = play(Episode(Tau2Env(task), memory, Budget()), policy or strong(task))
    trace.gold = task.gold
    return trace


def rewards(trace: Trace) -> list[float]:
    return [ended["reward"] for _, (_, ended) in sorted(conversations(trace).items())]


def observations(trace: Trace) -> list[Message]:
    return [r.messages[-1] for r in trace.records if isinstance(r, Observation)]


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_the_solutions_reach_the_full_reward(standin: Path, at_once: int) -> None:
    task = session(IDS, at_once=at_once, reward="all")
    assert rewards(played(task, strong(task, informed=True), Nothing)) == [1, 1, 1]


def test_customers_speak_one_after_the_other_or_in_turn(standin: Path) -> None:
    chained, in_turn = (
        [message.content[:12] for message in observations(played(session(IDS, at_once=n)))]
        for n in (1, 3)
    )
    assert chained == [f"[Customer {n}]" for n in (1, 1, 2, 2, 2, 3, 3)]
    assert in_turn == [f"[Customer {n}]" for n in (1, 2, 3, 1, 2, 3, 2)]


def test_the_oracle_shows_the_request_of_who_speaks(standin: Path) -> None:
    for at_once in (1, 2, 3):
        task = session(IDS, at_once=at_once)
        said = observations(played(task))
        for event, text in oracle(task).items():
            assert text[:12] == said[event].content[:12]
            assert "Please go" in said[event].content
        assert len(oracle(task)) == len(said) - len(IDS)


def test_the_view_is_the_policy_the_context_and_the_running_event(standin: Path) -> None:
    views: list[list[Message]] = []

    class Watching(Policy):
        def act(self, view: Any, tools: Any) -> Message:
            views.append(list(view))
            return strong(task).act(view, tools)

    task = session(["phone"])
    trace = played(task, Watching(), Nothing)
    assert all(view[0].content == task.system and len(view) <= 4 for view in views)
    assert "Cancel what customers" in task.system and "[Customer" not in task.system
    assert [m.content for m in views[0][1:]] == [
        "Hi! How can I help you today?", "Hello. This is what I want.\nYour phone 555 has no"
        " signal.\nMore I do not know.",
    ]  # fmt: skip
    assert not [r for r in trace.records if isinstance(r, Context)]


def test_every_result_follows_its_call_in_what_memories_and_models_see(standin: Path) -> None:
    trace = played(session(IDS, at_once=3))
    for record in trace.records:
        if isinstance(record, ToolResult):
            assert [message.content[-3:] for message in record.messages] == [" ok"]
    shown = [m for r in trace.records if isinstance(r, Context) for m in r.messages]
    open_calls: set[str] = set()
    for message in shown:
        if message.role == "tool":
            assert message.call_id in open_calls
        open_calls = {call.id for call in message.calls} or open_calls
    assert not any(call.name in ("restart", "look") for m in shown for call in m.calls)


def test_depth_and_kind_of_each_task_are_reported(standin: Path) -> None:
    find("dialogue/tau2")
    results = outcomes(played(session([*IDS, "cancel_202"])))
    assert [outcome.goal.kind for outcome in results] == [
        "depth_1",
        "depth_2",
        "depth_2",
        "depth_4",
    ]
    assert {outcome.goal.question_type for outcome in results} == {"change"}
    assert results[0].reason == "user_stop: DB 1, COMMUNICATE 1"


def test_what_the_customer_is_called_and_wants_is_what_a_task_needs(standin: Path) -> None:
    track = find("dialogue/tau2")
    trace = played(session(IDS))
    needs = [[need.value for need in o.goal.needs] for o in outcomes(trace)]
    assert needs == [["Ann", "Lee", "#101"], ["555"], ["Ann", "Lee", "#303"]]
    shown = track.reader_for(trace).read("| Lee | order #303 |")
    assert {(fact.subject, fact.value) for fact in shown} == {
        ("Customer 1", "Lee"), ("Customer 3", "Lee"), ("Customer 3", "#303"),
    }  # fmt: skip
    gold: Any = session(["phone"], user="openai/x").gold
    assert gold["tasks"][0]["scripted"] is False


def test_idle_agents_score_nothing(standin: Path) -> None:
    task = session(IDS)
    assert rewards(played(task, ReferenceRefuser())) == [0, 0, 0]
    trace = played(task, Silent())
    assert rewards(trace) == [0, 0, 0]
    assert {ended["ended"] for _, ended in conversations(trace).values()} == {"agent_error"}


def test_tau2_bench_ends_a_task_after_ten_failed_calls(standin: Path) -> None:
    class Wrong(Policy):
        calls = 0

        def act(self, view: Any, tools: Any) -> Message:
            self.calls += 1
            call = {"name": "cancel", "arguments": json.dumps({"order": "#0"})}
            raw = {"role": "assistant", "tool_calls": [{"id": "c", "function": call}]}
            return Message.from_openai(raw)

    trace = played(session(["cancel_101", "cancel_202"]), Wrong())
    assert [e["ended"] for _, e in conversations(trace).values()] == ["too_many_errors"] * 2


def test_a_failing_user_model_is_a_providers_failure(standin: Path) -> None:
    with pytest.raises(ProviderFailure, match=r"the user simulator .openai/x.: RuntimeError: no"):
        played(session(IDS, user="openai/x"), ReferenceRefuser())


def test_sessions_do_not_share_tasks_and_depend_on_the_secret(standin: Path) -> None:
    make = partial(Tau2Recipe, domain="retail", session=2)
    first, second, secret = (
        make(seed, salt).generate() for seed, salt in ((0, ""), (1, ""), (0, "x"))
    )
    assert not {*first.state["tasks"]} & {*second.state["tasks"]}
    assert secret.id != first.id == make(0, "").generate().id


def test_memories_are_compared_on_sessions(standin: Path, tmp_path: Path) -> None:
    track = "dialogue/tau2:domain=retail:session=5:at_once=5"
    words = ["--memory", "bm25,markdown", "--track", track, "--seed", "0", "--workers", "1", "-q"]
    assert main(["compare", *words, "-o", str(tmp_path / "run")]) == 0
    accuracy = {name: row["accuracy"]["mean"] for name, row in rows(tmp_path / "run").items()}
    assert accuracy["full"] == accuracy["oracle"] == accuracy["markdown+writer"] == 1
    assert accuracy["none"] == 0
    assert "bm25" in str(memorygym.compare(["bm25"], track=track, seeds=1, workers=1))


@pytest.mark.parametrize("at_once", ["1", "4"])
def test_the_track_keeps_every_rule(standin: Path, at_once: str) -> None:
    parameters = {"domain": "retail", "session": "4", "at_once": at_once}
    assert check_track("dialogue/tau2", 1, parameters=parameters) == []
