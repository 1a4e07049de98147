"""Tells whoever runs a benchmark why it waits: whole lines, and not one for every request."""

import sys
import threading
from collections.abc import Callable
from functools import cache
from time import monotonic


class Throttled:
    """Passes on one line in `every` seconds for an endpoint and counts the others; thread-safe."""

    def __init__(
        self,
        write: Callable[[str], object],
        every: float = 10.0,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._write, self._every, self._clock = write, every, clock
        self._lock = threading.Lock()
        self._last: dict[str, float] = {}
        self._kept_back: dict[str, int] = {}

    def __call__(self, endpoint: str, line: str) -> None:
        with self._lock:
            now, last = self._clock(), self._last.get(endpoint)
            if last is not None and now < last + self._every:
                self._kept_back[endpoint] = self._kept_back.get(endpoint, 0) + 1
                return
            self._last[endpoint] = now
            more = self._kept_back.pop(endpoint, 0)
            self._write(f"{line} [and {more} more waits since the last line]" if more else line)


@cache
def default() -> Throttled:
    """To stderr, throttled over all models of this process."""
    # In one write, so that lines of other threads stay whole.
    return Throttled(lambda line: sys.stderr.write(f"{line}\n"))
