"""How long a memory takes for each step of its agent, measured around its calls."""

from collections.abc import Mapping, Sequence
from time import perf_counter

from memorygym.core import JSON, Entry, Memory, Message, Meter


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
