"""Executors: many tasks at once, in processes for simulations or in threads for models.

Results come in the order of the tasks; a terminal shows the progress.
"""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from queue import SimpleQueue
from threading import Thread
from time import monotonic, sleep
from typing import TypeVar

from memorygym.core import registry
from memorygym.core.errors import BadSettings

A = TypeVar("A")
B = TypeVar("B")
BAR = 12
"""Characters of the bar that shows progress."""


def over_processes(function: Callable[[A], B], tasks: Sequence[A], workers: int) -> Iterator[B]:
    """`function` of every task, in the order of the tasks, for any number of workers."""
    if workers <= 1 or len(tasks) <= 1:
        yield from map(function, tasks)
        return
    try:
        pickle.dumps(
            (function, tasks)
        )  # A task that fails on its way to a worker may hang the pool.
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise BadSettings(
            f"a task cannot be sent to another process ({error}): make it of plain data, without"
            " lambdas, or give --workers 1"
        ) from error
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)),
        initializer=_follow,
        initargs=(os.getpid(), registry.remembered_specs()),
    )
    try:
        yield from pool.map(function, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def _follow(parent: int, parts: Mapping[tuple[str, str], str]) -> None:
    """Starts a worker: it ignores Ctrl-C, ends when its parent is killed, and remembers the parts
    that its parent remembers."""
    for (kind, name), spec in parts.items():
        registry.remember(kind, name, spec)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Traces and readings hold no cycles; by default every 700 new objects are searched for some.
    gc.set_threshold(50_000)

    def watch() -> None:
        while os.getppid() == parent:
            sleep(0.2)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def over_threads(function: Callable[[A], B], tasks: Sequence[A], workers: int) -> Iterator[B]:
    """The same in threads. A caller that stops iterating does not wait for running tasks.

    The first error is raised in its task's place, and no task begins after it.
    """
    waiting: SimpleQueue[tuple[Future[B], A] | None] = SimpleQueue()
    futures: list[Future[B]] = []
    for task in tasks:
        futures.append(Future())
        waiting.put((futures[-1], task))

    def work() -> None:
        while item := waiting.get():
            future, task = item
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(function(task))
            except BaseException as error:  # noqa: BLE001  # raised by future.result()
                for other in futures:
                    other.cancel()
                future.set_exception(error)

    # Daemon threads: a running request must not delay the end of the process.
    threads = [Thread(target=work, daemon=True) for _ in range(max(1, min(workers, len(tasks))))]
    for thread in threads:
        waiting.put(None)
        thread.start()
    try:
        # Tasks begin in order, so cancelled tasks come after the error.
        for future in futures:
            yield future.result()
        for thread in threads:
            thread.join()
    finally:
        for future in futures:
            future.cancel()


def watched(groups: Iterable[Sequence[A]], total: int, *, quiet: bool) -> Iterator[A]:
    """The items of the groups, in order; a terminal shows how many of `total` groups are done."""
    start, shown = monotonic(), not quiet and sys.stderr.isatty()
    longest = len(f"[{'':{BAR}}] {total}/{total} 999999 s left ")

    def write(line: str) -> None:
        if shown:
            print(f"\r{line}", end="", file=sys.stderr, flush=True)

    try:
        write(f"[{'.' * BAR}] 0/{total} ")
        for done, group in enumerate(groups, start=1):
            filled = BAR * done // total
            left = (monotonic() - start) / done * (total - done)
            write(f"[{'#' * filled:.<{BAR}}] {done}/{total} {left:4.0f} s left ")
            yield from group
    finally:
        write(f"{'':{longest}}\r")  # Clears the line without an escape, also where TERM is dumb.
