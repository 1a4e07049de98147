"""A progress line on a terminal, and nothing anywhere else."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from time import monotonic
from typing import TypeVar

T = TypeVar("T")
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


def watched(groups: Iterable[Sequence[T]], total: int, *, quiet: bool) -> Iterator[T]:
    """What the groups hold, one after another, with a step for each of the `total` groups."""
    progress = Progress(total, quiet=quiet)
    try:
        for group in groups:
            progress.step()
            yield from group
    finally:
        progress.close()
