"""Benchmark of the adapter to verifiers: `python -m benchmarks.verifiers`, with that extra.

The last rows have verifiers, which takes milliseconds a step, and the model's server, too.
`of goal` is the ratio to the goal, so that above 1 is better than asked.
"""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import median
from sys import path
from tempfile import TemporaryDirectory
from time import process_time
from types import SimpleNamespace
from typing import Any

from verifiers.v1.agent import Segment
from verifiers.v1.dialects.chat import parse_message

from benchmarks.speed import row
from memorygym.adapters.verifiers.__main__ import write
from memorygym.adapters.verifiers.environment import Info, play_context
from memorygym.adapters.verifiers.taskset import SCORE, MemoryData
from memorygym.core.trace import Action
from memorygym.core.types import Message
from memorygym.models.chat_completions import to_wire
from tests.adapters.verifiers.playing import Replay, generated, played, tasks
from tests.servers.openai import serving
from tests.training.plays import watched


def main() -> None:
    """Prints the rows."""
    with TemporaryDirectory() as folder:
        write(Path(folder))
        path.append(folder)
        (task,) = tasks()
        trace, _ = watched(generated(task))
        replies = [record.message for record in trace.records if isinstance(record, Action)]
        rounds = [[_adapted(task.data, replies, apart=apart) for apart in (False, True)]
                  + [_alone(task.data, replies)] for _ in range(31)][1:]  # fmt: skip
        alone = median(alone for *_, alone in rounds)
        row("step of MemoryEnv", 1e6 * alone, 200, "µs", less=True)
        for place, name in enumerate(("of the adapter", "in a thread of its episode")):
            added = median(times[place] / times[-1] for times in rounds)
            row(f"step {name}, to MemoryEnv's", 100 * added, 110, "%", less=True)
        replay = Replay(task)
        with serving(x=replay.brain()) as server:
            for episodes in (1, 16):
                took = median(_through(server.url, task, episodes) for _ in range(5))
                name = f"step through verifiers, {episodes} episodes"
                row(name, 1e6 * took / len(replies), 10_000, "µs", less=True)


def _alone(data: MemoryData, replies: list[Message]) -> float:
    """Seconds of CPU for a step of MemoryEnv."""
    env, _ = data.begin()
    start = process_time()
    for reply in replies:
        env.step(reply)
    return (process_time() - start) / len(replies)


def _adapted(data: MemoryData, replies: list[Message], *, apart: bool) -> float:
    """The same of the adapter, with a policy at no cost in place of verifiers and its model."""
    said = iter([parse_message(to_wire(reply)) for reply in replies])
    env, info = data.begin()

    async def here(reply: Message) -> Any:
        return env.step(reply)

    async def play(info: Info) -> float:
        start = process_time()
        loop, thread = asyncio.get_running_loop(), ThreadPoolExecutor(1)
        step: Callable[[Message], Any] = partial(loop.run_in_executor, thread, env.step)
        while SCORE not in info:
            info = await play_context(_Replies(said), step if apart else here, info)
        return (process_time() - start) / len(replies)

    return asyncio.run(play(info))


class _Replies:
    """What an interaction of verifiers is to the adapter."""

    def __init__(self, said: Iterator[Any]) -> None:
        self._said = said
        state = SimpleNamespace(tools=None, malformed=False)
        self.trace = SimpleNamespace(state=state, errors=[])

    async def turn(self, messages: Any) -> Segment:
        return Segment(messages=[next(self._said)])


def _through(url: str, task: Any, episodes: int) -> float:
    """Seconds of CPU for an episode."""
    start = process_time()
    assert all(episode.ok for episode in played(url, task, repeats=episodes))
    return (process_time() - start) / episodes


if __name__ == "__main__":
    main()
