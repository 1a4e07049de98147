"""Benchmark of the adapter to OpenEnv: `python -m benchmarks.openenv`, with the extra `openenv`.

Server and clients share the machine's cores. `of goal` is the ratio to the goal, so that above 1 is
better than asked.
"""

import asyncio
from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any

from benchmarks.speed import row
from memorygym.adapters.openenv.client import MemoryClient
from memorygym.adapters.openenv.environment import MemoryEnvironment
from memorygym.core.trace import Action
from memorygym.core.types import Message
from memorygym.training.env import MemoryEnv
from tests.adapters.openenv.server import serving
from tests.adapters.openenv.test_environment import actions, bench
from tests.training.plays import TINY

SESSIONS = 32


def main() -> None:
    """Prints the rows."""
    trace = bench("worlds", 0)
    replies = actions(trace)
    messages = [record.message for record in trace.records if isinstance(record, Action)]
    rounds = [(_in_process(messages), _adapted(replies)) for _ in range(31)][1:]
    alone = median(alone for alone, _ in rounds)
    row("step of MemoryEnv", 1e6 * alone, 200, "µs", less=True)
    ratio = median(adapted / alone for alone, adapted in rounds)
    row("step of a session in process, to MemoryEnv's", 100 * ratio, 110, "%", less=True)
    with serving(*(f"{name}={value}" for name, value in TINY["worlds"].items())) as url:
        asyncio.run(_over_websockets(url, SESSIONS, replies))  # The first loads what scores need.
        for sessions in (1, SESSIONS):
            took = median(asyncio.run(_over_websockets(url, sessions, replies)) for _ in range(5))
            row(f"step by websocket, {sessions} sessions", 1e6 * took, 1000, "µs", less=True)


def _in_process(replies: list[Message]) -> float:
    env = MemoryEnv(**TINY["worlds"])
    env.reset(options={"seed": 0})
    return _seconds(replies, env.step)


def _adapted(replies: list[Any]) -> float:
    env = MemoryEnvironment(TINY["worlds"])
    env.reset(index=0)
    return _seconds(replies, env.step)


def _seconds(replies: list[Any], step: Callable[[Any], object]) -> float:
    """Seconds of CPU for a step."""
    start = process_time()
    for reply in replies:
        step(reply)
    return (process_time() - start) / len(replies)


async def _over_websockets(url: str, sessions: int, replies: list[Any]) -> float:
    """Seconds in which a step ends somewhere: of the whole, over all steps of all sessions."""

    async def play(client: MemoryClient) -> None:
        for reply in replies:
            result = await client.step(reply)
        assert result.done

    clients = [MemoryClient(base_url=url) for _ in range(sessions)]
    await asyncio.gather(*(client.connect() for client in clients))
    await asyncio.gather(*(client.reset(index=0) for client in clients))
    start = perf_counter()
    await asyncio.gather(*map(play, clients))
    took = perf_counter() - start
    await asyncio.gather(*(client.close() for client in clients))
    return took / sessions / len(replies)


if __name__ == "__main__":
    main()
