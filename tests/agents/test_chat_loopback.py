"""The chat agent over the loopback: good models, bad models, bad endpoints, and what is sent."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorygym.agents.chat import Chat
from memorygym.agents.text_protocol import describe
from memorygym.core.episode import Episode, play
from memorygym.core.trace import Action, LimitHit, MemoryUpdate, Observation, ToolResult, Trace
from memorygym.core.types import Budget, Event, Message
from memorygym.memories.markdown import Markdown
from memorygym.scoring.attribution import Attribution
from memorygym.tracks.worlds.env import WorldsEnv
from tests.episodes import begin, generated
from tests.servers.openai import Server
from tests.slow import mostly_slow


def reading() -> Episode:
    """An episode of two events without questions."""
    events = (
        Event("documents", "=== DOCUMENTS ===\nAcme has 40 beds."),
        Event("memo", "=== MEMO ===\nHm."),
    )
    return begin(*events, budget=Budget(capacity=1000, writes=3, slot=100, turns=4))


def tool_results(trace: Trace) -> list[str]:
    records = (record for record in trace.records if isinstance(record, ToolResult))
    return [message.content for record in records for message in record.messages]


def chat(server: Server, name: str, tool_mode: Any = "auto", **options: Any) -> Chat:
    pytest.importorskip("openai")
    from memorygym.models import openai

    environ: dict[str, str] = {}
    return Chat(
        openai.make(name, server.url, environ=environ, sleep=lambda _: None, **options), tool_mode
    )


@pytest.mark.parametrize("name", ["writer", "writer+notools", "writer+429x1+cutx1"])
@pytest.mark.parametrize("stream", [False, True])
def test_an_episode_runs_over_the_loopback(server: Server, name: str, *, stream: bool) -> None:
    trace = play(reading(), chat(server, name, stream=stream))
    (stored,) = [record for record in trace.records if isinstance(record, MemoryUpdate)]
    assert stored.entries[0].text == "Acme has 40 beds."


@pytest.mark.parametrize("mode", ["native", "text"])
def test_parallel_calls_are_all_run_in_order(server: Server, mode: str) -> None:
    trace = play(reading(), chat(server, "twins", mode))
    results = [record.messages for record in trace.records if isinstance(record, ToolResult)]
    assert [len(messages) for messages in results] == [2, 2]
    assert "Acme: 40" in results[0][1].content


WAYS = mostly_slow(("mode", "stream"), [("native", False), ("native", True), ("text", False)])


@WAYS
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("prose", ""),
        ("mute", ""),
        ("looper", ""),
        ("stranger", "no tool named"),
        ("stammer", "must be a JSON object"),
        ("abstain+context", ""),
        ("looper+unread", "no tool named ''"),
    ],
)
def test_a_bad_model_ends_in_a_truthful_trace(
    server: Server, name: str, problem: str, mode: str, *, stream: bool
) -> None:
    task = generated(tier="lite")
    short = replace(task, budget=replace(task.budget, turns=3))
    player = chat(server, name, mode, stream=stream)
    trace = play(Episode(WorldsEnv(short), Markdown), player)
    trace.gold = task.gold
    kinds = {
        kind: [r for r in trace.records if isinstance(r, kind)]
        for kind in (Action, LimitHit, Observation)
    }
    assert len(kinds[Observation]) == len(task.events)
    assert len(kinds[LimitHit]) == (len(task.events) if "looper" in name else 0)
    assert len(kinds[Action]) == len(player.usage)
    assert all(problem in text for text in tool_results(trace))
    assert bool(tool_results(trace)) == (bool(problem) or name == "looper")
    stuck = name == "looper+unread"
    assert len(trace.stuck_events) == (len(task.events) if stuck else 0)
    assert {cause for _, cause in Attribution(trace).causes} == {"stuck" if stuck else "format"}


def test_a_request_beyond_the_context_ends_its_event_and_no_more(server: Server) -> None:
    player = chat(server, "writer+contextx1")
    trace = play(reading(), player)
    replies = [record.message for record in trace.records if isinstance(record, Action)]
    assert replies == [Message("assistant", ""), Message("assistant", "ok")]
    assert [row["finish"] for row in player.usage] == ["context_exceeded", "stop"]
    assert player.usage[0]["prompt_tokens"] == 0


@pytest.mark.parametrize("mode", ["native", "text"])
def test_the_request_is_the_recorded_one(
    snapshot: Callable[[str, str], None], server: Server, mode: str
) -> None:
    task = generated(tier="lite")
    question = task.events[-1]
    documents = replace(task.events[0], text="=== DOCUMENTS ===\nAcme has 40 beds.")
    short = replace(task, system="[the system message]", events=(documents, question))
    episode = Episode(WorldsEnv(short), Markdown)
    play(episode, chat(server, "writer", mode))
    text = json.dumps(server.bodies, indent=1, ensure_ascii=False)
    tools = json.dumps([tool.to_openai() for tool in episode.tools], indent=1)
    tools_text = json.dumps(describe(episode.tools))[1:-1]
    text = text.replace(tools.replace("\n", "\n  "), '"[the tools]"')
    snapshot(f"chat_{mode}", text.replace(tools_text, "[the tools as text]"))
