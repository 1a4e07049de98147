"""The agentic mode: calls are answered from the instance's documents, and only memory lasts."""

from functools import lru_cache, partial

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.track import reader_of
from memorygym.core.types import Budget, Call, Message
from memorygym.runs.comparison.memory_specs import Oracle
from memorygym.runs.metrics import measure
from memorygym.scoring.attribution import Attribution
from memorygym.tracks import research
from memorygym.tracks._qa.correctness import right
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.search_env import SearchEnv
from memorygym.tracks.research.strata import ResearchRecipe


@pytest.fixture
def task(instance):
    return research.task_of(instance("--hops", "3", "--mode", "agentic"), "agentic", 0)


@lru_cache(maxsize=16)
def long(number, shape="bridge"):
    settings = ResearchSettings("hops4", number, 0, 5, 20_000, shape, mode="agentic")
    return research.task_of(ResearchRecipe(settings).instance(), "hops4", number)


def call(name, **arguments):
    return Message("assistant", "", (Call(name, arguments, "1"),))


@lru_cache(maxsize=32)
def played(number, memory, reasoner="strong", shape="bridge"):
    task = long(number, shape)
    policy = research.reasoner(reasoner, task)
    make = registry.load("memory", memory, "make")
    if memory == "markdown":
        policy = research.note_taker(policy, task)
    budget = Budget(view=None if memory == "full" else 1_000)
    trace = play(Episode(SearchEnv(task), make, budget), policy)
    trace.labels |= {"memory": memory, "budget": 1_000, "agent": reasoner}
    trace.gold = task.gold
    return trace


def solved(number, memory, **how):
    trace = played(number, memory, **how)
    given = [answer for one in trace.records if (answer := getattr(one, "answer", ""))]
    return bool(given) and right(trace.gold.questions[0], given[-1])


@pytest.mark.parametrize("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"])
def test_who_keeps_all_answers_questions_of_every_shape(shape):
    assert solved(1, "full", shape=shape)


def test_memory_decides():
    share = {
        memory: sum(solved(number, memory) for number in range(4))
        for memory in ("full", "markdown", "bm25", "recency", "none")
    }
    assert share["full"] == share["markdown"] == 4
    assert share["bm25"] >= 2
    assert share["recency"] <= 1
    assert not share["none"]


def test_the_oracle_answers_at_once(task):
    oracle = partial(Oracle, research.TRACK.oracle(task))
    episode = Episode(SearchEnv(task), oracle, Budget(view=1_000))
    trace = play(episode, research.reasoner("strong", task))
    assert [one.event for one in trace.records if hasattr(one, "answer")] == [0]


def test_nothing_is_said_twice_while_memory_shows_it():
    said = [one.message.content for one in played(1, "full").records
            if hasattr(one, "message")]  # fmt: skip
    lines = [line for text in said for line in text.split("\n") if line]
    assert len(lines) == len(set(lines))


def test_steps_do_not_decide():
    steps = [one.event for one in played(1, "full").records]
    assert max(steps) * 3 < int(long(1).events[0].text.split("At most ")[1].split()[0])


def test_what_a_trace_measures_is_when_the_searches_told_it():
    trace = played(1, "full")
    by = reader_of(trace)
    (question,) = by.goals
    assert [by.first_stated(question, need) for need in question.needs] == sorted(
        by.first_stated(question, need) for need in question.needs
    )
    assert all(by.first_stated(question, need) < question.event for need in question.needs)
    (case,) = measure(trace).cases
    assert case.present == case.needs
    assert 0 < case.span < case.length


def test_a_miss_is_put_down_to_what_memory_lost():
    trace = next(played(n, "recency") for n in range(4) if not solved(n, "recency"))
    assert [cause for _, cause in Attribution(trace).causes] == ["dropped"]
    trace = played(0, "none")
    assert [cause for _, cause in Attribution(trace).causes] == ["never written"]


def test_the_weak_reasoner_falls_for_what_comes_first():
    assert sum(solved(number, "full", reasoner="weak") for number in range(4)) < 4


def test_every_step_shows_one_result_and_then_the_question_alone(task):
    env = SearchEnv(task)
    steps = [
        env.reset(),
        env.step(call("search", query="Institute")),
        env.step(call("open", document=1)),
    ]
    assert all(step.evict for step in steps)
    assert all(step.messages[1].content == task.events[0].text for step in steps)
    texts = [step.messages[0].content for step in steps]
    assert "Found for 'Institute', page 1 of" in texts[1]
    assert "Found for" not in texts[2]


def test_a_page_shows_headings_and_sentences_and_opening_shows_the_document(task):
    env = SearchEnv(task)
    env.reset()
    fact = task.gold.facts[0]
    page = env.step(call("search", query=fact.subject)).messages[0].content
    heading, said, numbered = page.split("\n\n")[2].split("\n")
    number = int(numbered.removeprefix("Document ").rstrip("."))
    opened = env.step(call("open", document=number)).messages[0].content
    assert heading in opened
    assert fact.subject in opened
    assert all(part in opened for part in said.split(". ")[:1])


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (call("open", document=10**6), "There is no document 1000000; there are 1 to"),
        (call("search", query="zzz"), "Nothing for 'zzz'."),
        (call("search", query="Institute", page=99), "There is no page 99 for 'Institute'"),
        (Message("assistant", "hm"), "Nothing was called."),
    ],
)
def test_a_call_that_finds_nothing_is_a_step_that_says_so(task, reply, said):
    env = SearchEnv(task)
    env.reset()
    assert said in env.step(reply).messages[0].content


def test_the_pages_of_a_name_hold_every_document_that_names_it(task):
    env = SearchEnv(task)
    env.reset()
    name = task.gold.facts[0].subject
    page = env.step(call("search", query=name)).messages[0].content
    pages = int(page.split("page 1 of ")[1].split(":")[0])
    texts = [page, *(env.step(call("search", query=name, page=at)).messages[0].content
                     for at in range(2, pages + 1))]  # fmt: skip
    documents = {part for event in task.events[1:] for part in event.text.split("\n\n")
                 if part.startswith("[") and name in part}  # fmt: skip
    assert all(any(one.split("\n")[0] in text for text in texts) for one in documents)


def test_the_steps_are_counted(task):
    env = SearchEnv(task)
    env.reset()
    most = int(task.events[0].text.split("At most ")[1].split()[0])
    steps = [env.step(call("open", document=1)) for _ in range(most)]
    assert [step.done for step in steps] == [False] * (most - 1) + [True]


def test_the_corpus_is_not_shown_beforehand(task):
    shown = SearchEnv(task).reset().messages
    assert not any(fact.value in one.content for fact in task.gold.facts for one in shown)
    assert "search(query)" in task.system
