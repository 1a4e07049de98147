"""The measurements of one episode: a trace so small that every figure is worked out by hand.

Two entities, with two facts in all; the first one changes before it is asked for.
Every word and every number of up to three digits costs one token, a message four beside its text.
"""

from dataclasses import replace

import pytest

from memorygym.agents.calls import END
from memorygym.core.errors import BadTrace
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
from memorygym.runs.metrics import ModelCost, QuestionCase, measure
from memorygym.scoring.attribution import Coverage
from memorygym.tracks.worlds.generator.gold import Change, Need, Question, WorldsGold
from tests.episodes import generated, gold

OLD, OTHER = "Acme Harbor patents: 120", "Birch Marine offices: 7"
NEW = "Acme Harbor patents: 125"
"""Five tokens each: three words, a colon, a number; nine as a message."""
PATENTS, OFFICES = Need(0, "e"), Need(1, "f")
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


def asked(event: int, kind: str, truth: str, *needs: Need) -> Question:
    return Question(event, kind, kind, "?", truth, needs=needs)


@pytest.fixture
def trace() -> Trace:
    """The schema is that of a generated task, all else is made by hand."""
    task = generated("company", 0, "lite")
    first, second = (list(row) for row in gold(task).values[:2])
    first[4], second[5] = 120, 7
    table = replace(
        gold(task), names=("Acme Harbor", "Birch Marine"), categories=("Energy", "Mining"),
        values=(tuple(first), tuple(second)), edges=(), shown=(0, 0), heldout=(),
        changes=(Change(1, 0, "e", 120, 125, relative=False, notice=True),),
        questions=(
            asked(2, "retrieval", "7", OFFICES),
            asked(3, "update", "125", PATENTS),
            asked(4, "abstention", "unknown"),
        ),
    )  # fmt: skip
    recipe = {"template": "company", "seed": 5}
    labels = {"agent": "strong", "memory": "bm25", "budget": 500}
    records = list(RECORDS)
    return Trace("0" * 16, "worlds", recipe, task.system, Budget(), table, dict(labels), records)


def case(trace: Trace, number: int) -> QuestionCase:
    return measure(trace).cases[number - 1]


def asking(trace: Trace, *questions: Question) -> Trace:
    """The same episode with other questions."""
    assert isinstance(trace.gold, WorldsGold)
    trace.gold = replace(trace.gold, questions=questions)
    return trace


# Statements: two facts stand in the contexts of three questions, and one is held twice at the end.
# Facts at the end, without the lunch: an old value, a true one, and that one again.
FIGURES: dict[str, object] = {
    "task": ("company", 5),
    "reasoner": "strong",
    "system": "bm25",
    "budget": 500,
    "shown": Coverage(read=6),
    "held": Coverage(read=3),
    "ingest": ModelCost(2, 170),
    "query": ModelCost(1, 100),
    "empty": 1,
    "overlong": 1,
    "cuts": 1,
    "peak": 44,
    "writes": 4,
    "facts": {"true": 1, "stale": 1, "wrong": 0, "duplicate": 1, "irrelevant": 0},
}


@pytest.mark.parametrize("name", FIGURES)
def test_figures_come_from_the_trace_alone(name: str, trace: Trace) -> None:
    assert getattr(measure(trace), name) == FIGURES[name]
    again, damage = read_trace(trace.lines(), "here")
    assert damage == "" and getattr(measure(again), name) == FIGURES[name]


def test_a_question_that_was_answered_from_view_has_its_fact_there(trace: Trace) -> None:
    # In view: two composed messages of 9 and the tool's of 5. Shown before: 3 + 5.
    assert case(trace, 1) == QuestionCase(
        1, "retrieval", score=True, needs=1, present=1, replaced=0, stale=0, tokens=23, span=8,
        rewrites=0, hops=1, length=8, type="retrieval",
    )  # fmt: skip


def test_a_changed_fact_of_which_the_view_gives_the_old_value_is_stale_and_not_present(
    trace: Trace,
) -> None:
    # The tool's result is gone with the event before. Shown before: 3 + 5 + 2.
    assert case(trace, 2) == QuestionCase(
        2, "update", score=False, needs=1, present=0, replaced=1, stale=1, tokens=18, span=10,
        rewrites=1, hops=1, length=10, type="update",
    )  # fmt: skip


@pytest.mark.parametrize("order", [(OLD, NEW), (NEW, OLD)])
def test_an_old_value_beside_the_new_one_is_not_stale(trace: Trace, order: tuple[str, str]) -> None:
    shown = Context(3, tuple(Message("user", text) for text in order))
    before = trace.records.index(MemoryUpdate(3, (), ("3",), tokens=40, writes=4))
    trace.records.insert(before, shown)
    assert (case(trace, 2).replaced, case(trace, 2).stale) == (1, 0)


def test_only_the_strongest_script_of_a_track_is_never_confused_by_more_context(
    trace: Trace,
) -> None:
    assert measure(trace).strongest
    for reasoner in ("weak", "some-model"):
        trace.labels["agent"] = reasoner
        assert not measure(trace).strongest


def test_a_question_about_the_change_needs_the_old_value_too(trace: Trace) -> None:
    both = asked(3, "reasoning", "125", PATENTS, PATENTS._replace(old=True))
    row = case(asking(trace, replace(both, question_type="update")), 1)
    assert (row.needs, row.present, row.replaced, row.stale) == (2, 1, 0, 0)
    assert row.rewrites == 1


def test_a_change_after_the_question_is_no_rewrite(trace: Trace) -> None:
    early = replace(asked(1, "retrieval", "120", PATENTS), event=1)
    row = case(asking(trace, early), 1)
    assert (row.replaced, row.rewrites, row.span) == (0, 0, 3)


def test_an_unanswerable_question_is_no_case_but_takes_a_number(trace: Trace) -> None:
    refused = asked(1, "abstention", "unknown")
    measurement = measure(asking(trace, refused, asked(2, "retrieval", "7", OFFICES)))
    assert [row.number for row in measurement.cases] == [2]


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
