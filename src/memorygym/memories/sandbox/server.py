"""`python -m memorygym.memories.sandbox.server SPEC LIFELINE`: serves one memory to its parent.

Requests and answers use the socket that is the standard input. The memory itself reads an empty
input, and what it prints goes to standard error.
"""

import fcntl
import os
import resource
import signal
import sys
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from threading import Lock
from typing import BinaryIO

from memorygym.core import registry
from memorygym.core.errors import MemoryFault, MemoryGymError
from memorygym.core.factories import parameters_of, set_parameters
from memorygym.core.guard import raised
from memorygym.core.json_types import from_json, to_json
from memorygym.core.types import JSON, Entry, Memory, Message
from memorygym.memories.sandbox import process
from memorygym.memories.sandbox.import_guard import block, shut, was_blocked
from memorygym.memories.sandbox.process import DEFAULT, Line, ProcessLimits

LONGEST_TRACEBACK = 4000
"""Characters."""


class RemoteContext:
    """The `MemoryContext` of the parent, reached over the socket while a request is served."""

    def __init__(self, requests: BinaryIO, answers: BinaryIO) -> None:
        self._requests, self._answers = requests, answers
        self._lock = Lock()
        self._open = False
        self._counted: dict[str, int] = {}
        self.instructions = ""

    def event(self) -> int:
        return from_json(int, self._ask("event"))

    def store(self, text: str, replacing: str | None = None) -> str:
        return from_json(str, self._ask("store", text, replacing))

    def count(self, text: str) -> int:
        """Tokens of a text; the count of a text cannot change within a request."""
        if text not in self._counted:
            self._counted[text] = from_json(int, self._ask("count", text))
        return self._counted[text]

    def write(self, task: str, text: str, most: int) -> str:
        return from_json(str, self._ask("write", task, text, most))

    def request(self) -> Line | None:
        """The next request; None when the parent has no more."""
        if not (raw := self._requests.readline()):
            return None
        with self._lock:
            self._open = True
            self._counted.clear()
        return process.decode(raw)

    def answer(self, line: bytes) -> None:
        """Ends the request. A thread that uses the context afterwards gets a MemoryFault."""
        with self._lock:
            self._open = False
            self._send(line)

    def _send(self, line: bytes) -> None:
        self._answers.write(line)
        self._answers.flush()

    def _ask(self, *line: JSON) -> JSON:
        with self._lock:
            if not self._open:
                raise MemoryFault(
                    "used the memory context outside a call of the memory's methods; use it within"
                    " them, not in a thread of your own"
                )
            self._send(process.encode(list(line)))
            raw = self._requests.readline()
        match process.decode(raw):
            case ["returned", value]:
                return value
            case ["raised", str(kind), str(text)]:
                raise process.error_of(kind, text) or MemoryFault(text)
        raise AssertionError(raw)


def make_memory(spec: str) -> Memory:
    """The memory that a spec names: `module:factory`, or a shim around the object of a factory.

    Parameters that the shim has go to the shim, all others to the factory.
    """
    name, parameters = registry.split_spec(spec)
    shim, _, inner = name.partition(":")
    if not registry.is_built_in("shims", shim):
        memory: Memory = registry.make("memory", spec)
        return memory
    wrap = registry.load("shims", shim, "wrap")
    factory = registry.load("memory", inner)
    known = parameters_of(wrap)
    outer = {parameter: text for parameter, text in parameters.items() if parameter in known}
    rest = {parameter: text for parameter, text in parameters.items() if parameter not in known}
    make = partial(factory, **set_parameters(inner, factory, rest))
    wrapped: Memory = wrap(make, **set_parameters(f"shim {shim}", wrap, outer))
    return wrapped


class Service:
    """One memory and the limits under which it runs."""

    def __init__(self, spec: str, context: RemoteContext) -> None:
        self._spec, self._context = spec, context
        self._limits = DEFAULT
        self._memory: Memory
        """Set by the first request, `start`."""

    def answer(self, request: Line) -> bytes:
        """The answer that the parent reads; it names whatever the memory raises."""
        try:
            value = self._run(request)
            try:
                return process.encode(["returned", to_json(value)])
            except TypeError as error:
                raise MemoryFault(f"returned {error}, which is no JSON") from error
        except BaseException as error:  # noqa: BLE001  # sys.exit() is an error, too
            return process.encode(self._report(error))

    def _run(self, request: Line) -> object:
        match request:
            case ["start", Mapping() as limits, list(path)]:
                self._start(ProcessLimits(**limits), [str(folder) for folder in path])
            case ["open", str(instructions)]:
                self._context.instructions = instructions
                self._memory.open(self._context)
            case ["tools"]:
                return self._memory.tools
            case ["observe", new]:
                self._memory.observe(from_json(tuple[Message, ...], new))
            case ["compose", live, None | int() as budget]:
                return self._memory.compose(from_json(tuple[Message, ...], live), budget)
            case ["call", str(name), Mapping() as arguments]:
                return self._memory.call(name, arguments)
            case ["dump"]:
                return self._memory.dump()
            case ["restore", entries]:
                self._memory.restore(from_json(tuple[Entry, ...], entries))
        return None

    def _start(self, limits: ProcessLimits, path: list[str]) -> None:
        self._limits = limits
        _limit(resource.RLIMIT_AS, limits.memory * 2**20)
        # The signal of the soft limit names the cause; the hard limit kills who ignores it.
        _limit(resource.RLIMIT_CPU, limits.processor, limits.processor + 5)
        _limit(resource.RLIMIT_CORE, 0)
        shut()
        block()
        sys.path[:] = path
        self._memory = make_memory(self._spec)

    def _report(self, error: BaseException) -> Line:
        where = traceback.format_exc()[-LONGEST_TRACEBACK:]
        if isinstance(error, MemoryError):
            text = f"used more than its limit of {self._limits.memory:,} MiB of memory"
        elif isinstance(error, MemoryGymError) and not was_blocked(error):
            return [*process.raised(error), where]
        else:
            text = raised(error)
        return [*process.raised(MemoryFault(text)), where]


def _limit(which: int, *most: int) -> None:
    """Sets the soft and the hard limit, neither above a hard limit that is already set."""
    hard = resource.getrlimit(which)[1]
    soft, hard = (min(limit, hard) if hard >= 0 else limit for limit in (most[0], most[-1]))
    resource.setrlimit(which, (soft, hard))


def _end_with(lifeline: int) -> None:
    """Has the kernel kill this process group once the other end is closed, even during a call.

    Where the kernel does not offer that, the process ends when it waits for its next request.
    """
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETFL, os.O_ASYNC)


def main(spec: str, lifeline: int) -> None:
    """Serves until the parent has no more requests; threads of the memory end with the process."""
    _end_with(lifeline)
    with os.fdopen(os.dup(0), "rb") as requests, os.fdopen(os.dup(0), "wb") as answers:
        with Path(os.devnull).open() as empty:
            os.dup2(empty.fileno(), 0)
        context = RemoteContext(requests, answers)
        service = Service(spec, context)
        while request := context.request():
            context.answer(service.answer(request))
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
