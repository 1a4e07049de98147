"""A progress line on a terminal, and nothing anywhere else."""

import sys
from time import monotonic

WIDTH = 30


class Progress:
    """Counts steps of a known total."""

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._total = total
        self._done = 0
        self._start = monotonic()
        self._shown = not quiet and sys.stderr.isatty()

    def step(self) -> None:
        """One more is done."""
        self._done += 1
        if not self._shown:
            return
        filled = WIDTH * self._done // self._total
        seconds = monotonic() - self._start
        left = seconds / self._done * (self._total - self._done)
        bar = "#" * filled + "." * (WIDTH - filled)
        print(
            f"\r[{bar}] {self._done}/{self._total} {left:4.0f} s left ",
            end="",
            file=sys.stderr,
            flush=True,
        )

    def close(self) -> None:
        """Clears the line."""
        if self._shown:
            print("\r" + " " * (WIDTH + 40) + "\r", end="", file=sys.stderr, flush=True)
