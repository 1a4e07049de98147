"""Reads a trace of worlds: its gold table says what was true at each event."""

from collections.abc import Iterator, Sequence
from itertools import groupby, takewhile

from memorygym.core.errors import BadTrace
from memorygym.core.outcome import Goal
from memorygym.core.statements import (
    AMONG,
    CATEGORY,
    FORMER,
    HELD,
    SHIFT,
    Statement,
    StatementIndex,
)
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import END, EVER
from memorygym.core.types import Task
from memorygym.tracks._qa.question_reader import QuestionTraceReader
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Guide
from memorygym.tracks.worlds.generator.gold import WeightedQuestion, WorldsGold, gold_of


class WorldsTraceReader(QuestionTraceReader):
    """The reader of a trace; the gold table tells what was stated when."""

    def __init__(self, trace: Trace) -> None:
        self._gold, facts = gold_of(trace), strong_reader(trace.system)
        super().__init__(trace, self._gold.questions, facts)
        self._guide = facts.guide
        codes = [a.code for a in facts.guide.attributes] + [r.code for r in facts.guide.relations]
        if unknown := self._gold.keys - {CATEGORY, *codes}:
            keys = ", ".join(sorted(unknown))
            raise BadTrace(f"gold.facts has the keys {keys}, which the system message lacks")

    def stated(self, events: range = EVER) -> Iterator[tuple[int, Statement]]:
        return self._gold.stated(events)

    def first_stated(self, goal: Goal, need: Statement) -> int:
        return self._gold.events[need[:2]]

    def bases(self, fact: Statement, before: int) -> Iterator[tuple[int, Statement]]:
        own = (c for c in self._gold.changes if c.new[:2] == fact[:2] and c.event < before)
        for change in takewhile(lambda change: change.relative, reversed([*own])):
            yield change.event, fact._replace(value=change.old.value)

    def condition(self, fact: Statement, event: int = END) -> str:
        if fact.subject not in self._gold.names:
            return "irrelevant"
        known = self._gold.known
        known = known if event == END else known.only(range(event + 1))
        if self._guide.relation(fact.key):
            back = fact._replace(subject=fact.text, value=fact.subject)
            links = (fact, back) if self._guide.is_symmetric(fact.key) else (fact,)
            return "true" if any(known.state(link) == HELD for link in links) else "wrong"
        values = known.history(fact.subject, fact.key)
        if fact.value not in values:
            return "wrong"
        return "true" if fact.value == values[-1] else "stale"

    def importance(self, fact: Statement) -> int:
        return self._guide.importance(self._gold.categories.get(fact.subject, ""), fact.key)

    def true_facts(self) -> Iterator[Statement]:
        for fact in self._gold.in_the_end():
            yield fact
            if self._guide.is_symmetric(fact.key):
                yield fact._replace(subject=str(fact.value), value=fact.subject)

    def text(self, fact: Statement) -> str:
        if fact.key == CATEGORY:
            return f"{fact.subject}: {fact.value}"
        if relation := self._guide.relation(fact.key):
            return f"{fact.subject} {relation.phrase} {fact.value}"
        attribute = self._guide.attribute(fact.key)
        former = "former " * (fact.role == FORMER)
        return f"{fact.subject}, {former}{attribute.label}: {attribute.show(fact.value)}"

    def describe(self, fact: Statement, stated: Sequence[Statement]) -> str:
        if fact.key == CATEGORY or fact.role == AMONG:
            return ", ".join(dict.fromkeys(str(statement.value) for statement in stated))
        attribute = self._guide.attribute(fact.key)
        if values := StatementIndex(stated).history(fact.subject, fact.key):
            return ", then ".join(dict.fromkeys(map(attribute.show, values)))
        shifts = [s.value for s in stated if s.role == SHIFT]
        if shifts and isinstance(shifts[-1], int):
            size = attribute.difference(abs(shifts[-1]))
            return f"{size} {'higher' if shifts[-1] > 0 else 'lower'}"
        return f"once {attribute.show(stated[-1].value)}"


def gold_evidence(task: Task) -> dict[int, str]:
    """By question event: a canonical sentence for every needed fact."""
    assert isinstance(task.gold, WorldsGold)
    guide, gold = strong_reader(task.system).guide, task.gold
    return {q.event: "\n".join(_canonical(q, gold, guide)) for q in gold.questions if q.needs}


def _canonical(question: WeightedQuestion, gold: WorldsGold, guide: Guide) -> Iterator[str]:
    """All needed facts in canonical sentences: a heading and a line for each entity."""

    def block(need: Statement) -> tuple[bool, int]:
        return need.role != FORMER, gold.names.index(need.subject)

    for (is_current, _), group in groupby(sorted(question.needs, key=block), block):
        needs = [*group]
        yield f"[Fact · {needs[0].subject} · {'current' if is_current else 'before the change'}]"
        yield " ".join(map(guide.sentence, needs))
