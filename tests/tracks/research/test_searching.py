"""The agentic mode: calls are answered from the instance's documents, and only memory lasts."""

import pytest

from memorygym import registry
from memorygym.core import Budget, Call, Message
from memorygym.episode import Episode, play
from memorygym.instances.marking import right
from memorygym.tracks import research
from memorygym.tracks.research.searching import SearchEnv, Searcher
from memorygym.tracks.research.task import STEPS_A_HOP


@pytest.fixture
def task(instance):
    return research.task_of(instance("--hops", "3", "--mode", "agentic"), "agentic", 0)


def call(name, **arguments):
    return Message("assistant", "", (Call(name, arguments, "1"),))


def played(task, memory):
    episode = Episode(SearchEnv(task), registry.load("memory", memory, "make"), Budget())
    return play(episode, Searcher())


def answers(trace):
    return [given for one in trace.records if (given := getattr(one, "answer", None))]


def test_who_keeps_all_answers_and_who_keeps_nothing_runs_out_of_steps(task):
    assert right(task.gold.questions[0], answers(played(task, "full"))[-1])
    assert not answers(played(task, "none"))


def test_every_step_shows_the_question_and_one_result_alone(task):
    env = SearchEnv(task)
    steps = [
        env.reset(),
        env.step(call("search", query="Institute")),
        env.step(call("open", document=1)),
    ]
    texts = [step.messages[0].content for step in steps]
    assert all(step.evict for step in steps)
    assert all(task.gold.questions[0].text in text for text in texts)
    assert "Found for 'Institute':" in texts[1]
    assert "Found for" not in texts[2]


def test_a_list_shows_headings_and_opening_shows_the_document(task):
    env = SearchEnv(task)
    env.reset()
    listed = env.step(call("search", query=task.gold.facts[0].subject)).messages[0].content
    number, heading = listed.rpartition(":\n")[2].split("\n")[0].split(" ", 1)
    opened = env.step(call("open", document=int(number))).messages[0].content
    assert f"{heading}\n" in opened
    assert heading in opened


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (call("open", document=10**6), "There is no document 1000000; there are 1 to"),
        (call("search", query="zzz"), "Nothing for 'zzz'."),
        (Message("assistant", "hm"), "Nothing was called."),
    ],
)
def test_a_call_that_finds_nothing_is_a_step_that_says_so(task, reply, said):
    env = SearchEnv(task)
    env.reset()
    assert said in env.step(reply).messages[0].content


def test_the_steps_are_counted(task):
    env = SearchEnv(task)
    env.reset()
    steps = [env.step(call("open", document=1)) for _ in range(STEPS_A_HOP * 3)]
    assert [step.done for step in steps] == [False] * (len(steps) - 1) + [True]


def test_the_corpus_is_not_shown_beforehand(task):
    first = SearchEnv(task).reset().messages[0].content
    assert not any(fact.value in first for fact in task.gold.facts)
    assert "search(query)" in task.system
