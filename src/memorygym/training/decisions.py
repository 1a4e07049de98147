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
from operator import getitem
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from memorygym.core.errors import BadSettings
from memorygym.core.statements import CATEGORY, CURRENT, SHIFT, StatementIndex
from memorygym.core.tokens import count
from memorygym.core.trace import Answer, MemoryUpdate, Trace
from memorygym.core.types import Message, Task
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.worlds.agents.note_taker import changed, part
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Facts, Guide, Query, category_in, values_in
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.notes import key_record_of, note_of, pack_value, read_note
from memorygym.tracks.worlds.generator.template_schema import CODES
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view

Floats: TypeAlias = NDArray[np.float32]
Ints: TypeAlias = NDArray[np.intp]
Bools: TypeAlias = NDArray[np.bool_]


class Operation(IntEnum):
    """What a policy decides. One that cannot be carried out changes nothing."""

    SKIP = 0
    KEY = 1
    """Store a note of the key attributes and the relations; of a change without a note, its fact."""
    LEAN = 2
    """The same of all attributes whose values cost at most LEAN_PRICE tokens."""
    WHOLE = 3
    """Store the whole record."""
    UPDATE = 4
    """Replace the changed value in the note."""
    REVISE = 5
    """Replace it, and keep the former value."""


LEAN_PRICE = 2
STATES, NEWS = 11, 10
"""States of a note: 0 none; 1 to 3 as KEY, LEAN or WHOLE stored it; 3 more if it was updated, 6
more if revised; NEWS if it states a changed fact alone."""
FEATURES = (
    "change", "key group", "part of the stream", "documents left", "tokens of a key note",
    "tokens of a lean note", "tokens of a whole note", "key groups later in the event",
    "key fact changed", "difference only", "free edit", "tokens left", "writes left", "room",
    "key notes a document", "lean notes a document", "whole notes a document", "writes a document",
    "held", "old",
)  # fmt: skip
"""What a policy sees: of the text, and, from `tokens left`, of the memory."""


class Situation(NamedTuple):
    """The state of a memory at a decision; of N memories, if the fields are arrays."""

    tokens_left: Any
    writes_left: Any
    room: Any
    """Tokens that the last entry of this event can still take; 0 if there is none."""
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
    parts: tuple[Facts, ...]
    """By operation up to WHOLE: what it stores of a record; of a change without a note."""
    notes: tuple[str, ...]
    """The same as notes."""
    left: int
    """Documents that are still to come, as far as the text says."""
    features: tuple[float, ...]
    """What a policy sees of the text."""
    is_free: bool = False
    """Whether an edit costs no write."""
    subject: int = 0
    """Number of the subject, from 0, in the order of first mention."""

    def observe(self, situation: Situation) -> Floats:
        """What a policy sees in N situations: (N, FEATURES)."""
        capacity, writes, slot = situation.limits
        documents = self.left + 1
        columns = (
            *self.features,
            situation.tokens_left / capacity,
            situation.writes_left / writes,
            situation.room / slot,
            *(
                np.minimum(situation.tokens_left / documents / max(1, count(note)), 4)
                for note in self.notes[1:]
            ),
            np.minimum(situation.writes_left / documents, 2),
            situation.is_held,
            situation.is_old,
        )
        return np.array(np.broadcast_arrays(*columns, np.zeros(1))[:-1], np.float32).T


Choose = Callable[[Decision, Situation], int]
"""Decides: a number of Operation."""


def check_track(track: str) -> None:
    """Raises BadSettings for a track without structured decisions."""
    if track != "worlds":
        raise BadSettings(
            f"the track {track} has no structured decisions: play it as text, with MemoryEnv"
        )


def shortest(guide: Guide, facts: Facts) -> str:
    """The note of facts about one entity with a tag for each value, or, if that is shorter and can
    be read again, with the values in the order of the schema."""
    tagged, record = note_of(guide, facts), key_record_of(guide, facts)
    if count(record) < count(tagged) and {*facts} == {*(read_note(record, guide) or ())}:
        return record
    return tagged


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
    lean = [
        code
        for code, value in values_in(facts).items()
        if count(pack_value(guide.attribute(code), value)) <= LEAN_PRICE
    ]
    parts = tuple(part(facts, codes) for codes in (guide.key_attributes, lean, CODES))
    if is_change:
        parts = (tuple(fact for fact in facts if fact.role == CURRENT),) * 3
    notes = tuple(shortest(guide, stored) if stored else "" for stored in parts)
    is_free = is_change and context.title == "CORRECTION"
    features = (
        is_change, category_in(facts) in guide.key_categories,
        context.batch / max(1, context.batches), min(left, 100) / 100,
        *(count(note) / 60 for note in notes), min(later, 10) / 10,
        is_change and any(fact.key in guide.key_attributes for fact in facts),
        any(fact.role == SHIFT for fact in facts), is_free,
    )  # fmt: skip
    return Decision(
        context.event, is_change, facts, ((), *parts), ("", *notes), left,
        tuple(map(float, features)), is_free,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Goal:
    """A question of a task, and what may alter the answer to it."""

    question: WeightedQuestion
    query: Query
    subjects: Ints
    relevant: Sequence[Sequence[Facts]]
    """By such subject and state of its note: the relevant facts."""
    kinds: Ints
    """By the same: the first state that has these facts."""


class Table:
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
        guide, texts = self._reader.guide, [d.notes for d in self.decisions if not d.is_change]
        self.tokens = np.array([
            [*map(count, first), *(count(shortest(guide, n)) if n else 0 for n in notes[4:])]
            for first, notes in zip(texts, self._notes, strict=True)
        ])  # fmt: skip
        """By subject and state: the tokens of the note; 0 for a state that cannot be."""
        worth = np.array([[self._worth(n, notes[3]) for n in notes] for notes in self._notes])
        self._total = max(1, worth[:, Operation.WHOLE].sum())
        self.worth = (worth / self._total).astype(np.float32)
        """By subject and state: the importance of its facts, as a share of that of all facts."""
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
                    for state in (1, 2, 3):
                        for more, history in ((3, ()), (6, CODES)):
                            notes[state + more] = changed(notes[state], decision.facts, history)
                    notes[NEWS] = decision.parts[Operation.KEY]
                elif name in self._numbers:
                    raise BadSettings(
                        f"several documents are about {name}: structured decisions need a tier with"
                        " one document a subject, which scattered is not"
                    )
                else:
                    self._numbers[name] = len(self._notes)
                    self._notes.append([*decision.parts, *[()] * (STATES - len(decision.parts))])
                yield replace(decision, event=event, subject=self._numbers[name])

    def _worth(self, note: Facts, record: Facts) -> int:
        """The importance of a note's facts, as the instructions state it."""
        guide, category = self._reader.guide, category_in(record)
        holding = (fact.key for fact in note if fact.holds and fact.key != CATEGORY)
        return sum(guide.importance(category, key) for key in holding)

    def weight(self, change: Decision) -> float:
        """The importance of a changed fact, as a share of that of all facts."""
        category = category_in(self._notes[change.subject][Operation.WHOLE])
        return self._reader.guide.importance(category, change.facts[0].key) / self._total

    def _goal(self, question: WeightedQuestion) -> Goal:
        query = self._reader.ask(self.task.events[question.event].text)
        assert query is not None  # The strong reader parses every question of the track.
        subjects, keys = (
            sorted(self._subjects_of(query)),
            (*query.codes, *query.relations, CATEGORY),
        )
        relevant = [
            [tuple(f for f in note if f.key in keys) for note in self._notes[s]] for s in subjects
        ]
        kinds = np.array([[*map(own.index, own)] for own in relevant])
        return Goal(question, query, np.array(subjects), relevant, kinds)

    def _subjects_of(self, query: Query) -> set[int]:
        """The subjects whose notes may alter the answer."""
        records = [notes[Operation.WHOLE] for notes in self._notes]
        subjects = {
            number
            for number, facts in enumerate(records)
            if facts[0].subject in query.names or category_in(facts) in query.categories
        }
        for _ in query.relations:
            names = {records[subject][0].subject for subject in subjects}
            for number, facts in enumerate(records):
                others = {str(fact.value) for fact in facts if fact.key in query.relations}
                if number in subjects:
                    subjects |= {self._numbers[name] for name in others & self._numbers.keys()}
                elif others & names:
                    subjects.add(number)
        return subjects

    def right(self, number: int, states: Ints) -> bool:
        """Whether a scripted reader reaches a goal from its subjects' notes in these states."""
        goal = self.goals[number]
        kinds = goal.kinds[np.arange(len(states)), states]
        if (key := (number, kinds.tobytes())) not in self._answers:
            facts = chain.from_iterable(map(getitem, goal.relevant, kinds))
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
