"""The storage that an agent which knows all questions needs: at most 70 % of the budget."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TypeAlias

from memorygym.core.statements import AMONG, FORMER, Statement, Value
from memorygym.core.tokens import count
from memorygym.core.types import Budget
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.notes import fill, note_of

Need: TypeAlias = tuple[str, str, Value]
"""The key and the role of a needed fact, and where a relation leads."""
SHARE = 0.70
"""Largest share of the budget that the needed facts may take."""


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
        self._place = {name: place for place, name in enumerate(timeline.facts)}
        self._needs: dict[int, dict[str, frozenset[Need]]] = {}
        """By batch and entity."""
        self._note_cost = cache(self._cost_of_note)
        self.tokens, self.writes = 0, 0

    def add(self, needs: Iterable[Statement]) -> bool:
        """Adds needed facts if all still fit, and returns whether they do."""
        batches: dict[int, dict[str, frozenset[Need]]] = {}
        for need in needs:
            batch = self._timeline.events[need[:2]]
            notes = batches.setdefault(batch, {**self._needs.get(batch, {})})
            notes[need.subject] = notes.get(need.subject, frozenset()) | {_need(need)}
        tokens, writes = self.tokens, self.writes
        for batch, notes in batches.items():
            if any(self._note_cost(*note) > self._slot for note in notes.items()):
                return False
            cost, before = self._cost(notes), self._cost(self._needs.get(batch, {}))
            tokens, writes = tokens + cost[0] - before[0], writes + cost[1] - before[1]
        if tokens > self._most_tokens or writes > self._most_writes:
            return False
        self.tokens, self.writes = tokens, writes
        self._needs |= batches
        return True

    def _cost(self, notes: Mapping[str, frozenset[Need]]) -> tuple[int, int]:
        """The tokens of a batch's notes, and the writes: entries, and edits that are not free."""
        names = sorted(notes, key=self._place.__getitem__)
        costs = [self._note_cost(name, notes[name]) for name in names]
        facts = {(name, key) for name in names for key, *_ in notes[name]}
        changes = [self._timeline.changed[fact] for fact in facts if fact in self._timeline.changed]
        entries = fill([("", cost) for cost in costs], self._slot)
        return sum(costs) + len(costs), len(entries) + sum(not c.notice for c in changes)

    def _cost_of_note(self, name: str, needs: frozenset[Need]) -> int:
        """The tokens of a note, as it is first written or as it is in the end."""
        first, last = list[Statement](), list[Statement]()
        for fact in self._timeline.facts[name]:
            if (fact.key, FORMER, "") in needs:
                first.append(fact._replace(role=FORMER))
                last.append(first[-1])
            if _need(fact) in needs:
                change = self._timeline.changed.get((name, fact.key))
                first.append(fact)
                last.append(change.new if change else fact)
        guide = self._timeline.guide
        return max(count(note_of(guide, tuple(facts))) for facts in (first, last))
