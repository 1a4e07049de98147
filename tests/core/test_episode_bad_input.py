"""Whatever a policy sends is an observation, and the episode goes on."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memorygym.agents.calls import END, calls, read, submit
from memorygym.core.trace import Action, MemoryUpdate, read_trace
from memorygym.core.types import JSON, Call, Event, Message
from tests.episodes import begin, recorded, say

HUGE = "x" * 2_000_000
TOOLS = ("submit_answer", "Write", "Edit", "Read", "memory_search")
LEAST = "memory_search: top_k must be bigger than or equal to 1, not 0"
NOT_FOUND = "refused: old_text occurs 0 times, and must occur exactly once"


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("arguments", [None, [], ["content"], 7, True, "{not json", HUGE])
def test_arguments_that_are_no_object_are_named(tool: str, arguments: JSON) -> None:
    problem = f"the arguments must be a JSON object, not {type(arguments).__name__}"
    episode = begin()
    assert say(episode, Message("assistant", "", (Call(tool, arguments),))) == f"{tool}: {problem}"
    assert not episode.done


@pytest.mark.parametrize(
    ("tool", "arguments", "answer"),
    [
        ("Write", {}, "Write: the arguments must contain ['content'] properties"),
        ("Write", {"content": None}, "Write: content must be string, not None"),
        ("Write", {"content": {"a": 1}}, "Write: content must be string, not {'a': 1}"),
        ("Read", {"start_line": True}, "Read: start_line must be integer, not True"),
        ("Read", {"start_line": 1.5}, "Read: start_line must be integer, not 1.5"),
        ("Read", {"start_line": 0}, "Read: start_line must be bigger than or equal to 1, not 0"),
        ("memory_search", {"query": "a", "top_k": 0}, LEAST),
        ("Read", {"start_line": 10**30}, "(memory is empty)"),
        ("Read", {"num_lines": 10**30}, "(memory is empty)"),
        ("memory_search", {"query": "a", "top_k": 10**30}, "(nothing found)"),
        ("memory_search", {"query": ""}, "(nothing found)"),
        ("memory_search", {"query": '" OR ) NEAR * \x00 -'}, "(nothing found)"),
        ("memory_search", {"query": "\ud800"}, "(nothing found)"),
        ("memory_search", {"query": "a " * 1_000_000}, "(nothing found)"),
        ("memory_search", {"query": HUGE}, "(nothing found)"),
        ("submit_answer", {"answer": "4"}, "no question is open in this event"),
        ("Edit", {"old_text": HUGE, "new_text": HUGE}, NOT_FOUND),
        ("Edit", {"old_text": "\ud800", "new_text": ""}, NOT_FOUND),
    ],
)  # fmt: skip
def test_a_malformed_call_is_answered_in_words(tool: str, arguments: JSON, answer: str) -> None:
    episode = begin()
    assert say(episode, Message("assistant", "", (Call(tool, arguments),))) == answer
    assert not recorded(episode, MemoryUpdate)


@pytest.mark.parametrize("name", ["write", "", "Delete", "Write ", "\ud800", "家"])
def test_an_unknown_tool_is_answered_with_the_names_of_the_tools(name: str) -> None:
    answer = say(begin(), Message("assistant", "", (Call(name, {}),)))
    assert answer == f"no tool named {name!r}; the tools are {', '.join(TOOLS)}"


@pytest.mark.parametrize(
    "call",
    [
        Call(HUGE, {}),
        Call("Write", {"content": "a", HUGE: 1}),
        Call("Read", {"start_line": -(10**4000)}),
    ],
)
def test_the_answer_to_a_mistake_is_short_however_long_the_mistake(call: Call) -> None:
    assert len(say(begin(), Message("assistant", "", (call,)))) < 1_000


WILD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)
NAMES = st.sampled_from(
    ["content", "old_text", "new_text", "start_line", "query", "top_k", "answer"]
)
ARGUMENTS = WILD | st.dictionaries(NAMES, WILD, max_size=3)
REPLIES = st.lists(
    st.builds(
        Message,
        st.just("assistant"),
        st.text(max_size=8),
        st.lists(st.builds(Call, st.sampled_from([*TOOLS, "no"]), ARGUMENTS), max_size=3).map(
            tuple
        ),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(REPLIES)
def test_no_sequence_of_replies_raises_or_breaks_a_budget(replies: list[Message]) -> None:
    episode = begin("alpha", Event("question", "Which?"), "bravo")
    for reply in [*replies, END, END, END]:
        episode.step(reply)
    assert episode.done and read_trace(episode.trace.lines())[1] == ""
    assert all(r.tokens <= 12 and r.writes <= 3 for r in recorded(episode, MemoryUpdate))


@pytest.mark.parametrize("answer", ["", "\ud800", HUGE, "a\x00b"])
def test_any_text_is_taken_as_an_answer(answer: str) -> None:
    episode = begin(Event("question", "Which?"))
    episode.step(calls(submit(answer)))
    assert episode.done


def test_a_hundred_calls_in_one_reply_are_all_answered() -> None:
    episode = begin()
    episode.step(calls(*[read()] * 100))
    assert [m.role for m in episode.view()].count("tool") == 100


@pytest.mark.parametrize("arguments", [{"content": "alpha"}, {"content": ["alpha"]}])
def test_a_trace_does_not_follow_what_the_caller_does_to_the_arguments(
    arguments: dict[str, Any],
) -> None:
    episode, before = begin(), repr(arguments)
    episode.step(Message("assistant", "", (Call("Write", arguments),)))
    arguments["content"] *= 2
    shown = episode.view()[3].calls[0].arguments
    with pytest.raises(TypeError):
        shown["content"] = "bravo"  # type: ignore[index,call-overload]  # The attack.
    action = recorded(episode, Action)[0]
    assert repr(shown) == repr(action.message.calls[0].arguments) == before


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (None, "a policy replies with a Message, not NoneType"),
        ("Which?", "a policy replies with a Message, not str"),
        (Message("user", "hi"), "a policy replies as the assistant, not as 'user'"),
        (Message("assistant", b"hi"), "the content of a reply is a str, not bytes"),  # type: ignore[arg-type]
        (Message("assistant", None), "the content of a reply is a str, not NoneType"),  # type: ignore[arg-type]
        (Message("assistant", "", "Read"), "the calls of a reply are a tuple of Call, not 'Read'"),  # type: ignore[arg-type]
        (Message("assistant", "", ("Read",)), "the calls of a reply are a tuple of Call"),  # type: ignore[arg-type]
    ],
)
def test_a_reply_that_is_no_message_is_a_defect_of_the_policy(reply: Any, problem: str) -> None:
    episode = begin()
    before = list(episode.trace.records)
    with pytest.raises(TypeError, match=problem):
        episode.step(reply)
    assert episode.trace.records == before
