"""The locked reasoners of question answering: hop by hop, from the view alone."""

import pytest

from memorygym.core.errors import Refused
from memorygym.core.trace import Action, Answer, Observation, Trace
from memorygym.core.types import Call, Message, Task
from memorygym.runs.systems import scripted
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.research import TRACK
from tests.tracks.qa.episodes import generated, played


def asked_for(trace: Trace) -> list[Message]:
    """The replies in the event that asks."""
    last = max(r.event for r in trace.records if isinstance(r, Observation))
    return [r.message for r in trace.records if isinstance(r, Action) and r.event == last]


def test_without_memory_it_refuses_and_is_wrong(task: Task) -> None:
    trace = played(task, "none", scripted("strong", task))
    (outcome,) = outcomes(trace)
    assert not outcome.correct and "refuses" in outcome.reason


def test_it_has_memory_brought_for_each_hop_and_notes_what_it_found(task: Task) -> None:
    replies = asked_for(played(task, "bm25", scripted("strong", task)))
    queries = [reply.calls[0].arguments for reply in replies[:-1]]
    assert len(queries) > 1 and len({str(query) for query in queries}) == len(queries)
    assert replies[-2].content and replies[-2].content.count("\n") >= replies[0].content.count("\n")


def test_it_never_asks_for_the_same_twice(task: Task) -> None:
    replies = asked_for(played(task, "none", scripted("strong", task)))
    assert [reply.calls[0].name for reply in replies] == ["recall", "submit_answer"]


def test_the_weak_one_is_wrong_where_the_strong_one_is_right() -> None:
    tasks = [generated(hops) for hops in (2, 3, 4, 5, 6)]
    right = [outcomes(played(task, "full", scripted("weak", task)))[0].correct for task in tasks]
    assert sum(right) < len(right)


def test_nobody_speaks_where_nothing_is_asked(task: Task) -> None:
    trace = played(task, "bm25", scripted("strong", task))
    early = [r.message for r in trace.records if isinstance(r, Action) and not r.message.calls]
    assert all(not message.content for message in early) and len(early) == len(task.events) - 1


def test_the_scribe_writes_what_events_tell_and_searches_for_each_step(task: Task) -> None:
    trace = played(task, "markdown", scripted("strong", task))
    names = [c.name for r in trace.records if isinstance(r, Action) for c in r.message.calls]
    assert "Write" in names and "memory_search" in names and names[-1] == "submit_answer"


def test_no_answer_is_taken_where_nothing_is_asked(task: Task) -> None:
    playing = TRACK.env(task)
    playing.reset()
    call = Call("submit_answer", {"answer": "42"})
    with pytest.raises(Refused, match="no question is open in this event"):
        playing.step(Message("assistant", "", (call,)))


def test_every_question_is_answered_once_in_its_own_event(task: Task) -> None:
    trace = played(task, "full", scripted("strong", task))
    assert isinstance(task.gold, QuestionGold)
    answered = [r.event for r in trace.records if isinstance(r, Answer)]
    assert answered == [question.event for question in task.gold.questions]
