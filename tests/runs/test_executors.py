"""Many tasks at once come out as one after the other."""

import threading

import pytest

from memorygym.core.errors import BadSettings
from memorygym.runs.executors import over_processes, over_threads


def _square(n: int) -> int:
    return n * n


@pytest.mark.parametrize("over", [over_processes, over_threads])
@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("tasks", [0, 7])
def test_results_come_in_the_order_of_the_tasks(over, workers: int, tasks: int) -> None:
    assert list(over(_square, range(tasks), workers)) == [n * n for n in range(tasks)]


def test_a_task_that_cannot_be_sent_to_another_process_is_reported_at_once() -> None:
    with pytest.raises(BadSettings, match=r"cannot be sent to another process .* --workers 1"):
        list(over_processes(_square, [lambda: 0, lambda: 1], 2))


def test_an_error_is_raised_where_its_task_stands_and_no_task_begins_after_it() -> None:
    begun = []

    def play(n: int) -> int:
        begun.append(n)
        if n == 1:
            raise ValueError("stop")
        return n

    results = over_threads(play, range(50), 1)
    assert next(results) == 0
    with pytest.raises(ValueError, match="stop"):
        next(results)
    assert begun == [0, 1]


def test_a_caller_that_stops_iterating_does_not_wait_for_the_tasks_that_run_at_once() -> None:
    meeting, free, ended = threading.Barrier(4, timeout=30), threading.Event(), threading.Event()

    def play(n: int) -> int:
        meeting.wait()
        if n:
            free.wait(30)
            ended.set()
        return n

    results = over_threads(play, range(4), 4)
    assert next(results) == 0
    results.close()
    assert not ended.is_set()
    free.set()
