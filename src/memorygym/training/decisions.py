"""What the texts of a worlds task ask a policy to decide, and a task as a table of decisions.

A decision concerns a record that a document states, or a fact that changed. Scripted hands
(`structured_agent`) carry it out through the memory's tools; `simulator` plays it on arrays. A note
about a subject is in one of STATES: none, as an operation stored it, that updated, that revised, or
the changed fact alone. Arrays are over N memories.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import chain, pairwise
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from memorygym.core.errors import BadSettings
from memorygym.core.statements import CATEGORY, CURRENT, FORMER, SHIFT, StatementIndex
from memorygym.core.tokens import count
from memorygym.core.trace import Answer, MemoryUpdate, Trace
from memorygym.core.types import Message, Task
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.worlds.agents.note_taker import changed, part
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Facts, Guide, Query, category_in
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.notes import key_record_of, note_of
from memorygym.tracks.worlds.generator.template_schema import CODES
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.intp]
Bools: TypeAlias = NDArray[np.bool_]


class Operation(IntEnum):
    """What a policy decides. One that cannot be carried out changes nothing."""

    SKIP = 0
    KEY = 1
    """Store the key attributes and the relations of a record."""
    WHOLE = 2
    """Store a whole record."""
    UPDATE = 3
    """Replace a changed value in the subject's note, or add it; without a note, write one."""
    REVISE = 4
    """Replace a changed value, and keep the former one."""


STATES, NEWS = 8, 7
"""States of a note: 0 none; 1 and 2 as KEY or WHOLE stored it; 2 more if it was updated, 4 more if
revised; NEWS if it states a changed fact alone."""
FEATURES = (
    "change", "key group", "part of the stream", "documents left", "tokens of a key note",
    "tokens of a whole note", "key groups later in the event", "key fact changed",
    "difference only", "free edit", "tokens left", "writes left", "room", "key notes a document",
    "whole notes a document", "writes a document", "held", "old",
)  # fmt: skip
"""What a policy sees: of the text, and, from `tokens left`, of the memory."""


class Situation(NamedTuple):
    """The state of a memory at a decision; of N memories, if the fields are arrays."""

    tokens_left: Any
    writes_left: Any
    room: Any
    """Most tokens that an entry of this event can still take; 0 if there is none."""
    limits: tuple[int, int, int]
    """Capacity, writes and slot of the episode."""
    is_held: Any = False
    """Whether a note about the subject is held."""
    is_old: Any = False
    """For a change: whether the note holds the value as first stated."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with what the texts shown until then state about it."""

    event: int
    """Number of the event, from 0."""
    is_change: bool
    """Whether a fact about the subject changed; otherwise a document states its record."""
    facts: Facts
    """What the text states of the subject."""
    parts: tuple[Facts, Facts, Facts]
    """The facts that SKIP, KEY and WHOLE store; for a change, that UPDATE does without a note."""
    notes: tuple[str, ...]
    """The same as notes."""
    sizes: tuple[int, ...]
    """Their tokens."""
    left: int
    """Documents that are still to come, as far as the text says."""
    features: tuple[float, ...]
    """What a policy sees of the text."""
    is_free: bool
    """Whether an edit costs no write."""
    subject: int = 0
    """Number of the subject, from 0, in the order of first mention."""

    def observe(self, situation: Situation) -> Floats:
        """What a policy sees in N situations: (N, FEATURES)."""
        capacity, writes, slot = situation.limits
        tokens, documents = situation.tokens_left, self.left + 1
        columns = (
            *self.features, tokens / capacity, situation.writes_left / writes,
            situation.room / slot,
            *(np.minimum(tokens / documents / max(1, size), 4) for size in self.sizes[1:]),
            np.minimum(situation.writes_left / documents, 2), situation.is_held, situation.is_old,
        )  # fmt: skip
        return np.array(np.broadcast_arrays(*columns, np.zeros(1))[:-1], np.float32).T


Choose = Callable[[Decision, Situation], int]
"""Decides: a number of Operation."""


def shortest(guide: Guide, facts: Facts) -> str:
    """The note of facts about one entity with a tag for each value, or, if that is shorter and can
    be read again, with the values in the order of the schema."""
    tagged, record = note_of(guide, facts), key_record_of(guide, facts)
    values = record.removeprefix(facts[0].subject).split()[1:2]
    is_clear = all(len(value) > 1 or not value.isalpha() for value in values)  # A letter is a tag.
    is_clear &= bool(category_in(facts)) and all(fact.role != FORMER for fact in facts)
    return record if is_clear and count(record) < count(tagged) else tagged


def updated(note: Facts, news: Facts, operation: int) -> Facts:
    """A note after UPDATE or REVISE; none if nothing changes."""
    new = changed(note, news, CODES if operation == Operation.REVISE else ())
    added = tuple(fact for fact in news if fact.role == CURRENT)
    is_lacking = not {fact.key for fact in note} & {fact.key for fact in news}
    add = operation == Operation.UPDATE and note and added and is_lacking
    return (*note, *added) if add else new


def decisions_in(context: ParsedContext) -> Iterator[Decision]:
    """The decisions that an event asks for."""
    if context.title not in ("DOCUMENTS", "CORRECTION"):
        return
    records, guide = context.records, context.reader.guide
    later = [category_in(facts) in guide.key_categories for facts in records]
    for place, facts in enumerate(records):
        left = (context.batches - context.batch + 1) * len(records) - place - 1
        yield _decision(context, facts, left if context.batch else 0, sum(later[place + 1 :]))


def _decision(context: ParsedContext, facts: Facts, left: int, later: int) -> Decision:
    guide, is_change = context.reader.guide, not context.batch
    facts = tuple(fact.content for fact in facts)
    key, whole = part(facts, guide.key_attributes), part(facts, CODES)
    if is_change:
        key = whole = tuple(fact for fact in facts if fact.role == CURRENT)
    notes = tuple(shortest(guide, stored) if stored else "" for stored in ((), key, whole))
    sizes = tuple(map(count, notes))
    is_free = is_change and context.title == "CORRECTION"
    features = (
        is_change, category_in(facts) in guide.key_categories,
        context.batch / max(1, context.batches), min(left, 100) / 100,
        *(size / 60 for size in sizes[1:]), min(later, 10) / 10,
        is_change and any(fact.key in guide.key_attributes for fact in facts),
        any(fact.role == SHIFT for fact in facts), is_free,
    )  # fmt: skip
    return Decision(
        context.event, is_change, facts, ((), key, whole), notes, sizes, left,
        tuple(map(float, features)), is_free,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class TableGoal:
    """A question of a task, and what may alter the answer to it."""

    question: WeightedQuestion
    query: Query
    subjects: Ints
    relevant: Sequence[Sequence[Facts]]
    """By such subject and state of its note: the relevant facts."""
    kinds: Ints
    """By the same: the first state that has these facts."""


class TaskTable:
    """The decisions of one task, which has its gold table here, and every note that they may lead
    to. The gold table only decides whether goals are reached. Raises BadSettings for a task that
    has no budgets, or several documents about one subject."""

    def __init__(self, task: Task) -> None:
        assert isinstance(task.gold, WorldsGold)
        budget, self.task = task.budget, task
        if not (budget.capacity and budget.writes and budget.slot):
            raise BadSettings("structured decisions need a task with capacity, writes and slot")
        self.limits = budget.capacity, budget.writes, budget.slot
        self._reader, self._numbers = strong_reader(task.system), dict[str, int]()
        self._notes: list[list[Facts]] = []
        """By subject and state: the facts of the note; none for a state that cannot be."""
        self.decisions = list(self._read())
        """In the order of events; those of one event in the order of its text."""
        guide, firsts = self._reader.guide, [d.sizes for d in self.decisions if not d.is_change]
        self.tokens = np.array([
            [*first, *(count(shortest(guide, n)) if n else 0 for n in notes[3:])]
            for first, notes in zip(firsts, self._notes, strict=True)
        ])  # fmt: skip
        """By subject and state: the tokens of the note; 0 for a state that cannot be."""
        self.goals = [self._goal(q) for q in task.gold.questions if q.kind != "abstention"]
        events = [-1, *(decision.event for decision in self.decisions), inf]
        self.due = [
            [i for i, goal in enumerate(self.goals) if start <= goal.question.event < end]
            for start, end in pairwise(events)
        ]
        """By decision, and after the last one: the goals that are due before it."""
        self._answers: dict[tuple[int, bytes], bool] = {}

    def _read(self) -> Iterator[Decision]:
        system = Message("system", self.task.system)
        for event, shown in enumerate(self.task.events):
            for decision in decisions_in(parse_view((system, Message("user", shown.text)))):
                name = decision.facts[0].subject
                if decision.is_change:
                    notes = self._notes[self._numbers[name]]
                    for operation, more in ((Operation.UPDATE, 2), (Operation.REVISE, 4)):
                        for state in (Operation.KEY, Operation.WHOLE):
                            notes[state + more] = updated(notes[state], decision.facts, operation)
                    notes[NEWS] = decision.parts[Operation.KEY]
                elif name in self._numbers:
                    problem = f"several documents are about {name}"
                    raise BadSettings(f"{problem}: give a tier with one each (not scattered)")
                else:
                    self._numbers[name] = len(self._notes)
                    self._notes.append([*decision.parts, *[()] * (STATES - 3)])
                yield replace(decision, event=event, subject=self._numbers[name])

    def _goal(self, question: WeightedQuestion) -> TableGoal:
        query = self._reader.ask(self.task.events[question.event].text)
        assert query is not None  # The strong reader parses every question of the track.
        subjects = sorted(self._subjects_of(query))
        keys = (*query.codes, *query.relations, CATEGORY)
        relevant = [
            [tuple(f for f in note if f.key in keys) for note in self._notes[s]] for s in subjects
        ]
        kinds = np.array([[*map(own.index, own)] for own in relevant])
        return TableGoal(question, query, np.array(subjects), relevant, kinds)

    def _subjects_of(self, query: Query) -> set[int]:
        """The subjects whose notes may alter the answer."""
        records = [notes[Operation.WHOLE] for notes in self._notes]
        subjects = {
            number
            for number, facts in enumerate(records)
            if facts[0].subject in query.names or category_in(facts) in query.categories
        }
        for _ in query.relations:  # Those that relate to one of them, or that it relates to.
            names = {records[subject][0].subject for subject in subjects}
            links = {
                number: {str(fact.value) for fact in facts if fact.key in query.relations}
                for number, facts in enumerate(records)
            }
            ends = set().union(*(links[subject] for subject in subjects))
            subjects |= {self._numbers[name] for name in ends & self._numbers.keys()}
            subjects |= {number for number, others in links.items() if others & names}
        return subjects

    def right(self, number: int, states: Ints) -> bool:
        """Whether a scripted reader reaches a goal from its subjects' notes in these states."""
        goal = self.goals[number]
        kinds = goal.kinds[np.arange(len(states)), states]
        if (key := (number, kinds.tobytes())) not in self._answers:
            places = zip(goal.relevant, kinds.tolist(), strict=True)
            facts = chain.from_iterable(own[kind] for own, kind in places)
            answer = self._reader.answer(goal.query, StatementIndex(facts)).answer
            self._answers[key] = answer is not None and is_correct(goal.question, answer)
        return self._answers[key]

    def trace(self, right: Sequence[bool], writes: int, peak: int) -> Trace:
        """A trace with these outcomes, writes and most tokens held, for the track's score."""
        task = self.task
        trace = Trace(task.id, task.track, task.recipe, task.system, task.budget, task.gold)
        reached = [goal.question for goal, is_so in zip(self.goals, right, strict=True) if is_so]
        trace.records += [Answer(question.event, question.truth) for question in reached]
        trace.records.append(MemoryUpdate(len(task.events) - 1, (), (), peak, writes))
        return trace
