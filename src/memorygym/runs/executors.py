"""Many tasks at once: processes for simulations, threads for models; results in order, and how far
they are on a terminal."""

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
BAR = 30
"""Characters of the bar that shows progress."""


def over_processes(one: Callable[[A], B], tasks: Sequence[A], workers: int) -> Iterator[B]:
    """What `one` makes of every task, in the order of the tasks, whatever the number of workers."""
    if workers <= 1 or len(tasks) <= 1:
        yield from map(one, tasks)
        return
    try:
        pickle.dumps((one, tasks))  # What fails on its way to a worker may never come back.
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
        yield from pool.map(one, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def _follow(parent: int, given: Mapping[tuple[str, str], str]) -> None:
    """A worker leaves Ctrl-C to its parent, ends when its parent was killed, and knows the parts
    that its parent was given."""
    for (kind, name), spec in given.items():
        registry.remember(kind, name, spec)
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            sleep(0.2)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def over_threads(one: Callable[[A], B], tasks: Sequence[A], workers: int) -> Iterator[B]:
    """The same in threads. Whoever stops iterating does not wait for tasks that have begun.

    The first error is raised where its task stands, and no task begins after it.
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
                future.set_result(one(task))
            except BaseException as error:  # noqa: BLE001  # raised by future.result()
                for other in futures:
                    other.cancel()
                future.set_exception(error)

    # Daemons: a request under way must not hold up the end of the process.
    threads = [Thread(target=work, daemon=True) for _ in range(max(1, min(workers, len(tasks))))]
    for thread in threads:
        waiting.put(None)
        thread.start()
    try:
        # Tasks begin in order, so what an error cancelled stands behind it.
        for future in futures:
            yield future.result()
        for thread in threads:
            thread.join()
    finally:
        for future in futures:
            future.cancel()


def watched(groups: Iterable[Sequence[A]], total: int, *, quiet: bool) -> Iterator[A]:
    """What the groups hold, one after another; a terminal shows how many of `total` are done."""
    start, shown = monotonic(), not quiet and sys.stderr.isatty()

    def write(line: str) -> None:
        if shown:
            print(f"\r{line}", end="", file=sys.stderr, flush=True)

    try:
        for done, group in enumerate(groups, start=1):
            filled = BAR * done // total
            left = (monotonic() - start) / done * (total - done)
            write(f"[{'#' * filled:.<{BAR}}] {done}/{total} {left:4.0f} s left ")
            yield from group
    finally:
        write(" " * (BAR + 40) + "\r")
