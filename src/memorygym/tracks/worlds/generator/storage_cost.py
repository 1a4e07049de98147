"""The storage that an agent which knows all questions needs: at most 70 % of the budget."""

from collections.abc import Iterable

from memorygym.core.tokens import count
from memorygym.core.types import Budget
from memorygym.tracks.worlds.facts import Record, RecordDraft
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import Need
from memorygym.tracks.worlds.generator.notes import fill, note_of

SHARE = 0.70
"""Largest share of the budget that the needed facts may take."""


def needed_record(
    timeline: FactTimeline, entity: int, needs: Iterable[Need], *, first: bool
) -> Record:
    """The needed facts of an entity: with `first` as first stated, else as they are in the end."""
    record = RecordDraft(timeline.names[entity])
    for need in sorted(needs):
        if need.key == "category":
            record.category = timeline.categories[entity]
        elif ">" in need.key:
            code, _, target = need.key.partition(">")
            record.edges += ((code, timeline.names[int(target)]),)
        else:
            original = timeline.values[entity][ord(need.key) - 97]
            change = timeline.changed.get((entity, need.key))
            if need.old:
                record.former[need.key] = original
            else:
                record.values[need.key] = original if first or change is None else change.new
    return record.record()


class StorageCost:
    """The storage cost of all needed facts so far, written as tagged notes batch by batch."""

    def __init__(self, timeline: FactTimeline, budget: Budget) -> None:
        assert budget.capacity is not None and budget.writes is not None and budget.slot is not None
        self._timeline = timeline
        self._slot = budget.slot
        self._most_tokens = int(SHARE * budget.capacity)
        self._most_writes = int(SHARE * budget.writes)
        self._needs: dict[int, set[Need]] = {}
        self._batches: dict[int, dict[int, int]] = {}
        self.tokens = 0
        self._writes: dict[int, int] = {}
        self._edits: set[tuple[int, str]] = set()

    @property
    def writes(self) -> int:
        """The writes that the needed facts take."""
        return sum(self._writes.values()) + len(self._edits)

    def add(self, needs: Iterable[Need]) -> bool:
        """Adds needed facts if all still fit, and returns whether they do."""
        before: dict[int, set[Need] | None] = {}
        for need in needs:
            if need.entity not in before:
                before[need.entity] = self._needs.get(need.entity)
                self._needs[need.entity] = set(self._needs.get(need.entity, ()))
            self._needs[need.entity].add(need)
        fits = self._update(before) and self._within_budget()
        if not fits:
            for entity, old in before.items():
                if old is None:
                    del self._needs[entity]
                else:
                    self._needs[entity] = old
            self._update(before)
        return fits

    def _within_budget(self) -> bool:
        return self.tokens <= self._most_tokens and self.writes <= self._most_writes

    def _update(self, entities: Iterable[int]) -> bool:
        """Counts these entities again; False if one of them does not fit into one entry."""
        fits = True
        touched: dict[int, None] = {}
        for entity in entities:
            batch = self._timeline.shown[entity]
            costs = self._batches.setdefault(batch, {})
            self.tokens -= costs.pop(entity, 0)
            self._edits -= {key for key in self._edits if key[0] == entity}
            if entity in self._needs:
                costs[entity] = cost = self._cost(entity)
                self.tokens += cost + 1
                costs[entity] += 1
                fits &= cost <= self._slot
            touched[batch] = None
        for batch in touched:
            costs = self._batches[batch]
            self._writes[batch] = len(fill([("", costs[e] - 1) for e in sorted(costs)], self._slot))
        return fits

    def _cost(self, entity: int) -> int:
        timeline, needs = self._timeline, self._needs[entity]
        for need in needs:
            change = timeline.changed.get((entity, need.key))
            if change and not change.notice:
                self._edits.add((entity, need.key))
        return max(
            count(note_of(timeline.guide, needed_record(timeline, entity, needs, first=first)))
            for first in (True, False)
        )
