"""Decides where a memory runs: ours in this process, everybody else's in one of its own."""

import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import TypeVar

from memorygym.core import registry
from memorygym.core.errors import (
    BadKey,
    BadSettings,
    MemoryFault,
    MemoryGymError,
    ProviderFailure,
    UnknownPart,
)
from memorygym.core.json_types import SchemaMismatch, from_json, to_json
from memorygym.core.types import JSON, Entry, Memory, MemoryContext, Message, Tool
from memorygym.memories.sandbox import process
from memorygym.memories.sandbox.module_files import search_path
from memorygym.memories.sandbox.process import DEFAULT, Ended, Line, Process, ProcessLimits

T = TypeVar("T")


def memory_factory(spec: str, limits: ProcessLimits = DEFAULT) -> Callable[[], Memory]:
    """The factory of the memory that `spec` names; nothing of other people's is imported for it.

    A spec is an id, `module:factory`, or `shim:module:factory`, and then parameters: `:top_k=5`.
    Raises UnknownPart with the nearest name.

    >>> memory_factory("bm25:top_k=5")().top_k
    5
    """
    name, _ = registry.split_spec(spec)
    if registry.is_built_in("memory", name):
        return partial(registry.make, "memory", spec)
    shim, colon, inner = name.partition(":")
    if not colon:
        registry.require_name("memory", name)
    elif ":" in inner and not registry.is_built_in("shims", shim):
        raise UnknownPart("shim", shim, registry.names("shims"))
    return partial(Remote, spec, limits)


def check(spec: str, limits: ProcessLimits = DEFAULT) -> None:
    """Makes the memory once where it will run. Raises BadSettings, UnknownPart or MemoryFault."""
    memory_factory(spec, limits)()


class Remote(Memory):
    """One memory that `spec` names (see `sandbox.server.made`) in one process, which ends with this
    object.

    All that goes wrong there is raised here as a MemoryFault that names the memory and the call;
    what the meter raised, Refused and ProviderFailure arrive as they were raised, and BadSettings
    before the memory is opened. Later it must not stop what others play.
    """

    def __init__(self, spec: str, limits: ProcessLimits = DEFAULT) -> None:
        self._spec, self._limits = spec, limits
        self.__qualname__ = spec  # By which the referee names a memory.
        self._meter: MemoryContext | None = None
        self._process = Process(spec)
        self._end = weakref.finalize(self, self._process.end)
        try:
            self._ask("start", asdict(limits), to_json(search_path()))
        except MemoryGymError:
            self._end()
            raise

    @property
    def tools(self) -> tuple[Tool, ...]:  # type: ignore[override]  # asked for, not kept
        """The tools that it has now."""
        return self._asked_for(tuple[Tool, ...], "tools")

    def open(self, context: MemoryContext) -> None:
        self._meter = context
        self._ask("open", context.instructions)

    def observe(self, new: Sequence[Message]) -> None:
        self._ask("observe", to_json(tuple(new)))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._asked_for(tuple[Message, ...], "compose", to_json(tuple(live)), budget)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._asked_for(str, "call", name, to_json(arguments))

    def dump(self) -> list[Entry]:
        return list(self._asked_for(tuple[Entry, ...], "dump"))

    def restore(self, entries: Sequence[Entry]) -> None:
        self._ask("restore", to_json(tuple(entries)))

    def _asked_for(self, kind: type[T], method: str, *arguments: JSON) -> T:
        value = self._ask(method, *arguments)
        try:
            return from_json(kind, value)
        except SchemaMismatch as misfit:
            raise self._fault(f"{method} returned {value!r:.80}: it {misfit}") from misfit

    def _ask(self, method: str, *arguments: JSON) -> JSON:
        """What the method returns there; until then the meter is answered."""
        line: Line = [method, *arguments]
        left = self._limits.seconds
        told: MemoryGymError | None = None
        if not self._end.alive:
            raise self._fault(f"{method} was called after its process had ended")
        try:
            while True:
                left = self._process.send(process.encode(line), left)
                raw, left = self._process.receive(left)
                match process.decode(raw):
                    case ["returned", value]:
                        return value
                    case ["raised", str(kind), str(text), str(where)]:
                        raise self._raised(kind, text, where, told)
                    case asked:
                        line, told = self._answer(method, asked)
        except Ended as ended:
            limits = asdict(self._limits)
            raise self._fault(f"{method} {str(ended).format_map(limits)}") from None
        except ValueError as error:
            raise self._fault(f"{method} broke the line to its process ({error})") from error

    def _answer(self, method: str, asked: Line) -> tuple[Line, MemoryGymError | None]:
        """The meter's answer, and what it raised."""
        context = self._meter
        if context is None:
            raise self._fault(f"{method} asked the meter before it was opened")
        try:
            match asked:
                case ["store", str(text), str() | None as replacing]:
                    return ["returned", context.store(text, replacing)], None
                case ["event"]:
                    return ["returned", context.event()], None
                case ["count", str(text)]:
                    return ["returned", context.count(text)], None
                case ["write", str(task), str(text), int(most)]:
                    return ["returned", context.write(task, text, most)], None
        except MemoryGymError as error:
            return process.raised(error), error
        raise self._fault(f"{method} asked the meter for {asked!r:.80}")

    def _raised(
        self, kind: str, text: str, where: str, told: MemoryGymError | None
    ) -> MemoryGymError:
        """What is raised here for what was raised there."""
        error = process.error_of(kind, text)
        if told and str(told) == text:
            return told
        if isinstance(error, BadKey):
            error = ProviderFailure(text)  # Not our key: it is no reason to stop everything.
        elif error is None or isinstance(error, MemoryFault):
            error = self._fault(text)
        elif isinstance(error, BadSettings) and self._meter:
            error = self._fault(f"it raised {kind}: {text}")
        error.add_note(where)
        return error

    def _fault(self, what: str) -> MemoryFault:
        self._end()
        return MemoryFault(f"the memory {self._spec}: {what}")
