"""An event ends when the same calls keep failing, and no sooner."""

from collections.abc import Sequence

import pytest

from memorygym.agents.calls import END, calls, edit, read, search, submit, write
from memorygym.core.trace import Answer, LimitHit, read_trace
from memorygym.core.types import Budget, Call, Event, Message
from tests.episodes import begin, recorded, stepped

QUESTION = Event("question", "Which?")
BAD = calls(("memory_search", {}))
LONG = write("alpha " * 9)


@pytest.mark.parametrize(
    "reply",
    [
        calls(("Delete", {})),
        BAD,
        Message("assistant", "", (Call("Write", "{half a JSON"),)),
        calls(LONG),
        calls(edit("golf", "hotel")),
        calls(submit("42")),
        calls(("Delete", {}), LONG, submit("42")),
    ],
)
def test_the_third_identical_failing_reply_ends_its_event(reply: Message) -> None:
    episode = begin("one", QUESTION)
    stepped(episode, [reply] * 2)
    assert episode.event == 0 and not recorded(episode, LimitHit)
    episode.step(reply)
    assert recorded(episode, LimitHit) == [
        LimitHit(0, "stuck: the same calls kept failing (patience 3)")
    ]
    assert episode.trace.stuck_events == [0]
    assert episode.view()[-1].content == "Which?" and not episode.done


def test_a_question_that_ends_so_has_no_answer() -> None:
    episode = stepped(begin(QUESTION), [BAD] * 3)
    assert episode.done and episode.trace.stuck_events == [0]
    assert not recorded(episode, Answer)
    assert read_trace(episode.trace.lines()) == (episode.trace, "")


def test_what_is_said_beside_the_calls_and_their_ids_make_no_difference() -> None:
    replies = [Message("assistant", id, (Call("memory_search", {}, id),)) for id in "abc"]
    assert stepped(begin("one", "two"), replies).trace.stuck_events == [0]


@pytest.mark.parametrize(
    "replies",
    [
        [calls(read())] * 6,
        [calls(search("nothing that is there"))] * 6,
        [calls(("memory_search", {"top_k": n})) for n in range(6)],
        [BAD, BAD, calls(read()), BAD, BAD],
        [calls(("memory_search", {}), read())] * 6,
        [calls(("memory_search", {}), search("x")), BAD, BAD],
        [calls(LONG), BAD] * 3,
    ],
)
def test_whoever_tries_something_else_or_succeeds_is_not_stuck(replies: Sequence[Message]) -> None:
    episode = stepped(begin("one", "two"), replies)
    assert episode.event == 0 and not recorded(episode, LimitHit)


def test_failures_are_counted_anew_in_each_event() -> None:
    episode = stepped(begin("one", "two", "three"), [BAD, BAD, END, BAD, BAD, END])
    assert episode.event == 2 and not recorded(episode, LimitHit)


@pytest.mark.parametrize(("patience", "turns", "reason"), [
    (1, 64, "stuck: the same calls kept failing (patience 1)"),
    (5, 64, "stuck: the same calls kept failing (patience 5)"),
    (5, 2, "more than 2 replies in one event"),
])  # fmt: skip
def test_patience_is_a_limit_of_the_budget(patience: int, turns: int, reason: str) -> None:
    budget = Budget(12, 3, 8, turns=turns, patience=patience)
    episode = stepped(begin("one", "two", budget=budget), [BAD] * min(patience, turns + 1))
    assert recorded(episode, LimitHit) == [LimitHit(0, reason)] and episode.event == 1
    assert episode.view()[-1].content == "two" and not episode.done


def test_a_fork_has_the_patience_that_was_left() -> None:
    episode = stepped(begin("one", "two"), [BAD])
    moment = episode.snapshot()
    stepped(episode, [BAD])
    assert stepped(episode.fork(), [BAD]).trace.stuck_events == [0]
    assert stepped(episode.fork(moment), [BAD]).trace.stuck_events == []
    assert stepped(episode.fork(moment), [BAD, BAD]).trace.stuck_events == [0]
