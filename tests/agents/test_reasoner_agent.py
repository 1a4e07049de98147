"""The user of memory tools that every track has: what it writes, searches for, and passes on."""

from collections.abc import Sequence

import pytest

from memorygym.agents.calls import END, calls, search, write
from memorygym.agents.reasoner_agent import NoteTaker
from memorygym.core.statements import Sentence
from memorygym.core.types import Message, Policy, Tool, tool
from memorygym.memories.stores.notebook import TOOLS

FACTS = Sentence("{subject}'s {key} is {value}.")
LOOK = tool("look", "Look.", at="string")
ALL = (*TOOLS, LOOK)
STATUS = Message("user", "[memory: no limits]")
STATED = Message("user", "Hello. Ada's size is M. Ada's colour is red. Ada's size is M.")


class Looker(Policy):
    """Looks, then ends the event; remembers the view that it was shown."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.view = view
        looked = any(call.name == "look" for message in view for call in message.calls)
        return END if looked else calls(("look", {"at": "shelf"}))


def replies(*answers: str, tools: Sequence[Tool] = ALL) -> list[Message]:
    """What it says in turn, where every call of a reply is answered with the next of these."""
    taker, view = NoteTaker(Looker(), FACTS), [Message("system", "You sell."), STATUS, STATED]
    own_replies: list[Message] = []
    for answer in answers:
        reply = taker.act(view, tools)
        own_replies.append(reply)
        view += [reply, *(Message("tool", answer, (), call.id) for call in reply.calls)]
    return own_replies


def names(reply: Message) -> list[str]:
    return [call.name for call in reply.calls]


def test_it_writes_each_fact_once_searches_for_the_message_and_then_decides() -> None:
    first, second, third = replies("stored", "On the shelf: coats.", "stored")
    notes = [write("Ada's size is M."), write("Ada's colour is red."), search(STATED.content)]
    assert first == calls(*notes)
    assert names(second) == ["look"]
    assert third == calls(search("On the shelf: coats."))


def test_the_result_of_an_environment_tool_is_written_even_if_its_call_has_the_id_of_a_note() -> (
    None
):
    first, look, third = replies("stored", "Ben's size is L.", "stored")
    assert {call.id for call in look.calls} <= {call.id for call in first.calls}
    assert third == calls(write("Ben's size is L."), search("Ben's size is L."))


def test_what_its_memory_answers_is_not_written_again() -> None:
    _, second, *_ = replies("Eva's size is S.", "stored")
    assert names(second) == ["look"]


@pytest.mark.parametrize("tools", [(LOOK,), (LOOK, TOOLS[2])])
def test_without_a_tool_to_write_or_search_its_reasoner_decides(tools: Sequence[Tool]) -> None:
    first, second = replies("coats", "coats", tools=tools)
    assert (names(first), second) == (["look"], END)


def test_what_stands_before_the_running_event_is_not_written() -> None:
    taker = NoteTaker(Looker(), FACTS)
    view = [Message("system", "You sell. Ann's size is M."), STATED, STATUS, Message("user", "Hm.")]
    assert taker.act(view, ALL) == calls(search("Hm."))
