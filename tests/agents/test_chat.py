"""The chat agent: what it sends, what it makes of replies, and an episode over the loopback."""

from typing import Any

import pytest

from memorygym.agents.chat import Chat
from memorygym.agents.protocol import as_text
from memorygym.core import Budget, Call, Event, Message, Step, Task, Tool
from memorygym.episode import Episode, play
from memorygym.errors import ProviderFailure
from memorygym.memory.markdown import Markdown
from memorygym.models.model import ToolsRejected
from memorygym.models.scripted import Line, Scripted
from memorygym.stores.notebook import TOOLS
from memorygym.trace import Heard, Stored, Trace
from tests.servers.openai import serving

VIEW = [
    Message("system", "Rules."),
    Message("user", "[memory: 3 left]"),
    Message("user", "Acme: 40"),
]
READ = '<tool_call>{"name": "Read", "arguments": {}}</tool_call>'
EVENTS = (
    Event("documents", "=== DOCUMENTS ===\nAcme has 40 beds."),
    Event("memo", "=== MEMO ===\nHm."),
)


class Reading:
    """An environment that shows texts and asks nothing."""

    tools: tuple[Tool, ...] = ()

    def __init__(self) -> None:
        budget = Budget(capacity=1000, writes=3, slot=100, turns=4)
        self.task = Task("reading", "test", {}, "Rules.", EVENTS, budget, None)
        self.left = list(EVENTS)

    def reset(self) -> Step:
        return Step((Message("user", self.left.pop(0).text),), evict=True)

    def step(self, reply: Message) -> Step:
        return self.reset() if self.left else Step(done=True, evict=True)


def played(*script: Line) -> Trace:
    return play(Episode(Reading(), Markdown), Chat(Scripted(script)))


def heard(trace: Trace) -> list[str]:
    records = (record for record in trace.records if isinstance(record, Heard))
    return [message.content for record in records for message in record.messages]


def test_neighbouring_user_messages_are_sent_as_one() -> None:
    model = Scripted(["ok"])
    Chat(model).act(VIEW, TOOLS)
    assert model.seen == [(VIEW[0], Message("user", "[memory: 3 left]\n\nAcme: 40"))]


def test_each_reply_is_counted() -> None:
    chat = Chat(Scripted(["ok", "ok"]))
    chat.act(VIEW, TOOLS)
    chat.act(VIEW, TOOLS)
    assert chat.usage == [{"prompt_tokens": None, "completion_tokens": None, "finish": "stop"}] * 2


def test_calls_in_the_text_are_made_and_numbered() -> None:
    earlier = [*VIEW, Message("assistant", "", (Call("Read", {}, "call_1"),))]
    reply = Chat(Scripted([f"Look.\n{READ}{READ}"])).act(earlier, TOOLS)
    assert reply == Message(
        "assistant", "Look.", (Call("Read", {}, "call_2"), Call("Read", {}, "call_3"))
    )


def test_an_endpoint_without_tools_is_told_of_them_in_text() -> None:
    def rule(messages: Any, tools: Any) -> Line:
        return ToolsRejected("no tools") if tools else READ

    model = Scripted(rule)
    reply = Chat(model).act(VIEW, TOOLS)
    assert reply.calls == (Call("Read", {}, "call_1"),)
    assert model.seen[1][0] == as_text(VIEW, TOOLS)[0]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (
            '<tool_call>{"name": "rm", "arguments": {}}</tool_call>',
            "no tool named 'rm'; the tools are",
        ),
        (
            '<tool_call>{"name": "Write", "arguments": no}</tool_call>',
            "must be a JSON object, not str",
        ),
        (
            Message("assistant", "", (Call("Write", "{oops", "a"),)),
            "must be a JSON object, not str",
        ),
        (Message("assistant", "", (Call("Write", {"text": "x"}, "a"),)), "'content' is missing"),
    ],
)
def test_a_mistake_is_an_observation_not_a_crash(said: Line, answer: str) -> None:
    (text,) = heard(played(said, "ok", "ok"))
    assert answer in text


def test_a_provider_failure_flies() -> None:
    with pytest.raises(ProviderFailure, match="down"):
        played(ProviderFailure("down"))


@pytest.mark.parametrize("name", ["writer", "writer+notools", "writer+429x1+cutx1"])
@pytest.mark.parametrize("stream", [False, True])
def test_an_episode_runs_over_the_loopback(name: str, *, stream: bool) -> None:
    openai = pytest.importorskip("memorygym.models.openai")
    with serving() as server:
        model = openai.make(name, server.url, environ={}, sleep=lambda _: None, stream=stream)
        trace = play(Episode(Reading(), Markdown), Chat(model))
    (stored,) = [record for record in trace.records if isinstance(record, Stored)]
    assert stored.entries[0].text == "Acme has 40 beds."
