"""Memories as arms play them: made by their specs, shown whole, timed, and the oracle."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from time import perf_counter

from memorygym.core.errors import BadSettings
from memorygym.core.tokens import count, normalize, shown_tokens, words
from memorygym.core.track import Track, find
from memorygym.core.types import JSON, Entry, Memory, MemoryContext, Message, Task
from memorygym.memories.none import Nothing
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.runs.comparison.system_specs import REFERENCES, SystemSpec
from memorygym.runs.objects import GivenMemory
from memorygym.runs.systems import is_foreign, source_of


@dataclass(frozen=True, slots=True)
class MemorySpec:
    """How a memory is made that was named."""

    make: Callable[[], Memory]
    tools: bool
    """Whether it gives its user tools."""
    source: str = ""
    """A hash of its code: a run of one cannot be continued with another."""
    given: GivenMemory | None = None
    """The object that was passed instead of a spec."""
    foreign: bool = False
    """Whether its state is kept by somebody else's code, which may keep more than it dumps."""


def plug_all(specs: Iterable[str]) -> dict[str, MemorySpec]:
    """The references and the memories, ready to be made for every episode.

    Raises UnknownPart, BadSettings or MemoryFault for one that cannot be made.
    """
    oracle = MemorySpec(Nothing, tools=False)  # The track makes it, for each task.
    return {
        spec: oracle if spec == "oracle" else plug(spec)
        for spec in dict.fromkeys([*REFERENCES, *specs])
    }


def plug(spec: str) -> MemorySpec:
    """One memory; raises as `plug_all`."""
    make = memory_factory(spec)
    memory: Memory = make()
    return MemorySpec(make, bool(memory.tools), source_of(spec), foreign=is_foreign(spec))


def plug_given(given: GivenMemory) -> MemorySpec:
    """A memory that was passed as an object: it runs in this process, and may keep more than it
    dumps."""
    tools = bool(given.make().tools)
    return MemorySpec(given.make, tools, given.source, given, foreign=True)


def memory_of(
    system: SystemSpec, task: Task, make: Callable[[], Memory], *, foreign: bool = False
) -> Callable[[], Memory]:
    """Makes the memory of an arm; `make` makes the one that its spec names, `foreign` if that is
    somebody else's."""
    if system.name == "oracle":
        return partial(Oracle, find(task.track).oracle(task))
    if system.role == "held":
        return lambda: UnlimitedView(make(), system.limits.view, weighed=foreign)
    return make


class RenamedMemory(Memory):
    """Another memory, under its name."""

    def __init__(self, inner: Memory) -> None:
        self._inner = inner
        self.tools = tuple(inner.tools)
        self.__qualname__ = getattr(inner, "__qualname__", type(inner).__qualname__)

    def open(self, context: MemoryContext) -> None:
        self._inner.open(context)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._inner.call(name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        self._inner.observe(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._inner.compose(live, budget)

    def dump(self) -> list[Entry]:
        return self._inner.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._inner.restore(entries)


class UnlimitedView(RenamedMemory):
    """A memory that shows all that another one holds: what is missing here was not stored.

    With `weighed` that is what it held as the event began. Then it is asked nothing that it is not
    asked in its own arm, and cannot tell the two apart.
    """

    def __init__(self, inner: Memory, budget: int, *, weighed: bool = False) -> None:
        super().__init__(inner)
        self._budget, self._weighed = budget, weighed
        self._before: Sequence[Entry] = ()

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        # What it composes may change what it holds, so it composes here as in its own arm.
        super().compose(live, self._budget)
        present = [normalize(message.content) for message in live]
        texts = (entry.text for entry in (self._before if self._weighed else self._inner.dump()))
        return [Message("user", t) for t in texts if not any(t in said for said in present)]

    def dump(self) -> list[Entry]:
        self._before = entries = super().dump()
        return entries

    def restore(self, entries: Sequence[Entry]) -> None:
        self._before = entries
        super().restore(entries)


class TimedMemory(RenamedMemory):
    """A memory whose work is timed: milliseconds from one compose to the end of the next."""

    def __init__(self, inner: Memory, steps: list[float]) -> None:
        super().__init__(inner)
        self._steps, self._spent = steps, 0.0

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        with self._timed():
            return super().call(name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        with self._timed():
            super().observe(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        with self._timed():
            composed = super().compose(live, budget)
        self._steps.append(round(1000 * self._spent, 4))
        self._spent = 0.0
        return composed

    @contextmanager
    def _timed(self) -> Iterator[None]:
        start = perf_counter()
        try:
            yield
        finally:
            self._spent += perf_counter() - start


class Oracle(Memory):
    """The ceiling: shows the facts that each question needs if they fit the budget together.

    It is the one memory that is given the side table.
    """

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        """What to show, by event."""

    def open(self, context: MemoryContext) -> None:
        self._meter = context

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        message = Message("user", self._texts.get(self._meter.event(), ""))
        if not message.content:
            return ()
        fits = budget is None or shown_tokens(message, self._meter.count) <= budget
        return (message,) if fits else ()


def check_view(track: Track, task: Task, view: int) -> None:
    """Raises BadSettings for a budget that holds no fact of the task."""
    if (least := least_view(track, task)) > view:
        raise BadSettings(
            f"a budget of {view} holds no fact of this track; the least that holds one is"
            f" {least} tokens"
        )


def least_view(track: Track, task: Task) -> int:
    """The fewest tokens of a view that hold what some event of the task needs."""
    texts = track.oracle(task)
    known = set(words(task.system))
    if not task.events:  # What tools will have shown is known only once it is played.
        known.update(*map(words, texts.values()))
    costs: list[int] = []
    for at in range(max(len(task.events), max(texts, default=-1) + 1)):
        if at < len(task.events):
            known |= words(task.events[at].text)
        if texts.get(at):
            costs.append(shown_tokens(Message("user", texts[at]), partial(count, known=known)))
    return min(costs, default=0)
