"""Passages that fade: each remembers when it was told or last recalled, and how often it was."""

from collections.abc import Iterator, Sequence
from itertools import takewhile
from math import exp
from typing import NamedTuple

from memorygym.core import Entry, Meter
from memorygym.stores.passages import Passages
from memorygym.stores.search.vectors import Best, Vectors

STRENGTHS = tuple(min(100.0, 1.5**recalls) for recalls in range(13))
"""By recalls: the days in which a passage fades to 1/e; more recalls count no more."""


class Mark(NamedTuple):
    """The first line of an entry."""

    told: int
    """The number of the message of the user with which it was told or last recalled."""
    recalls: int


class Fading(Passages):
    """Passages under their vectors; beyond the capacity the one of least retention makes room.

    The clock is the newest mark, so that all of the state is in the entries.
    """

    def __init__(self, meter: Meter, index: Vectors, days_per_message: float) -> None:
        super().__init__(meter)
        self.now = 0
        self._index = index
        self._rates = [days_per_message / strength for strength in STRENGTHS]
        self._passages: dict[int, str] = {}
        self._marks: dict[int, Mark] = {}
        self._groups: list[dict[int, int]] = [{} for _ in STRENGTHS]
        """By recalls: when each key was told, oldest first."""

    def tell(self, passage: str, at: int) -> None:
        """Stores a passage as told with the message of that number."""
        self.add(_entry(Mark(at, 0), passage))

    def passage(self, key: int) -> str:
        """The text under a key without its mark."""
        return self._passages[key]

    def search(self, query: str, k: int) -> list[int]:
        """The k keys with the largest products of cosine and retention, best first."""
        best, worst = Best(k), 0.0
        cosine = self._index.cosines(query)
        for group, rate in zip(self._groups, self._rates, strict=True):
            for key in reversed(group):
                retention = exp((group[key] - self.now) * rate)
                if retention <= worst:  # No cosine is above 1, and older ones retain less.
                    break
                score = cosine(key) * retention
                if score > worst:
                    worst = best.offer(score, key)
        return [key for key, _ in best.found()]

    def recall(self, key: int) -> None:
        """Strengthens a passage and makes it new, unless something did at this hour."""
        mark = self._marks[key]
        if mark.told < self.now:
            stronger = Mark(self.now, min(mark.recalls + 1, len(STRENGTHS) - 1))
            self.replace(key, _entry(stronger, self._passages[key]))

    def victim(self) -> int:
        """The key of least retention; ties go to the smaller key."""
        least: list[tuple[float, int]] = []
        for group, strength in zip(self._groups, STRENGTHS, strict=True):
            least += [((told - self.now) / strength, key) for key, told in _oldest(group)]
        return min(least)[1]

    def drop(self, key: int) -> None:
        """Forgets the passage under a key."""
        super().drop(key)
        self._index.drop(key)
        del self._passages[key], self._groups[self._marks.pop(key).recalls][key]
        if not self._marks:
            self.now = 0

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump."""
        super().restore(entries)
        for group in self._groups:
            order = sorted(group.items(), key=lambda item: (item[1], item[0]))
            group.clear()
            group.update(order)

    def _set(self, key: int, text: str) -> None:
        super()._set(key, text)
        line, _, passage = text.partition("\n")
        if key in self._marks:
            del self._groups[self._marks[key].recalls][key]
        else:
            self._passages[key] = passage
            self._index.set(key, passage)
        mark = self._marks[key] = Mark(*map(int, line.split()))
        self._groups[mark.recalls][key] = mark.told
        self.now = max(self.now, mark.told)


def _oldest(group: dict[int, int]) -> Iterator[tuple[int, int]]:
    """The keys that were told first, with when."""
    first = next(iter(group.values()), None)
    return takewhile(lambda item: item[1] == first, group.items())


def _entry(mark: Mark, passage: str) -> str:
    return f"{mark.told} {mark.recalls}\n{passage}"
