"""Reads a trace of worlds: the records of entities, and the values that were true at each event."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from memorygym.core.errors import BadTrace
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import END, HELD, MISSING, STALE
from memorygym.core.track import gold_table
from memorygym.core.types import Task
from memorygym.scoring.grading import grade
from memorygym.tracks.worlds.fact_reader import StrongReader, strong_reader
from memorygym.tracks.worlds.facts import Knowledge, Record, Value
from memorygym.tracks.worlds.generator.gold import Need, Question, WorldsGold


@dataclass(frozen=True, slots=True)
class RequiredFact:
    """A fact that a question needs: the value of an attribute, a relation or a category."""

    name: str
    key: str
    """An attribute's code, a relation's code, or "category"."""
    value: Value
    """For a relation the other entity, for a category its name."""
    is_relation: bool = False
    old: bool = False
    """Whether the question needs the value before the change."""

    def is_stated_by(self, record: Record) -> bool:
        """Whether a record states this fact, with whatever value."""
        if record.name != self.name:
            return False
        if self.is_relation:
            return (self.key, self.value) in record.edges
        if self.key == "category":
            return bool(record.category)
        return any(self.key in part for part in (record.values, record.former, record.shifts))

    def state(self, records: Iterable[Record]) -> str:
        """See trace_reader.RequiredFact."""
        own = [record for record in records if self.is_stated_by(record)]
        if self.is_relation:
            return HELD if own else MISSING
        if self.key == "category":
            # A text that states several categories must not count as stating the right one.
            return HELD if own and own[-1].category == self.value else MISSING
        values = Knowledge(own).history(self.name, self.key)
        if self.old:
            return HELD if self.value in values else MISSING
        if not values:
            return MISSING
        return HELD if values[-1] == self.value else STALE

    def state_in(self, store: Iterable[Record]) -> str:
        """See trace_reader.RequiredFact."""
        return self.state(sorted(store, key=self._rank))

    def _rank(self, record: Record) -> int:
        if self.key == "category":
            return record.category == self.value
        return 2 if record.values.get(self.key) == self.value else self.key in record.shifts


class WorldsReader:
    """See trace_reader.TraceReader."""

    def __init__(self, gold: WorldsGold, system: str) -> None:
        self._gold, self._system = gold, system
        self.goals = gold.questions

    @classmethod
    def of(cls, trace: Trace) -> "WorldsReader":
        """The reader of a trace. Raises BadTrace if the trace has no gold table."""
        return cls(gold_table(trace), trace.system)

    @cached_property
    def _strong(self) -> StrongReader:
        """The strong reader. Raises BadTrace if the system message states another schema."""
        reader = strong_reader(self._system)
        stated = len(reader.guide.attributes)
        for row in self._gold.values[:1]:
            if len(row) != stated:
                raise BadTrace(
                    f"gold.values has {len(row)} attributes, the system message states {stated}"
                )
        return reader

    def read(self, text: str) -> tuple[Record, ...]:
        return self._strong.read(text)

    def grade(self, question: Question, answer: str) -> tuple[bool, str]:
        return _graded(question.question_type, question.truth, answer, question.rivals)

    def truths(self, question: Question) -> tuple[str, ...]:
        return (question.truth,)

    def required(self, question: Question, need: Need) -> RequiredFact:
        name = self._gold.names[need.entity]
        if need.key == "category":
            return RequiredFact(name, need.key, self._gold.categories[need.entity])
        code, _, target = need.key.partition(">")
        if target:
            return RequiredFact(name, code, self._gold.names[int(target)], is_relation=True)
        event = -1 if need.old else question.event
        return RequiredFact(name, code, self._gold.value(need.entity, code, event), old=need.old)

    def shows_stale(self, question: Question, need: Need, seen: Sequence[Record]) -> bool:
        if len(need.key) != 1:
            return False
        name, key = self._gold.names[need.entity], need.key
        current = self._gold.value(need.entity, key, question.event)
        return any(r.values.get(key, current) != current for r in seen if r.name == name)

    def first_stated(self, goal: Question, need: Need) -> int:
        return self._gold.shown[need.entity]

    def rewrites(self, question: Question, need: Need) -> int:
        return sum(
            (change.entity, change.code) == need[:2] and change.event < question.event
            for change in self._gold.changes
        )

    def replaced(self, question: Question, need: Need) -> bool:
        about_change = any(other.old and other[:2] == need[:2] for other in question.needs)
        return not about_change and self.rewrites(question, need) > 0

    def hops(self, question: Question) -> int:
        return len({need.entity for need in question.needs})

    def condition(self, fact: RequiredFact, event: int = END) -> str:
        entity = self._entities.get(fact.name)
        if entity is None:
            return "irrelevant"
        if fact.is_relation:
            return "true" if (fact.name, fact.key, fact.value) in self._edges else "wrong"
        if fact.key == "category":
            return "true" if fact.value == self._gold.categories[entity] else "wrong"
        if fact.value == self._gold.value(entity, fact.key, event + 1):
            return "true"
        replaced = (
            change.old
            for change in self._gold.changes
            if change[1:3] == (entity, fact.key) and change.event <= event
        )
        return "stale" if fact.value in replaced else "wrong"

    def importance(self, fact: RequiredFact) -> int:
        entity = self._entities.get(fact.name)
        category = "" if entity is None else self._gold.categories[entity]
        return self._strong.guide.importance(category, fact.key)

    def true_facts(self) -> Iterator[RequiredFact]:
        attributes = self._strong.guide.attributes
        for entity, name in enumerate(self._gold.names):
            yield RequiredFact(name, "category", self._gold.categories[entity])
            for attribute in attributes:
                value = self._gold.value(entity, attribute.code, END)
                yield RequiredFact(name, attribute.code, value)
        for name, code, other in self._edges:
            yield RequiredFact(name, code, other, is_relation=True)

    @cached_property
    def _entities(self) -> Mapping[str, int]:
        return {name: number for number, name in enumerate(self._gold.names)}

    @cached_property
    def _edges(self) -> Collection[tuple[str, str, str]]:
        """The relations of the gold table, by name; a symmetric one in both directions."""
        symmetric = {r.code for r in self._strong.guide.relations if r.symmetric}
        names = self._gold.names
        edges = {(names[one], code, names[other]) for one, code, other in self._gold.edges}
        return edges | {(other, code, one) for one, code, other in edges if code in symmetric}

    def canonical(self, question: Question) -> Iterator[str]:
        """All needed facts in canonical sentences: a heading and a line for each entity."""
        by_heading: dict[tuple[bool, int], list[RequiredFact]] = {}
        for need in question.needs:
            fact = self.required(question, need)
            by_heading.setdefault((not need.old, need.entity), []).append(fact)
        for (current, _), facts in sorted(by_heading.items()):
            when, verb = ("current", "gives") if current else ("before the change", "gave")
            yield f"[Fact · {facts[0].name} · {when}]"
            sentence = self._strong.guide.sentence
            yield " ".join(sentence(fact.name, fact.key, fact.value, verb) for fact in facts)

    def facts(self, text: str) -> Iterator[RequiredFact]:
        for record in self.read(text):
            if record.category:
                yield RequiredFact(record.name, "category", record.category)
            for code, value in record.values.items():
                yield RequiredFact(record.name, code, value)
            for code, other in record.edges:
                yield RequiredFact(record.name, code, other, is_relation=True)

    def text(self, fact: RequiredFact) -> str:
        if fact.key == "category":
            return f"{fact.name}: {fact.value}"
        if fact.is_relation:
            phrase = next(r.phrase for r in self._strong.guide.relations if r.code == fact.key)
            return f"{fact.name} {phrase} {fact.value}"
        attribute = self._strong.guide.attribute(fact.key)
        former = "former " * fact.old
        return f"{fact.name}, {former}{attribute.label}: {attribute.show(fact.value)}"

    def describe(self, fact: RequiredFact, records: Sequence[Record]) -> str:
        if fact.is_relation:
            return str(fact.value)
        if fact.key == "category":
            return ", ".join(dict.fromkeys(record.category for record in records))
        attribute = self._strong.guide.attribute(fact.key)
        values = Knowledge(records).history(fact.name, fact.key)
        if values:
            return ", then ".join(dict.fromkeys(map(attribute.show, values)))
        shifts = [record.shifts[fact.key] for record in records if fact.key in record.shifts]
        if shifts:
            size = attribute.difference(abs(shifts[-1]))
            return f"{size} {'higher' if shifts[-1] > 0 else 'lower'}"
        return f"once {attribute.show(records[-1].former[fact.key])}"


def gold_evidence(task: Task) -> dict[int, str]:
    """By question event: a canonical sentence for every needed fact."""
    assert isinstance(task.gold, WorldsGold)
    reader = WorldsReader(task.gold, task.system)
    return {goal.event: "\n".join(reader.canonical(goal)) for goal in reader.goals if goal.needs}


@lru_cache(maxsize=20_000)
def _graded(
    question_type: str, truth: str, answer: str, rivals: tuple[str, ...]
) -> tuple[bool, str]:
    verdict = grade(question_type, truth, answer, rivals)
    return verdict.correct, verdict.reason
