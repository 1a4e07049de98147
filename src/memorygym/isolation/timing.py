"""How long a memory takes, measured around its calls."""

from collections.abc import Mapping, Sequence
from time import perf_counter

from memorygym.core import JSON, Entry, Memory, Message, Meter


class Timed(Memory):
    """A memory whose `observe` and `compose` are timed, in milliseconds."""

    def __init__(self, inner: Memory, observed: list[float], composed: list[float]) -> None:
        self._inner = inner
        self._observed, self._composed = observed, composed
        self.tools = tuple(inner.tools)
        self.__qualname__ = getattr(inner, "__qualname__", type(inner).__qualname__)

    def open(self, meter: Meter) -> None:
        self._inner.open(meter)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._inner.call(name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        start = perf_counter()
        self._inner.observe(new)
        self._observed.append(round(1000 * (perf_counter() - start), 4))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        start = perf_counter()
        composed = self._inner.compose(live, budget)
        self._composed.append(round(1000 * (perf_counter() - start), 4))
        return composed

    def dump(self) -> list[Entry]:
        return self._inner.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._inner.restore(entries)
