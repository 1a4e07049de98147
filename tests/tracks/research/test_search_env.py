"""The agentic mode: calls are answered from the instance's documents; only memory persists."""

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
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.research.generator.settings import ResearchSettings
from memorygym.tracks.research.generator.task_texts import page_text, step_text
from memorygym.tracks.research.search_env import SearchEnv
from memorygym.tracks.research.strata import ResearchRecipe

PLAIN = "What is the native town of Ann Orm?"


@pytest.fixture
def task(generated):
    return generated(hops="3", mode="agentic")


@pytest.fixture
def env(task):
    env = SearchEnv(task)
    env.reset()
    return env


@lru_cache(maxsize=16)
def agentic_task(number, shape="bridge"):
    settings = ResearchSettings("hops4", number, 0, 5, 20_000, shape, mode="agentic")
    return ResearchRecipe(settings).generate()


def call(name, **arguments):
    return Message("assistant", "", (Call(name, arguments, "1"),))


def result(env, name, **arguments):
    """The result of a call, as it is shown."""
    return env.step(call(name, **arguments)).messages[0].content


@lru_cache(maxsize=32)
def played(number, memory, reasoner="strong", shape="bridge"):
    task = agentic_task(number, shape)
    policy = research.reasoner(reasoner, task)
    make = registry.load("memory", memory, "make")
    if memory == "markdown":
        policy = research.TRACK.note_taker(policy, task)
    budget = Budget(view=None if memory == "full" else 1_000)
    trace = play(Episode(SearchEnv(task), make, budget), policy)
    trace.labels |= {"memory": memory, "budget": 1_000, "agent": reasoner}
    trace.gold = task.gold
    return trace


def solved(number, memory, **options):
    trace = played(number, memory, **options)
    answers = [answer for record in trace.records if (answer := getattr(record, "answer", ""))]
    return bool(answers) and is_correct(trace.gold.questions[0], answers[-1])


@pytest.mark.parametrize("shape", ["bridge", "comparison", "intersection", "numerical", "temporal"])
def test_full_context_answers_questions_of_every_shape(shape):
    assert solved(1, "full", shape=shape)


@pytest.mark.slow
def test_the_memory_decides_how_many_questions_are_answered():
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
    assert [record.event for record in trace.records if hasattr(record, "answer")] == [0]


def test_no_note_is_repeated_while_the_memory_shows_it():
    replies = [record.message.content for record in played(1, "full").records
            if hasattr(record, "message")]  # fmt: skip
    lines = [line for text in replies for line in text.split("\n") if line]
    assert len(lines) == len(set(lines))


def test_the_step_limit_is_far_above_the_needed_steps():
    steps = [record.event for record in played(1, "full").records]
    assert max(steps) * 3 < int(agentic_task(1).events[0].text.split("At most ")[1].split()[0])


def test_the_trace_reader_dates_facts_by_the_event_that_showed_them():
    trace = played(1, "full")
    reader = reader_of(trace)
    (question,) = reader.goals
    dates = [reader.first_stated(question, need) for need in question.needs]
    assert dates == sorted(dates) and dates[-1] < question.event
    (case,) = measure(trace).cases
    assert case.present == case.needs
    assert 0 < case.span < case.length


@pytest.mark.slow
def test_a_miss_is_attributed_to_the_facts_that_the_memory_lost():
    for number, memory, expected in (
        (8, "recency", "dropped"),
        (0, "recency", "not retrieved"),  # The last page is held, and shown in part.
        (0, "none", "never written"),
    ):
        assert [cause for _, cause in Attribution(played(number, memory)).causes] == [expected]


def test_the_weak_reasoner_misses_some_questions_with_full_context():
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


def test_a_page_shows_headings_and_sentences_and_opening_shows_the_document(task, env):
    fact = task.gold.needs[0]
    page = result(env, "search", query=fact.subject)
    heading, excerpt, last_line = page.split("\n\n")[2].split("\n")
    number = int(last_line.removeprefix("Document ").rstrip("."))
    document = result(env, "open", document=number)
    assert all(part in document for part in (heading, fact.subject, excerpt.split(". ")[0]))


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (call("open", document=10**6), "There is no document 1000000; there are 1 to"),
        (call("search", query="zzz"), "Nothing for 'zzz'."),
        (call("search", query="Institute", page=99), "There is no page 99 for 'Institute'"),
        (Message("assistant", "hm"), "Nothing was called."),
    ],
)
def test_a_call_without_a_result_gets_a_message_that_says_so(env, reply, message):
    assert message in env.step(reply).messages[0].content


def test_the_pages_of_a_name_hold_every_document_that_names_it(task, env):
    name = task.gold.needs[0].subject
    page = result(env, "search", query=name)
    pages = int(page.split("page 1 of ")[1].split(":")[0])
    texts = [page] + [result(env, "search", query=name, page=n) for n in range(2, pages + 1)]
    documents = {part for event in task.events[1:] for part in event.text.split("\n\n")
                 if part.startswith("[") and name in part}  # fmt: skip
    assert all(any(document.split("\n")[0] in text for text in texts) for document in documents)


def test_the_task_ends_after_the_last_step(task, env):
    limit = int(task.events[0].text.split("At most ")[1].split()[0])
    steps = [env.step(call("open", document=1)) for _ in range(limit)]
    assert [step.done for step in steps] == [False] * (limit - 1) + [True]


@pytest.mark.parametrize(("steps", "turns"), [(9, True), (2, False)])
def test_the_strong_reasoner_turns_the_page_while_a_step_is_left(task, steps, turns):
    question = f"Question: {PLAIN}\n\nForm of the answer: a name. At most {steps} steps."
    page = page_text("the birthplace of Ann Orm", 1, 3, [(1, "[A]", "Nothing.")])
    shown = [Message("user", step_text(2, page)), Message("user", question)]
    reply = research.reasoner("strong", task).act([Message("system", task.system), *shown], ())
    asked = [(call.name, dict(call.arguments)) for call in reply.calls]
    turned = ("search", {"query": "the birthplace of Ann Orm", "page": 2})
    assert (turned in asked) == turns
