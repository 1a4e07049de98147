"""The process of one memory, seen from its parent: its limits, its lines, its end.

A line is a JSON list. The parent sends `[method, argument, …]`. The child answers `["returned",
value]` or `["raised", kind, text, where]`; before that it may send requests to the memory context,
and the parent answers them in the same form.
"""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TypeAlias

from memorygym.core import errors
from memorygym.core.errors import BadSettings, MemoryFault, MemoryGymError, UnknownPart
from memorygym.core.types import JSON

LONGEST = 64 * 2**20
"""Most bytes of one line; the process of a memory that sends more is ended."""
_CHUNK = 2**16
_LEAST = 1e-3
Line: TypeAlias = list[JSON]


@dataclass(frozen=True, slots=True)
class ProcessLimits:
    """The limits of the process of one memory."""

    seconds: float = 60.0
    """Longest time of one call of the memory; the time in which its model writes is not counted."""
    memory: int = 4096
    """Most address space of the process, in MiB. Libraries such as torch map more than they use."""
    processor: int = 600
    """Most processor time of the process in all, in seconds."""


DEFAULT = ProcessLimits()


class Ended(Exception):
    """The process ended, or was ended. The text says what the memory did; `advice` what to do."""

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(problem)
        self.advice = advice


class Process:
    """A program that answers lines, such as `server`; whoever starts it calls `end`.

    It reads requests from the socket that is its standard input, and gets the number of the
    lifeline's descriptor as its last argument.

    The process leads a process group, which ends as a whole: with `end`, or when this process is
    killed. In the latter case the kernel kills the group at the other end of `_lifeline` (Linux);
    elsewhere the program reads the end of its requests.
    """

    def __init__(
        self,
        command: Sequence[str],
        variables: Mapping[str, str],
        limits: ProcessLimits = DEFAULT,
    ) -> None:
        self.limits = limits
        self._line, theirs = socket.socketpair()
        listening, self._lifeline = os.pipe()
        try:
            self._popen = subprocess.Popen(
                [*command, str(listening)],
                stdin=theirs.fileno(),
                stdout=2,  # Its prints go to standard error, so they do not mix with results.
                pass_fds=[listening],
                process_group=0,
                env=variables,
            )
        finally:
            theirs.close()
            os.close(listening)
        self._read = bytearray()

    def ask(self, line: Line, seconds: float) -> tuple[Line, float]:
        """Sends a line; returns the next one, and the seconds that are left.

        Raises Ended, or ValueError for an answer that is no line.
        """
        until = monotonic() + seconds
        searched = 0
        try:
            self._wait_until(until)
            self._line.sendall(encode(line))
            while (end := self._read.find(b"\n", searched)) < 0:
                searched = len(self._read)
                if searched > LONGEST:
                    raise Ended(f"returned more than {LONGEST // 2**20} MiB", "Return less text.")
                self._wait_until(until)
                chunk = self._line.recv(_CHUNK)
                if not chunk:
                    raise self._ended()
                self._read += chunk
        except TimeoutError:
            raise Ended(
                f"took longer than its limit of {self.limits.seconds:g} seconds",
                "Do less in one call, or in more of them.",
            ) from None
        except ConnectionError:
            raise self._ended() from None
        answer = bytes(self._read[:end])
        del self._read[: end + 1]
        return decode(answer), until - monotonic()

    def end(self) -> int:
        """Kills the process and all that it started; returns its exit status."""
        if self._popen.returncode is None:
            # Until it is waited for, the process keeps its id, so no other process has it.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            self._line.close()
            os.close(self._lifeline)
        status: int = self._popen.returncode
        return status

    def _wait_until(self, until: float) -> None:
        """Lets the socket wait until a moment."""
        # A timeout of 0 would mean not to wait at all, even for what is there.
        self._line.settimeout(max(_LEAST, until - monotonic()))

    def _ended(self) -> Ended:
        status = self.end()
        if status == -signal.SIGXCPU:
            return Ended(
                f"used more than its limit of {self.limits.processor} seconds of processor time"
            )
        if status < 0:
            return Ended(f"ended its process by the signal {signal.Signals(-status).name}")
        return Ended(f"ended its process with status {status}", "Raise an error; do not exit.")


ERRORS: tuple[type[MemoryGymError], ...] = (
    errors.Refused,
    errors.BadKey,
    errors.ProviderFailure,
    BadSettings,
    MemoryFault,
)
"""Errors that cross the connection as themselves; the first class that fits is taken."""


def encode(line: Line) -> bytes:
    """A line as bytes."""
    return json.dumps(line).encode() + b"\n"


def decode(raw: bytes) -> Line:
    """A line from its bytes. Raises ValueError for anything else.

    >>> decode(encode(["returned", None]))
    ['returned', None]
    """
    try:
        line = json.loads(raw)
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    if not isinstance(line, list) or not line:
        raise ValueError("not a JSON list")
    return line


def raised(error: MemoryGymError) -> Line:
    """An error of this package as a line."""
    if isinstance(error, UnknownPart):
        return ["raised", "BadSettings", str(error)]
    kind = next((kind for kind in ERRORS if isinstance(error, kind)), MemoryFault)
    return ["raised", kind.__name__, str(error)]


def error_of(kind: str, text: str) -> MemoryGymError | None:
    """The error of a line; None if it is not one of ERRORS."""
    return next((error(text) for error in ERRORS if error.__name__ == kind), None)
