"""The process of one memory, as its parent holds it: limits, lines out, lines in, a certain end.

A line is a JSON list. The parent asks `[method, argument, …]`; the child answers `["returned",
value]` or `["raised", kind, text, where]`, and before that it may ask the meter, which is answered
in the same words.
"""

import json
import os
import select
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

from memorygym.core import errors
from memorygym.core.errors import BadSettings, MemoryFault, MemoryGymError, UnknownPart
from memorygym.core.types import JSON

LONGEST = 64 * 2**20
"""Bytes of one line; a memory whose answer is longer is ended."""
_CHUNK = 2**16


class Ended(Exception):
    """The process ended, or had to be; the text says why, as what the memory did."""


class Process:
    """Runs `memorygym.memories.sandbox.server`; whoever starts it calls `end`.

    It is a group of its own, which ends as a whole: with `end`, or when this process is killed, for
    then the kernel kills whoever listens at the other end of `_lifeline` (Linux), or it reads the
    end of its requests.
    """

    def __init__(self, spec: str) -> None:
        self._line, theirs = socket.socketpair()
        listening, self._lifeline = os.pipe()
        try:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", "memorygym.memories.sandbox.server", spec, str(listening)],
                stdin=theirs.fileno(),
                stdout=2,  # What the memory prints must not mix with what we print.
                pass_fds=[listening],
                process_group=0,
                # Sets in one order, so that the same episode gives the same trace.
                env={"PYTHONHASHSEED": "0", **os.environ},
            )
        finally:
            theirs.close()
            os.close(listening)
        self._line.setblocking(False)
        self._read = bytearray()

    def send(self, line: bytes, seconds: float) -> float:
        """Sends a line; returns the seconds that are left. Raises Ended."""
        until = monotonic() + seconds
        rest = memoryview(line)
        while rest:
            self._wait(select.POLLOUT, until)
            with suppress(BlockingIOError):
                try:
                    rest = rest[self._line.send(rest[:_CHUNK]) :]
                except ConnectionError:
                    raise Ended(self._why()) from None
        return until - monotonic()

    def receive(self, seconds: float) -> tuple[bytes, float]:
        """The next line, and the seconds that are left. Raises Ended."""
        until = monotonic() + seconds
        searched = 0
        while (at := self._read.find(b"\n", searched)) < 0:
            searched = len(self._read)
            if searched > LONGEST:
                raise Ended(f"answered more than {LONGEST // 2**20} MiB")
            self._wait(select.POLLIN, until)
            try:
                more = self._line.recv(_CHUNK)
            except BlockingIOError:
                continue
            except ConnectionError:
                more = b""
            if not more:
                raise Ended(self._why())
            self._read += more
        line = bytes(self._read[:at])
        del self._read[: at + 1]
        return line, until - monotonic()

    def end(self) -> int:
        """Kills the process and all that it started; returns its exit status."""
        if self._popen.returncode is None:
            # Not waited for yet, it keeps its number, which nobody else can have been given.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            self._line.close()
            os.close(self._lifeline)
        status: int = self._popen.returncode
        return status

    def _wait(self, for_what: int, until: float) -> None:
        poll = select.poll()
        poll.register(self._line, for_what)
        if not poll.poll(max(0.0, until - monotonic()) * 1000):
            raise Ended("took longer than its limit of {seconds:g} seconds")

    def _why(self) -> str:
        status = self.end()
        if status == -signal.SIGXCPU:
            return "went beyond its limit of {processor} seconds of processor time"
        if status < 0:
            return f"ended: its process got {signal.Signals(-status).name}"
        return f"ended: its process exited with status {status}"


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """The limits of one memory's process.

    >>> ProcessLimits(seconds=0)
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: limits of a memory: seconds is 0; give more than 0
    """

    seconds: float = 60.0
    """Longest wait for one call of the memory; while its model writes, the clock stands still."""
    memory: int = 4096
    """Most address space of the process, in MiB; libraries such as torch map far more than they
    use."""
    processor: int = 600
    """Most processor time of the process over its whole life, in seconds."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not (value := getattr(self, name)) > 0:
                raise BadSettings(f"limits of a memory: {name} is {value}; give more than 0")


DEFAULT = ProcessLimits()


Line: TypeAlias = list[JSON]
ERRORS: tuple[type[MemoryGymError], ...] = (
    errors.Refused,
    errors.BadKey,
    errors.ProviderFailure,
    BadSettings,
    MemoryFault,
)
"""Travel as themselves; the first that fits is taken."""


def encode(line: Line) -> bytes:
    """A line as it travels."""
    return json.dumps(line).encode() + b"\n"


def decode(raw: bytes) -> Line:
    """The line again. Raises ValueError for anything else.

    >>> decode(encode(["returned", None]))
    ['returned', None]
    """
    try:
        line = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(line, list) or not line:
        raise ValueError("no list")
    return line


def raised(error: MemoryGymError) -> Line:
    """One of our errors, as it travels."""
    if isinstance(error, UnknownPart):
        return ["raised", "BadSettings", str(error)]
    kind = next((kind for kind in ERRORS if isinstance(error, kind)), MemoryFault)
    return ["raised", kind.__name__, str(error)]


def error_of(kind: str, text: str) -> MemoryGymError | None:
    """The error that travelled; None if it is none of ours."""
    return next((one(text) for one in ERRORS if one.__name__ == kind), None)
