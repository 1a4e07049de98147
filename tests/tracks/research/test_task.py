"""The task: its texts, its gold table, and their grading."""

import pytest

from memorygym.core.types import Call, Message
from memorygym.memories.stores.notebook import TOOLS
from memorygym.tracks import research
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.reasoners import BriefedNoteTaker
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.reasoners import StrongSearcher, asked_for

READER = ResearchReader()


@pytest.mark.parametrize("reveal", ["immediate", "delayed"])
def test_the_question_comes_last_and_before_the_searches_if_it_is_revealed(generated, reveal):
    task = generated(hops="3", reveal=reveal)
    question = task.gold.questions[0].text
    first, *searches, last = [question in event.text for event in task.events]
    assert (first, last) == (reveal == "immediate", True) and not any(searches)
    asking = [number for number, event in enumerate(task.events) if READER.ask(event.text)]
    assert asking == [task.gold.questions[0].event] == [len(task.events) - 1]
    assert question not in task.system


@pytest.mark.parametrize("hops", ["2", "4", "5", "8"])
def test_near_misses_stale_values_and_starts_are_graded_wrong(generated, hops):
    task = generated(hops=hops, near_miss="8", other_time="8", conflict="8",
                     tokens=20_000)  # fmt: skip
    (question,), last = task.gold.questions, task.gold.needs[-1]
    wrong_values = {
        statement.value
        for event in task.events
        for statement in READER.read(event.text)
        if statement.key == last.key and statement.value != last.value
    } - {question.truth}
    assert is_correct(question, question.truth)
    assert not any(is_correct(question, value) for value in [*wrong_values, *question.rivals])


def test_the_texts_of_the_scripted_mode_match_their_snapshot(generated, snapshot):
    task = generated(hops="4", reveal="immediate")
    texts = [task.system, *(task.events[index].text for index in (0, 1, -1))]
    snapshot("research-scripted", "\n\n----\n\n".join(texts))


def test_the_texts_of_the_agentic_mode_match_their_snapshot(generated, snapshot):
    task = generated(hops="4", mode="agentic")
    env = research.TRACK.env(task)
    search = Call("search", {"query": task.gold.needs[0].subject}, "1")
    steps = [env.reset(), env.step(Message("assistant", "", (search,)))]
    texts = [task.system, *(message.content for step in steps for message in step.messages)]
    snapshot("research-agentic", "\n\n----\n\n".join(texts))


def test_the_note_taker_writes_only_facts_that_the_question_asks_for():
    document = "[Register · Orm Bridge · 4 March 2031]\nOrm Bridge has 12,400 inhabitants."
    text = f"{document} Ann Lee was sworn in as mayor in Orm Bridge."
    view = [
        Message("system", "…"),
        Message("user", f"=== SEARCH · event 2 of 9 ===\n\nSub-query: towns\n\n{text}"),
        Message("assistant", "", (Call("Read", {}, "1"),)),
        Message("tool", "Who is the mentor of the mayor of Orm Bridge?", call_id="1"),
    ]
    (call,) = BriefedNoteTaker(StrongSearcher(), asked_for).act(view, TOOLS).calls
    note = "Noted from a source of rank 3, 4 March 2031: the mayor of Orm Bridge is Ann Lee."
    assert call.arguments["content"] == note
