"""The process of one memory, as its parent holds it: lines out, lines in, and a certain end."""

import os
import select
import signal
import subprocess
import sys
from contextlib import suppress
from time import monotonic

LONGEST = 64 * 2**20
"""Bytes of one line; a memory whose answer is longer is ended."""
_CHUNK = 2**16


class Ended(Exception):
    """The process ended, or had to be; the text says why, as what the memory did."""


class Process:
    """Runs `memorygym.sandbox.child`; whoever starts it calls `end`.

    It is a group of its own, which ends as a whole: with `end`, or when this process is killed, for
    then the kernel kills whoever listens at the other end of `_lifeline` (Linux), or it reads the
    end of its requests.
    """

    def __init__(self, spec: str) -> None:
        answers, theirs = os.pipe()
        listening, self._lifeline = os.pipe()
        entry = [sys.executable, "-m", "memorygym.sandbox.child", spec, str(theirs), str(listening)]
        try:
            self._popen = subprocess.Popen(
                entry,
                stdin=subprocess.PIPE,
                stdout=2,  # What the memory prints must not mix with what we print.
                pass_fds=(theirs, listening),
                process_group=0,
                # Sets in one order, so that the same episode gives the same trace.
                env={"PYTHONHASHSEED": "0", **os.environ},
            )
        finally:
            os.close(theirs)
            os.close(listening)
        assert self._popen.stdin
        self._requests = self._popen.stdin.fileno()
        self._answers = answers
        self._read = bytearray()
        self._over = False
        os.set_blocking(self._requests, False)
        os.set_blocking(answers, False)

    def send(self, line: bytes, seconds: float) -> float:
        """Sends a line; returns the seconds that are left. Raises Ended."""
        until = monotonic() + seconds
        rest = memoryview(line)
        while rest:
            self._wait(self._requests, select.POLLOUT, until)
            with suppress(BlockingIOError):
                try:
                    rest = rest[os.write(self._requests, rest[:_CHUNK]) :]
                except BrokenPipeError:
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
            self._wait(self._answers, select.POLLIN, until)
            with suppress(BlockingIOError):
                if not (more := os.read(self._answers, _CHUNK)):
                    raise Ended(self._why())
                self._read += more
        line = bytes(self._read[:at])
        del self._read[: at + 1]
        return line, until - monotonic()

    def end(self) -> int:
        """Kills the process and all that it started; returns its exit status."""
        if not self._over:
            self._over = True
            # Not waited for yet, it keeps its number, which nobody else can have been given.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()
            with suppress(OSError):
                self._popen.stdin.close()  # type: ignore[union-attr]  # it was made with a pipe
            os.close(self._answers)
            os.close(self._lifeline)
        status: int = self._popen.returncode
        return status

    def _wait(self, channel: int, for_what: int, until: float) -> None:
        poll = select.poll()
        poll.register(channel, for_what)
        if not poll.poll(max(0.0, until - monotonic()) * 1000):
            raise Ended("took longer than its limit of {seconds:g} seconds")

    def _why(self) -> str:
        status = self.end()
        if status == -signal.SIGXCPU:
            return "went beyond its limit of {processor} seconds of processor time"
        if status < 0:
            return f"ended: its process got {signal.Signals(-status).name}"
        return f"ended: its process exited with status {status}"
