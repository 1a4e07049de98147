"""Where a memory runs: built-in memories in this process, every other one in its own process."""

import os
import sys
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

from memorygym.core import registry
from memorygym.core.budget import TrackerContext
from memorygym.core.errors import (
    BadKey,
    BadSettings,
    MemoryFault,
    MemoryGymError,
    ProviderFailure,
    UnknownPart,
)
from memorygym.core.guard import CALLED, COMPOSED, DUMPED, TOOLS, fault
from memorygym.core.json_types import SchemaMismatch, from_json, to_json
from memorygym.core.types import JSON, Entry, Memory, MemoryContext, Message, Tool
from memorygym.memories.sandbox import process
from memorygym.memories.sandbox.endpoint_proxy import PATIENCE, EndpointProxy
from memorygym.memories.sandbox.process import DEFAULT, Ended, Line, Process, ProcessLimits

T = TypeVar("T")


def memory_factory(spec: str, endpoint: str | None = None) -> Callable[[], Memory]:
    """The factory of the memory that `spec` names. It imports no code from outside this package.
    What such code asks a model goes to the `endpoint`, if one is given, and is counted.

    A spec is an id, `module:factory` or `shim:module:factory`, then parameters: `:top_k=5`. Raises
    UnknownPart with the nearest name.

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
    return partial(Remote, spec, endpoint=endpoint)


def _end(process: Process, proxy: EndpointProxy | None) -> None:
    process.end()
    if proxy:
        proxy.end()


def check(spec: str) -> None:
    """Makes the memory once where it will run. Raises BadSettings, UnknownPart or MemoryFault."""
    memory_factory(spec)()


RETURNS = {"compose": COMPOSED, "dump": DUMPED, "call": CALLED, "tools": TOOLS}
"""The advice, by method, if it returned something else."""
MOST_ITEMS = 100_000
"""Most messages of a context, or entries of a dump: the episode checks each at every step."""
LABELS = {"start": "the factory", "tools": "`tools`"}
"""The names, in messages, of steps that are no methods."""


class Remote(Memory):
    """The memory that `spec` names (see `sandbox.server.make_memory`) in a process of its own.

    The process ends with this object.

    Every failure there is raised here as a MemoryFault that names the memory and the method. Errors
    of the memory context, Refused and ProviderFailure arrive unchanged. BadSettings arrives
    unchanged before `open`; afterwards it is a MemoryFault too, so that other systems play on.
    """

    def __init__(
        self, spec: str, limits: ProcessLimits = DEFAULT, endpoint: str | None = None
    ) -> None:
        self._spec = self.__qualname__ = spec  # The guard's messages use the second name.
        self._context: MemoryContext | None = None
        self._proxy = proxy = EndpointProxy(endpoint) if endpoint else None
        if proxy:  # The model that it waits for takes its time.
            limits = replace(limits, seconds=PATIENCE)
        command = [sys.executable, "-m", "memorygym.memories.sandbox.server", spec]
        # One order of sets, so that the same episode gives the same trace.
        variables = {"PYTHONHASHSEED": "0", **os.environ, **(proxy.environment if proxy else {})}
        self._process = Process(command, variables, limits)
        self._end = weakref.finalize(self, _end, self._process, proxy)
        try:
            self._ask("start", asdict(limits), [*sys.path, str(Path.cwd())])
        except MemoryGymError:
            self._end()
            raise

    @property
    def tools(self) -> tuple[Tool, ...]:  # type: ignore[override]  # asked, not kept
        """The tools that the memory offers now."""
        return self._value_of(tuple[Tool, ...], "tools")

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self._ask("open", context.instructions)

    def observe(self, new: Sequence[Message]) -> None:
        self._ask("observe", to_json(tuple(new)))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return self._value_of(tuple[Message, ...], "compose", to_json(tuple(live)), budget)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        return self._value_of(str, "call", name, to_json(arguments))

    def dump(self) -> list[Entry]:
        return list(self._value_of(tuple[Entry, ...], "dump"))

    def restore(self, entries: Sequence[Entry]) -> None:
        self._ask("restore", to_json(tuple(entries)))

    def _value_of(self, kind: type[T], method: str, *arguments: JSON) -> T:
        value = self._ask(method, *arguments)
        if isinstance(value, list) and len(value) > MOST_ITEMS:
            problem = f"returned {len(value):,} items, more than the limit of {MOST_ITEMS:,}"
            raise self._fault(method, problem, "Return fewer and longer ones.")
        try:
            return from_json(kind, value)
        except SchemaMismatch as mismatch:
            detail = "" if str(mismatch).startswith("is ") else f", where {mismatch},"
            problem = f"returned {value!r:.80}{detail}"
            raise self._fault(method, problem, RETURNS[method]) from mismatch

    def _ask(self, method: str, *arguments: JSON) -> JSON:
        """What the method returns. Until then, its requests to the memory context are answered."""
        try:
            return self._returned([method, *arguments], method)
        finally:
            if self._proxy:
                self._account(self._proxy, method)

    def _account(self, proxy: EndpointProxy, method: str) -> None:
        """Records the calls that the method made. Raises ProviderFailure if the endpoint failed:
        the memory may have gone on without its answer."""
        if not isinstance(self._context, TrackerContext):
            return
        calls, failure = proxy.take()
        for call in calls:
            self._context.record(call)
        if failure:
            raise ProviderFailure(
                f"memory {self._spec}: the endpoint that it asked in {method} failed: {failure}"
            )

    def _returned(self, line: Line, method: str) -> JSON:
        left = self._process.limits.seconds
        context_error: MemoryGymError | None = None
        if not self._end.alive:
            raise self._fault(method, "was called after the memory's process had ended")
        try:
            while True:
                answer, left = self._process.ask(line, left)
                match answer:
                    case ["returned", value]:
                        return value
                    case ["raised", str(kind), str(text), str(where)]:
                        raise self._raised(method, (kind, text, where), context_error)
                    case request:
                        line, context_error = self._answer(method, request)
        except Ended as ended:
            raise self._fault(method, str(ended), ended.advice) from None
        except ValueError as error:
            problem = f"broke the connection to its process ({error})"
            raise self._fault(
                method, problem, "Write to no file descriptor you did not open."
            ) from error

    def _answer(self, method: str, request: Line) -> tuple[Line, MemoryGymError | None]:
        """The answer of the memory context, and the error that it raised."""
        context = self._context
        if context is None:
            problem = "used the memory context before open() had received it"
            raise self._fault(method, problem)
        try:
            match request:
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
        problem = f"sent {request!r:.80} to the memory context"
        raise self._fault(method, problem, "Use its methods: event, store, count, write.")

    def _raised(
        self, method: str, raised: tuple[str, str, str], context_error: MemoryGymError | None
    ) -> MemoryGymError:
        """The error to raise here for one that was raised there."""
        kind, text, where = raised
        error = process.error_of(kind, text)
        if context_error and str(context_error) == text:
            return context_error
        if isinstance(error, BadKey):
            error = ProviderFailure(text)  # The memory's own key must not stop the whole run.
        elif error is None or isinstance(error, MemoryFault):
            error = self._fault(method, text)
        elif isinstance(error, BadSettings) and self._context:
            error = self._fault(method, f"raised {kind}: {text}")
        error.add_note(where)
        return error

    def _fault(self, method: str, problem: str, advice: str = "") -> MemoryFault:
        """Ends the process; returns the error that says what the method did."""
        self._end()
        event = self._context.event() if self._context else -1
        return fault(self._spec, f"{LABELS.get(method, method + '()')} {problem}", event, advice)
