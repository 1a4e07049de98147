"""The measurements of one episode: a trace so small that every figure is worked out by hand.

Two entities, with two facts in all; the first one changes before it is asked for.
Every word and every number of up to three digits costs one token, a message four beside its text.
"""

from dataclasses import replace

import pytest

from memorygym.agents.calls import END
from memorygym.core.errors import BadTrace
from memorygym.core.statements import FORMER, Statement
from memorygym.core.trace import (
    Action,
    Answer,
    Context,
    LimitHit,
    MemoryUpdate,
    ModelCall,
    Observation,
    Record,
    ToolResult,
    Trace,
    read_trace,
)
from memorygym.core.types import Budget, Entry, Message
from memorygym.runs.metrics import Measurement, ModelCost, QuestionCase, measure
from memorygym.scoring.attribution import Coverage
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.generator.gold import Change, WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.trace_facts import WorldsTraceReader
from tests.episodes import generated, gold

OLD, OTHER = "Acme Harbor patents: 120", "Birch Marine offices: 7"
NEW = "Acme Harbor patents: 125"
"""Five tokens each: three words, a colon, a number; nine as a message."""
PATENTS = Statement("Acme Harbor", "e", 120)
OFFICES = Statement("Birch Marine", "f", 7)
NEW_PATENTS = PATENTS._replace(value=125)
STORE = (Entry("1", OLD), Entry("2", OTHER), Entry("3", "a lunch"), Entry("4", OTHER))
RECORDS: tuple[Record, ...] = (
    Observation(0, (Message("user", "alpha bravo charlie"),), evict=True),
    ModelCall(0, prompt=100, reply=20, outcome="whole"),
    Action(0, END),
    Observation(1, (Message("user", "delta echo foxtrot golf hotel"),), evict=True),
    Context(1, (Message("user", OTHER), Message("user", "india"))),
    ModelCall(1, prompt=50, reply=0, outcome="empty"),
    MemoryUpdate(1, STORE, (), tokens=44, writes=3),
    Action(1, END),
    Observation(2, (Message("user", "juliet kilo"),), evict=True),
    Context(2, (Message("user", OLD),), kept=1),
    ModelCall(2, prompt=70, reply=30, outcome="cut"),
    LimitHit(2, "the view was cut"),
    Action(2, END),
    ToolResult(2, (Message("tool", "lima"),)),
    Action(2, END),
    Answer(2, "7"),
    Observation(3, (Message("user", "kilo"),), evict=True),
    MemoryUpdate(3, (), ("3",), tokens=40, writes=4),
    Action(3, END),
    Answer(3, "120"),
    Observation(4, (Message("user", "lima"),), evict=True),
    Action(4, END),
)


def asked(event: int, kind: str, truth: str, *needs: Statement) -> WeightedQuestion:
    return WeightedQuestion(event, kind, kind, "?", truth, needs=needs)


@pytest.fixture
def trace(monkeypatch: pytest.MonkeyPatch) -> Trace:
    """The schema is that of a generated task, all else is made by hand; the messages state nothing,
    so that what the memory holds is read whoever stated it."""
    task = generated("company", 0, "lite")
    monkeypatch.setattr(WorldsTraceReader, "memory_facts", strong_reader(task.system))
    table = replace(
        gold(task), shown=((PATENTS.subject, 0), (OFFICES.subject, 0)), facts=(PATENTS, OFFICES),
        changes=(Change(1, PATENTS, NEW_PATENTS, relative=False, notice=True),),
        questions=(
            asked(2, "retrieval", "7", OFFICES),
            asked(3, "update", "125", NEW_PATENTS),
            asked(4, "abstention", "unknown"),
        ),
    )  # fmt: skip
    recipe = {"template": "company", "seed": 5}
    labels = {"agent": "strong", "memory": "bm25", "budget": 500}
    return Trace("0" * 16, "worlds", recipe, task.system, Budget(), table, labels, [*RECORDS])


def asking(trace: Trace, *questions: WeightedQuestion) -> QuestionCase:
    """The first answerable one of other questions in the same episode."""
    assert isinstance(trace.gold, WorldsGold)
    trace.gold = replace(trace.gold, questions=questions)
    return measure(trace).cases[0]


RETRIEVED = QuestionCase(
    1, "retrieval", score=1, needs=1, present=1, replaced=0, stale=0, tokens=23, span=8,
    rewrites=0, hops=1, length=8, type="retrieval", passages=3,
)  # fmt: skip
"""In view are two composed messages of 9 and the tool's of 5; before it 3 + 5 are shown."""
UPDATED = QuestionCase(
    2, "update", score=0, needs=1, present=0, replaced=1, stale=1, tokens=18, span=10,
    rewrites=1, hops=1, length=10, type="update", passages=2,
)  # fmt: skip
"""The view gives the old value alone; the tool's result is gone with its event."""
MEASURED = Measurement(
    template="company", seed=5, system="bm25", budget=500, reasoner="strong",
    cases=(RETRIEVED, UPDATED), ingest=ModelCost(2, 170), query=ModelCost(1, 100),
    empty=1, overlong=1, cache_breaks=1, cuts=1, peak=44, writes=4,
    facts={"true": 1, "stale": 1, "wrong": 0, "duplicate": 1, "irrelevant": 0},
    shown=Coverage(read=6), held=Coverage(read=3),
)  # fmt: skip
"""Two facts stand in the contexts of three questions. Held at the end, without the lunch, are an
old value, a true one, and that one again."""


def test_an_episode_is_measured_from_its_trace_alone(trace: Trace) -> None:
    assert measure(trace) == MEASURED
    again, damage = read_trace(trace.lines(), "here")
    assert damage == "" and measure(again) == MEASURED
    trace.labels |= {"budget": None, "agent": "weak"}
    unbounded = replace(MEASURED, budget=None, reasoner="weak", strongest=False)
    assert measure(trace) == unbounded


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_an_old_value_beside_the_new_one_is_not_stale(trace: Trace, order: tuple[str, str]) -> None:
    shown = Context(3, tuple(Message("user", text) for text in order))
    before = trace.records.index(MemoryUpdate(3, (), ("3",), tokens=40, writes=4))
    trace.records.insert(before, shown)
    case = measure(trace).cases[1]
    assert (case.replaced, case.stale) == (1, 0)


def test_a_question_about_the_change_needs_the_old_value_too(trace: Trace) -> None:
    both = asked(3, "reasoning", "125", NEW_PATENTS, PATENTS._replace(role=FORMER))
    case = asking(trace, replace(both, question_type="update"))
    assert (case.needs, case.present, case.replaced, case.stale, case.rewrites) == (2, 1, 0, 0, 1)


def test_a_change_after_the_question_is_no_rewrite(trace: Trace) -> None:
    case = asking(trace, asked(1, "retrieval", "120", PATENTS))
    assert (case.replaced, case.rewrites, case.span) == (0, 0, 3)


def test_an_unanswerable_question_is_no_case_but_takes_a_number(trace: Trace) -> None:
    refused = asked(1, "abstention", "unknown")
    assert asking(trace, refused, asked(2, "retrieval", "7", OFFICES)).number == 2


@pytest.mark.parametrize(
    ("changes", "cache_breaks"),
    [
        ([], 0),
        ([(2, 0)], 0),
        ([(2, 0), (1, 2)], 0),
        ([(2, 0), (1, 1)], 1),
        ([(2, 0), (0, 1), (1, 1)], 1),
        ([(2, 0), (0, 0), (2, 0)], 1),
        ([(2, 0), (2, 0), (3, 1)], 2),
    ],
)
def test_a_cache_break_is_a_change_that_takes_a_message_back(
    trace: Trace, changes: list[tuple[int, int]], cache_breaks: int
) -> None:
    rest = [record for record in trace.records if not isinstance(record, Context)]
    contexts = [Context(0, (Message("user", "india"),) * new, kept) for new, kept in changes]
    trace.records = [*contexts, *rest]
    assert measure(trace).cache_breaks == cache_breaks


def test_a_memory_that_did_nothing_cost_nothing(trace: Trace) -> None:
    trace.records = [r for r in trace.records if isinstance(r, (Observation, Action, Answer))]
    measurement = measure(trace)
    assert [(row.present, row.stale, row.tokens) for row in measurement.cases] == [(0, 0, 0)] * 2
    assert measurement.ingest == measurement.query == ModelCost()
    assert not any([measurement.peak, measurement.writes, *measurement.facts.values()])


def test_a_trace_without_its_table_cannot_be_measured(trace: Trace) -> None:
    trace.gold = None
    with pytest.raises(BadTrace):
        measure(trace)
