"""How long a memory takes for each step of its agent, measured around its calls."""

from collections.abc import Mapping, Sequence
from time import perf_counter

from memorygym.core import JSON, Entry, Memory, Message, Meter
from memorygym.runs.folder import Run, name_parts
from memorygym.runs.results import ALL

Clock = Mapping[str, tuple[float, float]]
"""By arm: the median and the 95th percentile of its milliseconds a step."""


class Timed(Memory):
    """A memory whose work is timed: milliseconds from one compose to the end of the next."""

    def __init__(self, inner: Memory, steps: list[float]) -> None:
        self._inner = inner
        self._steps, self._spent = steps, 0.0
        self.tools = tuple(inner.tools)
        self.__qualname__ = getattr(inner, "__qualname__", type(inner).__qualname__)

    def open(self, meter: Meter) -> None:
        self._inner.open(meter)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        start = perf_counter()
        try:
            return self._inner.call(name, arguments)
        finally:
            self._spent += perf_counter() - start

    def observe(self, new: Sequence[Message]) -> None:
        start = perf_counter()
        self._inner.observe(new)
        self._spent += perf_counter() - start

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        start = perf_counter()
        composed = self._inner.compose(live, budget)
        self._steps.append(round(1000 * (self._spent + perf_counter() - start), 4))
        self._spent = 0.0
        return composed

    def dump(self) -> list[Entry]:
        return self._inner.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._inner.restore(entries)


def clocked(run: Run) -> dict[tuple[str, str, int | None], list[float]]:
    """By reasoner, arm and budget: the milliseconds of each step, as the run has kept them.

    An episode that was played twice, since the first time was cut short, counts as it last went.
    """
    last: dict[str, list[float]] = {}
    for row in run.timings():
        last[row["episode"]] = row.get("memory_ms", [])
    found: dict[tuple[str, str, int | None], list[float]] = {}
    for name, steps in last.items():
        _, _, reasoner, arm, budget = name_parts(name)
        view = None if budget == ALL else int(budget)
        found.setdefault((reasoner, arm, view), []).extend(steps)
    return found


def clock_of(times: Mapping[str, Sequence[float]]) -> dict[str, tuple[float, float]]:
    """The clock of each arm that was timed, from the milliseconds of its steps.

    >>> clock_of({"a": [5, 1, 4, 2, 3], "b": []})
    {'a': (3, 5)}
    """
    return {
        arm: (ordered[(len(ordered) - 1) // 2], ordered[-(-95 * len(ordered) // 100) - 1])
        for arm, found in times.items()
        if (ordered := sorted(found))
    }
