"""The storage that an agent which knows all questions needs: at most 70 % of the budget."""

from collections.abc import Iterable, Set
from typing import TypeAlias

from memorygym.core.statements import AMONG, FORMER, Statement, Value
from memorygym.core.tokens import count
from memorygym.core.types import Budget
from memorygym.tracks.worlds.facts import Facts
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.notes import fill, note_of

Need: TypeAlias = tuple[str, str, Value]
"""The key and the role of a needed fact, and where a relation leads."""
SHARE = 0.70
"""Largest share of the budget that the needed facts may take."""


def needed_facts(timeline: FactTimeline, name: str, needs: Set[Need], *, first: bool) -> Facts:
    """The needed facts of an entity: with `first` as first stated, else as they are in the end."""
    facts: list[Statement] = []
    for fact in timeline.facts[name]:
        change = timeline.changed.get((name, fact.key))
        if (fact.key, FORMER, "") in needs:
            facts.append(fact._replace(role=FORMER))
        if _need(fact) in needs:
            facts.append(fact if first or change is None else change.new)
    return tuple(facts)


def _need(fact: Statement) -> Need:
    """What is to be stored for a fact, whatever its value at the moment."""
    return fact.key, fact.role, fact.value if fact.role == AMONG else ""


class StorageCost:
    """The storage cost of all needed facts so far, written as tagged notes batch by batch."""

    def __init__(self, timeline: FactTimeline, budget: Budget) -> None:
        assert budget.capacity is not None and budget.writes is not None and budget.slot is not None
        self._timeline = timeline
        self._slot = budget.slot
        self._most_tokens = int(SHARE * budget.capacity)
        self._most_writes = int(SHARE * budget.writes)
        self._needs: dict[str, set[Need]] = {}
        self._batches: dict[int, dict[str, int]] = {}
        self.tokens = 0
        self._writes: dict[int, int] = {}
        self._place = {name: place for place, name in enumerate(timeline.facts)}
        self._edits: set[tuple[str, str]] = set()

    @property
    def writes(self) -> int:
        """The writes that the needed facts take."""
        return sum(self._writes.values()) + len(self._edits)

    def add(self, needs: Iterable[Statement]) -> bool:
        """Adds needed facts if all still fit, and returns whether they do."""
        before: dict[str, set[Need] | None] = {}
        for need in needs:
            name = need.subject
            if name not in before:
                before[name] = self._needs.get(name)
                self._needs[name] = set(self._needs.get(name, ()))
            self._needs[name].add(_need(need))
        fits = self._update(before) and self._within_budget()
        if not fits:
            for name, old in before.items():
                if old is None:
                    del self._needs[name]
                else:
                    self._needs[name] = old
            self._update(before)
        return fits

    def _within_budget(self) -> bool:
        return self.tokens <= self._most_tokens and self.writes <= self._most_writes

    def _update(self, names: Iterable[str]) -> bool:
        """Counts these entities again; False if one of them does not fit into one entry."""
        fits = True
        touched: dict[int, None] = {}
        for name in names:
            batch = self._timeline.shown[name]
            costs = self._batches.setdefault(batch, {})
            self.tokens -= costs.pop(name, 0)
            self._edits -= {fact for fact in self._edits if fact[0] == name}
            if name in self._needs:
                cost = self._cost(name)
                costs[name] = cost + 1
                self.tokens += cost + 1
                fits &= cost <= self._slot
            touched[batch] = None
        for batch in touched:
            costs = self._batches[batch]
            notes = [("", costs[name] - 1) for name in sorted(costs, key=self._place.__getitem__)]
            self._writes[batch] = len(fill(notes, self._slot))
        return fits

    def _cost(self, name: str) -> int:
        timeline, needs = self._timeline, self._needs[name]
        for key, _, _ in needs:
            change = timeline.changed.get((name, key))
            if change and not change.notice:
                self._edits.add((name, key))
        return max(
            count(note_of(timeline.guide, needed_facts(timeline, name, needs, first=first)))
            for first in (True, False)
        )
