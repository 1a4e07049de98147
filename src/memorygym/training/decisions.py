"""Tasks of worlds as tables of decisions, for policies that decide what to store, without text.

Each decision concerns one subject: a record that a document states, or a fact that changed.
Scripted hands (`structured_agent`) carry it out through the memory's tools, so that a table and an
episode of text end alike. An item is an attribute (0 for `a`) or a relation (23 for `x`). The
strong reader reads all texts; the gold table only decides whether goals are reached.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from memorygym.core import statements
from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict
from memorygym.core.statements import AMONG, FORMER, SHIFT, Statement, StatementIndex, Value
from memorygym.core.tokens import count
from memorygym.core.trace import Answer, MemoryUpdate, Trace
from memorygym.core.types import Message, Task
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Facts, Guide, Query, category_in, values_in
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold
from memorygym.tracks.worlds.generator.notes import pack_value
from memorygym.tracks.worlds.parsed_view import ParsedContext, parse_view

SKIP, KEEP, UPDATE, REVISE, DELETE = range(5)
OPERATIONS = ("skip", "keep", "update", "revise", "delete")
"""What a decision may be: store nothing; store a note; replace the changed value in the note;
replace it and keep the former value; remove the subject's note."""
FIRST, CURRENT, BOTH = 1, 2, 3
"""What a note holds of an item: the value as first stated, the one after the change, or both."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with what the texts shown until then state about it."""

    event: int
    """Number of the event, from 0."""
    subject: int
    """Number of the subject, from 0, in the order of first mention."""
    is_change: bool
    """Whether a fact about the subject changed; otherwise a document states its record."""
    tokens: int
    """Tokens of a note about the subject that holds no item."""
    items: Mapping[int, int]
    """By item that the text states: the tokens that it adds to a note."""
    weights: Mapping[int, int] = field(default_factory=FrozenDict)
    """For a document, by item: its importance, from 1, as the instructions state it."""
    former: int = 0
    """For a change: the tokens that the item adds with the value as first stated."""
    is_absolute: bool = True
    """For a change: whether the text states the new value, not only the difference."""
    is_free: bool = False
    """Whether an edit costs no write."""
    left: int = 0
    """Documents that are still to come, as far as the text says."""
    features: tuple[float, ...] = ()
    """What a policy sees of the decision, about 0 to 1 each."""
    item_features: Mapping[int, tuple[float, ...]] = field(default_factory=FrozenDict)
    """The same of each item."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A goal of the table: what notes must hold at its event."""

    event: int
    needs: tuple[tuple[int, int, bool], ...]
    """(subject, item, former): the items needed, and whether the value before the change is."""
    relevant: tuple[tuple[int, int], ...]
    """(subject, item): all that may alter whether the goal is reached."""
    is_strict: bool
    """Whether the goal is missed whenever an item is lacking; otherwise `DecisionTable.right`
    decides."""


Held = Mapping[tuple[int, int], int]
"""By subject and item: FIRST, CURRENT or BOTH, if a note holds it."""
Choice = tuple[int, frozenset[int]]
"""An operation, and the items that it stores."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of the memory at a decision."""

    tokens_left: int
    writes_left: int
    room: int
    """Tokens that the last entry of this event can still take; 0 if there is none."""
    limits: tuple[int, int, int]
    """Capacity, writes and slot of the episode."""
    is_held: bool = False
    """Whether a note about the subject is held."""
    is_old: bool = False
    """For a change: whether the note holds the item's value as first stated."""


Choose = Callable[[Decision, Situation], Choice]
"""Decides."""

ITEMS = 26
"""Items that a decision may concern: 23 attributes at most, then relations."""
CATEGORY = ITEMS
"""The item under which a note holds the category; every note of a document does."""
KINDS = ("int", "float", "text", "enum", "date", "series", "relation")
FEATURES = (
    "change",
    "key group",
    "part of the stream",
    "documents left",
    "tokens of the name",
    "tokens of all items",
    "tokens of key items",
    "key item changed",
    "difference only",
    "free edit",
)
ITEM_FEATURES = ("key", *KINDS, "tokens", "tokens of a key item", "in a key group")
STRICT = frozenset(
    ("value", "delta", "before", "ratio", "trend", "extreme", "best", "gap", "outlier", "total")
)
"""Kinds of queries whose every needed fact is needed, whatever the others are."""


def check_track(track: str) -> None:
    """Raises BadSettings for a track without structured decisions."""
    if track != "worlds":
        raise BadSettings(
            f"the track {track} has no structured decisions: play it as text, with MemoryEnv"
        )


def decisions_in(context: ParsedContext) -> Iterator[tuple[Decision, Facts]]:
    """The decisions that an event asks for, with the facts that each is about."""
    if context.title not in ("DOCUMENTS", "CORRECTION"):
        return
    records = context.records
    for place, facts in enumerate(records):
        left = (context.batches - context.batch + 1) * len(records) - place - 1
        yield _decision(context, facts, left if context.batch else 0), facts


def _decision(context: ParsedContext, facts: Facts, left: int) -> Decision:
    guide, is_change = context.reader.guide, not context.batch
    values = sorted(values_in(facts).items())
    items = {item_of(code): _tokens(guide, code, value) for code, value in values}
    for link in (fact for fact in facts if fact.role == AMONG):
        item = item_of(link.key)
        items[item] = items.get(item, 0) + count(f"{link.key} {link.value}")
    shifted = [item_of(fact.key) for fact in facts if fact.role == SHIFT]
    items |= dict.fromkeys(shifted, 0)
    keys = set(map(item_of, guide.key_attributes))
    category = category_in(facts)
    in_key_group = float(category in guide.key_categories)
    letter = f" {guide.category_code(category)}" if category else ""
    tokens = count(f"{facts[0].subject}{letter}")
    is_free = is_change and context.title == "CORRECTION"
    return Decision(
        context.event,
        0,
        is_change,
        tokens,
        items,
        {item: guide.importance(category, code_of(item)) for item in items},
        is_absolute=not shifted,
        is_free=is_free,
        left=left,
        features=(
            float(is_change),
            in_key_group,
            context.batch / max(1, context.batches),
            min(left, 100) / 100,
            tokens / 8,
            sum(items.values()) / 80,
            sum(items[item] for item in items if item in keys) / 20,
            float(is_change and not keys.isdisjoint(items)),
            float(bool(shifted)),
            float(is_free),
        ),
        item_features={
            item: _item_features(guide, item, price, float(item in keys), in_key_group)
            for item, price in items.items()
        },
    )


def _item_features(
    guide: Guide, item: int, tokens: int, is_key: float, in_key_group: float
) -> tuple[float, ...]:
    kind = "relation" if code_of(item) in "xyz" else guide.attribute(code_of(item)).kind
    kinds = (float(kind == name) for name in KINDS)
    return is_key, *kinds, tokens / 8, is_key * tokens / 8, in_key_group


def item_of(code: str) -> int:
    """The number of an attribute's or a relation's code."""
    return ord(code) - 97


def code_of(item: int) -> str:
    """The code of an item."""
    return chr(97 + item)


def _item(fact: Statement) -> int:
    return CATEGORY if fact.key == statements.CATEGORY else item_of(fact.key)


def _tokens(guide: Guide, code: str, value: Value) -> int:
    return count(f"{code} {pack_value(guide.attribute(code), value)}")


class DecisionTable:
    """The decisions of one task, which has its gold table here."""

    def __init__(self, task: Task) -> None:
        assert isinstance(task.gold, WorldsGold)
        self.task = task
        self.changed: dict[tuple[int, int], int] = {}
        """By subject and item: the event at which the fact changed."""
        self._gold = task.gold
        self._records: list[Facts] = []
        """By subject: what its document states."""
        self._numbers: dict[str, int] = {}
        self._new: dict[tuple[int, int], Value] = {}
        self.decisions = list(self._read())
        """In the order of events; those of one event in the order of its text."""
        self.subjects = len(self._records)
        """Number of subjects."""
        self._asked = [q for q in task.gold.questions if q.kind != "abstention"]
        self.goals = list(map(self._requirement, self._asked))

    def __getstate__(self) -> Mapping[str, object]:
        return {name: part for name, part in self.__dict__.items() if name != "_reader"}

    @cached_property
    def _reader(self) -> StrongReader:
        return strong_reader(self.task.system)

    def _read(self) -> Iterator[Decision]:
        system = Message("system", self.task.system)
        for event, shown in enumerate(self.task.events):
            context = parse_view((system, Message("user", shown.text)))
            for decision, facts in decisions_in(context):
                if decision.is_change:
                    yield self._change(replace(decision, event=event), facts)
                else:
                    subject = self._numbers[facts[0].subject] = len(self._records)
                    self._records.append(facts)
                    yield replace(decision, event=event, subject=subject)

    def _change(self, decision: Decision, news: Facts) -> Decision:
        """The decision about a change, with the tokens of both values."""
        subject, former, items = self._numbers[news[0].subject], 0, dict(decision.items)
        guide, first = self._reader.guide, values_in(self._records[subject])
        known = StatementIndex([*self._records[subject], *news])
        for name, code, *_ in news:
            old, new = first.get(code), known.current(name, code)
            if new is not None:
                key = subject, item_of(code)
                self._new[key], self.changed[key] = new, decision.event
                items[item_of(code)] = _tokens(guide, code, new)
            if old is not None:
                former = _tokens(guide, code, old)
        return replace(decision, subject=subject, items=items, former=former)

    def _requirement(self, question: WeightedQuestion) -> Requirement:
        query = self._reader.ask(self.task.events[question.event].text)
        assert query is not None  # The strong reader parses every question of the track.
        needs = tuple((*self._place(need), need.role == FORMER) for need in question.needs)
        items = [*map(item_of, (*query.codes, *query.relations)), CATEGORY]
        relevant = tuple((s, i) for s in sorted(self._subjects_of(query)) for i in items)
        return Requirement(question.event, needs, relevant, query.kind in STRICT)

    def _place(self, need: Statement) -> tuple[int, int]:
        return self._numbers[need.subject], _item(need)

    def _subjects_of(self, query: Query) -> set[int]:
        """The subjects whose notes may alter the answer."""
        subjects = {
            number
            for number, facts in enumerate(self._records)
            if facts[0].subject in query.names or category_in(facts) in query.categories
        }
        for _ in query.relations:
            names = {self._records[subject][0].subject for subject in subjects}
            for number, facts in enumerate(self._records):
                others = {str(fact.value) for fact in facts if fact.key in query.relations}
                if number in subjects:
                    subjects = subjects | {
                        self._numbers[other] for other in others & self._numbers.keys()
                    }
                elif others & names:
                    subjects = subjects | {number}
        return subjects

    def right(self, goal: int, held: Held) -> bool:
        """Whether a scripted reader reaches a goal from notes that hold these relevant items."""
        question = self._asked[goal]
        query = self._reader.ask(self.task.events[question.event].text)
        assert query is not None
        answer = self._reader.answer(query, StatementIndex(self._notes(held))).answer
        return answer is not None and is_correct(question, answer)

    def _notes(self, held: Held) -> Iterator[Statement]:
        """The facts that the notes state, in the order of subjects."""
        for (subject, item), state in sorted(held.items()):
            for fact in (fact for fact in self._records[subject] if _item(fact) == item):
                if fact.role == AMONG or item == CATEGORY or state == FIRST:
                    yield fact
                elif state == BOTH:
                    yield fact._replace(role=FORMER)
                if state in (CURRENT, BOTH) and (subject, item) in self._new:
                    yield fact._replace(value=self._new[subject, item])

    def trace(self, right: Sequence[bool], writes: int, peak: int) -> Trace:
        """A trace with these outcomes, writes and most tokens held, for the track's score."""
        task = self.task
        trace = Trace(task.id, task.track, task.recipe, task.system, task.budget, task.gold)
        trace.records += [
            Answer(question.event, question.truth)
            for question, reached in zip(self._asked, right, strict=True)
            if reached
        ]
        trace.records.append(MemoryUpdate(len(task.events) - 1, (), (), peak, writes))
        return trace
