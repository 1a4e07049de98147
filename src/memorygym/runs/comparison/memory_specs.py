"""How a comparison makes memories: from specs, with unlimited context or timed; and the oracle."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from time import perf_counter
from typing import TypeVar

from memorygym.core.budget import BudgetTracker
from memorygym.core.errors import BadSettings
from memorygym.core.tokens import count, normalize, shown_tokens, words
from memorygym.core.track import Track, find
from memorygym.core.types import JSON, Budget, Entry, Memory, MemoryContext, Message, Task
from memorygym.memories.none import Nothing
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.memories.stores.notebook import TOOLS, Notebook
from memorygym.runs.comparison.system_specs import REFERENCES, MemorySpec, SystemSpec
from memorygym.runs.objects import GivenMemory
from memorygym.runs.systems import is_foreign

T = TypeVar("T")


def plug_all(
    memories: Iterable[str | GivenMemory], endpoint: str | None = None
) -> dict[str, MemorySpec]:
    """The references and the memories by name, ready to be made for every episode. Memories from
    outside ask the `endpoint` for models, through a proxy that counts, if it is given.

    Raises UnknownPart, BadSettings or MemoryFault for a memory that cannot be made.
    """
    named = {m if isinstance(m, str) else m.name: m for m in [*REFERENCES, *memories]}
    oracle = MemorySpec(Nothing, tools=False)  # The track makes it for each task.
    return {
        name: oracle if name == "oracle" else plug(memory, endpoint)
        for name, memory in named.items()
    }


def plug(memory: str | GivenMemory, endpoint: str | None = None) -> MemorySpec:
    """How one memory is made. An object runs in this process, and may keep more than it dumps.
    Raises as `plug_all` does."""
    if isinstance(memory, GivenMemory):
        return MemorySpec(memory.make, bool(memory.make().tools), memory, foreign=True)
    make = memory_factory(memory, endpoint)
    made: Memory = make()
    return MemorySpec(make, bool(made.tools), foreign=is_foreign(memory))


def asks_model(memory: MemorySpec) -> bool:
    """Whether a memory asks its model about a long history, shown in a small budget."""
    tasks: list[str] = []

    def write(task: str, *_: object) -> str:
        tasks.append(task)
        return ""

    made = memory.make()
    made.open(BudgetTracker(Budget()).context(write))
    made.observe([Message("user", f"Note {n}: Ann Lee has {n} cups.") for n in range(200)])
    made.compose([Message("user", "How many cups has Ann Lee?")], 500)
    return bool(tasks)


def memory_of(system: SystemSpec, task: Task) -> Callable[[], Memory]:
    """The factory of a system's memory on a task."""
    memory = system.memory
    if system.name == "oracle":
        return partial(Oracle, find(task.track).oracle(task))
    if system.role == "unlimited":
        limit = system.limits.view
        return lambda: UnlimitedContext(as_written(memory.make()), limit, as_dumped=memory.foreign)
    return lambda: as_written(memory.make())


def as_written(memory: Memory) -> Memory:
    """The memory as a scripted writer uses it, which knows no tools but those of the notebook."""
    if isinstance(memory, Notebook):
        memory.tools = TOOLS
    return memory


class WrappedMemory(Memory):
    """A wrapper around a memory that keeps its name."""

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


class UnlimitedContext(WrappedMemory):
    """A memory whose context is everything that it stores: a fact missing here was not stored.

    With `as_dumped`, the context is what `dump` returned as the event began. The memory is then
    called exactly as in its own row, and cannot distinguish the two rows.
    """

    def __init__(self, inner: Memory, budget: int, *, as_dumped: bool = False) -> None:
        super().__init__(inner)
        self._budget, self._as_dumped = budget, as_dumped
        self._dumped: Sequence[Entry] = ()

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        # Composing may change what it stores, so it composes here as in its own row.
        super().compose(live, self._budget)
        present = [normalize(message.content) for message in live]
        texts = (entry.text for entry in (self._dumped if self._as_dumped else self._inner.dump()))
        return [
            Message("user", text)
            for text in texts
            if not any(text in live_text for live_text in present)
        ]

    def dump(self) -> list[Entry]:
        self._dumped = entries = super().dump()
        return entries

    def restore(self, entries: Sequence[Entry]) -> None:
        self._dumped = entries
        super().restore(entries)


class TimedMemory(WrappedMemory):
    """A wrapper that times a memory: milliseconds from one compose to the end of the next."""

    def __init__(self, inner: Memory, steps: list[float]) -> None:
        super().__init__(inner)
        self._steps, self._spent = steps, 0.0

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._timed(super().call, name, arguments)

    def observe(self, new: Sequence[Message]) -> None:
        self._timed(super().observe, new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        composed = self._timed(super().compose, live, budget)
        self._steps.append(round(1000 * self._spent, 4))
        self._spent = 0.0
        return composed

    def _timed(self, method: Callable[..., T], *arguments: object) -> T:
        start = perf_counter()
        try:
            return method(*arguments)
        finally:
            self._spent += perf_counter() - start


class Oracle(Memory):
    """Gold evidence: the facts that each question needs, if they fit the budget together.

    It is the upper bound, and the only memory made from the gold table.
    """

    def __init__(self, texts: Mapping[int, str]) -> None:
        self._texts = texts
        """The text of each event."""

    def open(self, context: MemoryContext) -> None:
        self._context = context

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        message = Message("user", self._texts.get(self._context.event(), ""))
        if not message.content:
            return ()
        fits = budget is None or shown_tokens(message, self._context.count) <= budget
        return (message,) if fits else ()


def check_view(track: Track, task: Task, view: int) -> None:
    """Raises BadSettings if no needed fact of the task fits the budget."""
    if (least := least_view(track, task)) > view:
        raise BadSettings(
            f"a budget of {view} tokens holds no needed fact of this track; give at least {least}"
        )


def least_view(track: Track, task: Task) -> int:
    """The fewest tokens of a context that hold what some event of the task needs."""
    texts = track.oracle(task)
    known = set(words(task.system))
    if not task.events:  # What tools show is known only when it is played.
        known.update(*map(words, texts.values()))
    costs: list[int] = []
    for event in range(max(len(task.events), max(texts, default=-1) + 1)):
        if event < len(task.events):
            known |= words(task.events[event].text)
        if texts.get(event):
            message = Message("user", texts[event])
            costs.append(shown_tokens(message, partial(count, known=known)))
    return min(costs, default=0)
