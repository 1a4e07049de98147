"""The chat agent: what it sends, and what it makes of replies."""

from typing import Any

import pytest

from memorygym.agents.chat import Chat
from memorygym.agents.text_protocol import as_text
from memorygym.core.errors import ProviderFailure, UnknownPart
from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from memorygym.models.model import Model, Reply, ToolsRejected
from memorygym.models.scripted import Line, Scripted

VIEW = [
    Message("system", "Rules."),
    Message("user", "[memory: 3 left]"),
    Message("user", "Acme: 40"),
]
READ = '<tool_call>{"name": "Read", "arguments": {}}</tool_call>'


def test_neighbouring_user_messages_are_sent_as_one_and_each_reply_is_counted() -> None:
    chat = Chat(model := Scripted(["ok", "ok"]))
    chat.act(VIEW, TOOLS)
    chat.act(VIEW, TOOLS)
    assert model.seen == [(VIEW[0], Message("user", "[memory: 3 left]\n\nAcme: 40"))] * 2
    unknown = dict.fromkeys(("prompt_tokens", "completion_tokens", "cached_tokens"))
    assert chat.usage == [{**unknown, "finish": "stop", "tools": "native"}] * 2


def test_calls_in_the_text_are_made_and_numbered() -> None:
    earlier = [*VIEW, Message("assistant", "", (Call("Read", {}, "call_1"),))]
    reply = Chat(Scripted([f"Look.\n{READ}{READ}"])).act(earlier, TOOLS)
    assert reply == Message(
        "assistant", "Look.", (Call("Read", {}, "call_2"), Call("Read", {}, "call_3"))
    )


def test_an_endpoint_without_tools_gets_them_as_text() -> None:
    def rule(messages: Any, tools: Any) -> Line:
        return ToolsRejected("no tools") if tools else READ

    model = Scripted(rule)
    chat = Chat(model)
    assert chat.act(VIEW, TOOLS).calls == (Call("Read", {}, "call_1"),)
    chat.act(VIEW, TOOLS)
    native, *texts = model.seen
    assert native[0] == VIEW[0]
    assert [text[0] for text in texts] == [as_text(VIEW, TOOLS)[0]] * 2
    assert [row["tools"] for row in chat.usage] == ["text", "text"]


def test_what_one_episode_met_does_not_decide_how_another_asks() -> None:
    model = Scripted([ToolsRejected("no tools"), "ok", "ok"])
    Chat(model).act(VIEW, TOOLS)
    other = Chat(model)
    other.act(VIEW, TOOLS)
    assert other.usage[0]["tools"] == "native"


def test_tools_described_as_text_are_never_sent_as_tools() -> None:
    model = Scripted(lambda messages, tools: ProviderFailure("sent") if tools else READ)
    assert Chat(model, "text").act(VIEW, TOOLS).calls == (Call("Read", {}, "call_1"),)


def test_native_tools_are_not_replaced_by_text() -> None:
    with pytest.raises(ToolsRejected, match="no tools"):
        Chat(Scripted([ToolsRejected("no tools"), "ok"]), "native").act(VIEW, TOOLS)


def test_an_unknown_tool_mode_names_the_nearest() -> None:
    with pytest.raises(UnknownPart, match="'nativ'; did you mean native"):
        Chat(Scripted([]), "nativ")  # type: ignore[arg-type]  # the slip under test


class Odd(Model):
    """Replies with whatever it is given."""

    def __init__(self, reply: Any) -> None:
        self.reply = reply

    def complete(self, messages: Any, tools: Any) -> Reply:
        reply: Reply = self.reply
        return reply


@pytest.mark.parametrize(
    "reply",
    [
        None,
        "ok",
        Message("assistant", "ok"),
        Reply(b"ok"),  # type: ignore[arg-type]  # the broken model under test
        Reply(Message("assistant", b"ok")),  # type: ignore[arg-type]
        Reply(Message("assistant", None)),  # type: ignore[arg-type]
        Reply(Message("user", "ok")),
        Reply(Message("assistant", "ok", ("Read",))),  # type: ignore[arg-type]
        Reply(Message("assistant", "ok"), reasoning=None),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_message_is_the_models_failure(reply: Any) -> None:
    with pytest.raises(ProviderFailure, match="must reply with an assistant's message, not"):
        Chat(Odd(reply)).act(VIEW, TOOLS)


def test_reasoning_is_left_out_of_the_history_unless_asked() -> None:
    model = Odd(Reply(Message("assistant", f"Look. {READ}"), reasoning="Hm."))
    left_out, kept = (Chat(model, reasoning=asked).act(VIEW, TOOLS) for asked in (False, True))
    assert left_out.content == "Look."
    assert kept.content == "<think>\nHm.\n</think>\n\nLook."
    assert left_out.calls == kept.calls == (Call("Read", {}, "call_1"),)


def test_calls_that_the_model_only_thinks_of_are_not_made() -> None:
    model = Odd(Reply(Message("assistant", "ok"), reasoning=READ))
    assert not Chat(model, reasoning=True).act(VIEW, TOOLS).calls


def test_how_a_model_was_asked_is_described() -> None:
    assert Chat(Scripted([]), "text", reasoning=True).describe() == {
        "name": "Scripted",
        "tool_mode": "text",
        "reasoning": "kept",
    }
