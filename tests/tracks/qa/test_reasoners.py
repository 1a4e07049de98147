"""The fixed reasoners of question answering work hop by hop, from the view alone."""

from dataclasses import replace
from functools import cache, partial

import pytest

from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings, Refused
from memorygym.core.registry import make
from memorygym.core.trace import Action, Trace
from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Call, Message, Policy, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.comparison.figures import FEWEST_ANSWERED
from memorygym.runs.comparison.memory_specs import memory_of, plug_all
from memorygym.runs.comparison.system_specs import ComparisonLimits, budget_of, systems
from memorygym.runs.systems import scripted, start_episode
from memorygym.scoring.episode_scores import outcomes
from memorygym.tracks.research import TRACK
from memorygym.tracks.research.reasoners import WeakReader


@cache
def research_task(hops: int = 4, **parameters: str) -> Task:
    """An instance of 10,000 tokens."""
    options = TaskOptions(range(1), parameters={"hops": str(hops), "tokens": "10k", **parameters})
    return TRACK.tasks(options)[0].generate()


def played(task: Task, spec: str, policy: Policy, budget: int = 1000) -> Trace:
    """The trace of an episode with that memory and that reasoner."""
    rows = systems(plug_all([spec]), ComparisonLimits(budget))
    system = next(row for row in rows if row.spec == spec)
    player = TRACK.note_taker(policy, task) if system.memory.tools else policy
    memory = memory_of(system, task)
    trace = play(Episode(TRACK.env(task), memory, budget_of(system, task)), player)
    trace.gold = task.gold
    return trace


@pytest.fixture(name="task")
def _task() -> Task:
    return research_task()


def actions(trace: Trace) -> list[Action]:
    return [record for record in trace.records if isinstance(record, Action)]


def question_replies(trace: Trace) -> list[Message]:
    """The replies in the last event, which asks the question."""
    last = max(record.event for record in trace.records)
    return [action.message for action in actions(trace) if action.event == last]


def test_without_memory_the_reasoner_asks_once_refuses_and_is_wrong(task: Task) -> None:
    trace = played(task, "none", scripted("strong", task))
    (outcome,) = outcomes(trace)
    assert not outcome.correct and "refuses" in outcome.reason
    names = [reply.calls[0].name for reply in question_replies(trace)]
    assert names == ["recall", "submit_answer"]


def test_the_reasoner_queries_memory_for_each_hop_and_notes_the_facts(task: Task) -> None:
    replies = question_replies(played(task, "bm25", scripted("strong", task)))
    queries = [reply.calls[0].arguments for reply in replies[:-1]]
    assert len(queries) > 1 and len({str(query) for query in queries}) == len(queries)
    assert replies[-2].content and replies[-2].content.count("\n") >= replies[0].content.count("\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("track", "parameters"), [("research", {}), ("codeqa", {}), ("dialogue", {"chains": "1"})]
)
def test_the_weak_reasoner_answers_some_of_the_whole_history_but_less_than_the_strong(
    track: str, parameters: dict[str, str]
) -> None:
    made = find(track).tasks(TaskOptions(range(12), parameters=parameters))
    right: list[bool] = []
    for task in (recipe.generate() for recipe in made):
        trace = play(start_episode(task, partial(make, "memory", "full")), scripted("weak", task))
        trace.gold = task.gold
        right += [outcome.correct for outcome in outcomes(trace)]
    assert FEWEST_ANSWERED < sum(right) / len(right) < 0.85


@pytest.mark.parametrize("believes_first", [False, True])
def test_the_weak_reasoner_of_research_knows_which_source_outranks_which(
    believes_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WeakReader, "believes_first", believes_first)
    task = research_task(3, conflict="100")
    (outcome,) = outcomes(played(task, "full", scripted("weak", task)))
    assert outcome.correct != believes_first


def test_a_reasoner_is_silent_in_events_that_ask_nothing(task: Task) -> None:
    trace = played(task, "bm25", scripted("strong", task))
    early = [action.message for action in actions(trace) if not action.message.calls]
    assert all(not message.content for message in early) and len(early) == len(task.events) - 1


def test_the_note_taker_writes_the_facts_of_each_text_and_searches_at_each_step(task: Task) -> None:
    trace = played(task, "markdown", scripted("strong", task))
    names = [call.name for action in actions(trace) for call in action.message.calls]
    assert "Write" in names and "memory_search" in names and names[-1] == "submit_answer"


def test_with_a_briefing_the_note_taker_writes_what_its_questions_rest_on() -> None:
    track, parameters = find("codeqa"), {"tokens": "12k", "hops": "2", "questions": "4"}
    task = track.tasks(TaskOptions(range(1), parameters=parameters))[0].generate()
    taker = track.note_taker(scripted("strong", task), task)
    trace = play(start_episode(task, Markdown), taker)
    calls = (call for action in actions(trace) for call in action.message.calls)
    first, *notes = [call.arguments["content"] for call in calls if call.name == "Write"]
    needs = [*map(track.facts("").render, task.gold.needs)]
    assert first == "\n".join(question.text for question in task.gold.questions)
    assert len({*needs} & {*notes}) > len(needs) / 3 and len(notes) < 2 * len(needs)


def test_an_event_that_no_reasoner_would_answer_is_refused(task: Task) -> None:
    event = replace(task.events[-1], text=task.events[-1].text.removeprefix("=== QUESTION"))
    bad = replace(task, events=(*task.events[:-1], event))
    with pytest.raises(BadSettings, match="must begin with '=== QUESTION'"):
        TRACK.env(bad)


def test_an_answer_is_refused_in_an_event_that_asks_nothing(task: Task) -> None:
    env = TRACK.env(task)
    env.reset()
    call = Call("submit_answer", {"answer": "42"})
    with pytest.raises(Refused, match="no question is open in this event"):
        env.step(Message("assistant", "", (call,)))
