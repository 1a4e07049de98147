"""The fixed reasoners of question answering work hop by hop, from the view alone."""

import pytest

from memorygym.core.errors import Refused
from memorygym.core.trace import Action, Answer, Observation, Trace
from memorygym.core.types import Call, Message, Task
from memorygym.runs.systems import scripted
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.research import TRACK
from tests.tracks.qa.episodes import played, research_task


def question_replies(trace: Trace) -> list[Message]:
    """The replies in the event that asks the question."""
    question_event = max(
        record.event for record in trace.records if isinstance(record, Observation)
    )
    return [
        record.message
        for record in trace.records
        if isinstance(record, Action) and record.event == question_event
    ]


def test_the_reasoner_refuses_without_memory_and_is_wrong(task: Task) -> None:
    trace = played(task, "none", scripted("strong", task))
    (outcome,) = outcomes(trace)
    assert not outcome.correct and "refuses" in outcome.reason


def test_the_reasoner_queries_memory_for_each_hop_and_notes_the_facts(task: Task) -> None:
    replies = question_replies(played(task, "bm25", scripted("strong", task)))
    queries = [reply.calls[0].arguments for reply in replies[:-1]]
    assert len(queries) > 1 and len({str(query) for query in queries}) == len(queries)
    assert replies[-2].content and replies[-2].content.count("\n") >= replies[0].content.count("\n")


def test_the_reasoner_never_repeats_a_query(task: Task) -> None:
    replies = question_replies(played(task, "none", scripted("strong", task)))
    assert [reply.calls[0].name for reply in replies] == ["recall", "submit_answer"]


def test_the_weak_reasoner_is_wrong_on_some_questions_with_full_context() -> None:
    tasks = [research_task(hops) for hops in (2, 3, 4, 5, 6)]
    right = [outcomes(played(task, "full", scripted("weak", task)))[0].correct for task in tasks]
    assert sum(right) < len(right)


def test_a_reasoner_is_silent_in_events_that_ask_nothing(task: Task) -> None:
    trace = played(task, "bm25", scripted("strong", task))
    early = [
        record.message
        for record in trace.records
        if isinstance(record, Action) and not record.message.calls
    ]
    assert all(not message.content for message in early) and len(early) == len(task.events) - 1


def test_the_note_taker_writes_the_facts_of_each_text_and_searches_at_each_step(task: Task) -> None:
    trace = played(task, "markdown", scripted("strong", task))
    names = [
        call.name
        for record in trace.records
        if isinstance(record, Action)
        for call in record.message.calls
    ]
    assert "Write" in names and "memory_search" in names and names[-1] == "submit_answer"


def test_an_answer_is_refused_in_an_event_that_asks_nothing(task: Task) -> None:
    env = TRACK.env(task)
    env.reset()
    call = Call("submit_answer", {"answer": "42"})
    with pytest.raises(Refused, match="no question is open in this event"):
        env.step(Message("assistant", "", (call,)))


def test_every_question_is_answered_once_in_its_own_event(task: Task) -> None:
    trace = played(task, "full", scripted("strong", task))
    assert isinstance(task.gold, QuestionGold)
    answered = [record.event for record in trace.records if isinstance(record, Answer)]
    assert answered == [question.event for question in task.gold.questions]
