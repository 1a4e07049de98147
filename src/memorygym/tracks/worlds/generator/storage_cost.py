"""The storage that an agent which knows all questions needs: at most 70 % of the budget."""

from collections.abc import Iterable, Mapping, Set
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


def _needed(timeline: FactTimeline, name: str, needs: Set[Need], *, first: bool) -> Facts:
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
        self._place = {name: place for place, name in enumerate(timeline.facts)}
        self._needs: dict[str, Set[Need]] = {}
        self._notes: dict[int, dict[str, int]] = {}
        """By batch: the tokens of the note on each of its entities."""
        self.tokens, self.writes = 0, 0

    def add(self, needs: Iterable[Statement]) -> bool:
        """Adds needed facts if all still fit, and returns whether they do."""
        added: dict[str, set[Need]] = {}
        for need in needs:
            known = self._needs.get(need.subject, ())
            added.setdefault(need.subject, {*known}).add(_need(need))
        tokens, writes, notes = self.tokens, self.writes, dict[int, dict[str, int]]()
        for name, all_needs in added.items():
            batch = self._timeline.shown[name]
            before = self._notes.get(batch, {})
            cost = self._cost(name, all_needs)
            if cost > self._slot:
                return False
            notes.setdefault(batch, {**before})[name] = cost
            tokens += cost + 1 - (before[name] + 1 if name in before else 0)
            writes += self._edits(name, all_needs) - self._edits(name, self._needs.get(name, ()))
        for batch, costs in notes.items():
            writes += self._entries(costs) - self._entries(self._notes.get(batch, {}))
        if tokens > self._most_tokens or writes > self._most_writes:
            return False
        self.tokens, self.writes = tokens, writes
        self._needs |= added
        self._notes |= notes
        return True

    def _cost(self, name: str, needs: Set[Need]) -> int:
        """The tokens of a note, as it is first written or as it is in the end."""
        return max(
            count(note_of(self._timeline.guide, _needed(self._timeline, name, needs, first=first)))
            for first in (True, False)
        )

    def _edits(self, name: str, needs: Iterable[Need]) -> int:
        """The edits that are not free: those of facts that change without a notice."""
        changes = (self._timeline.changed.get((name, key)) for key in {key for key, *_ in needs})
        return sum(change is not None and not change.notice for change in changes)

    def _entries(self, costs: Mapping[str, int]) -> int:
        """The entries that the notes of a batch fill."""
        notes = [("", costs[name]) for name in sorted(costs, key=self._place.__getitem__)]
        return len(fill(notes, self._slot))
