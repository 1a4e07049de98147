"""Benchmark of the training environments, on one core: `python -m benchmarks.training`.

Needs the extra `gym`. Every figure is the median of several runs; `of goal` is the ratio to the
goal, so that above 1 is better than asked. Set OMP_NUM_THREADS=1.
"""

import gc
import resource
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from benchmarks.speed import row
from memorygym.core.trace import Action
from memorygym.core.types import Message
from memorygym.runs.systems import AgentSystem
from memorygym.training.decisions import Operation
from memorygym.training.env import MemoryEnv
from memorygym.training.structured_env import MemoryVecEnv
from memorygym.training.tasks import recipes

TEMPLATE = "company"
ENVIRONMENTS = 1_000


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of CPU of a run."""
    times = []
    for _ in range(runs):
        start = process_time()
        work()
        times.append(process_time() - start)
    return median(times)


def main() -> None:
    """Prints the rows."""
    env = MemoryEnv("worlds", template=TEMPLATE, seed=1)
    seeds = count()
    for _ in range(3):
        env.reset()
    row("reset, task made", 1000 * seconds(lambda: env.reset(seed=next(seeds)), 15), 12, "ms",
        less=True)  # fmt: skip
    for reward in ("score", "shaped"):
        row(f"steps of text, reward {reward}", _text_steps(reward), 5_000, "/s")
    for size, group in ((1, 1), (64, 16), (256, 32), (1024, 64)):
        row(f"structured steps, {size} environments", _structured(size, group), 20_000, "/s")
    replies = [_replies(seed) for seed in range(ENVIRONMENTS)]
    before = _memory()
    many = [MemoryEnv("worlds", template=TEMPLATE) for _ in range(ENVIRONMENTS)]
    for seed, env in enumerate(many):
        env.reset(options={"seed": seed})
    row(f"{ENVIRONMENTS} environments of text", _memory() - before, 500, "MB", less=True)
    for seed, env in enumerate(many):
        for reply in replies[seed]:
            env.step(reply.to_openai())  # Which the environment makes a message of its own of.
    row("the same at the end of their episodes", _memory() - before, 500, "MB", less=True)


def _text_steps(reward: str) -> float:
    """Steps in a second: the replies of template_expert, given again."""
    replies = _replies(0)
    env, options = MemoryEnv("worlds", template=TEMPLATE, reward=reward), {"seed": 0}

    def steps() -> float:
        env.reset(options=options)
        start = process_time()
        for reply in replies:
            env.step(reply)
        return len(replies) / (process_time() - start)

    return median(steps() for _ in range(9))


def _replies(seed: int) -> list[Message]:
    """The replies of template_expert to a task."""
    (recipe,) = recipes("worlds", "train", range(seed, seed + 1), template=TEMPLATE)
    trace = AgentSystem("template_expert").play(recipe.generate(), 0, [])
    return [record.message for record in trace.records if isinstance(record, Action)]


def _structured(size: int, group: int) -> float:
    """Steps in a second; tasks are made before."""
    rng = np.random.default_rng(0)
    env = MemoryVecEnv(size, group=group, parameters={"template": TEMPLATE})
    seen = env.reset(seed=0)[0]
    rates = []
    for _ in range(3):
        ended, took, steps = np.zeros(1, bool), 0.0, 0
        while not ended.any():
            operations = np.where(seen[:, 0] > 0, Operation.UPDATE, rng.random(size) < 0.6)
            start = process_time()
            seen, _, ended, _, _ = env.step(operations)
            if not ended.any():  # The last step makes the next tasks.
                took, steps = took + process_time() - start, steps + size
        rates.append(steps / took)
    return median(rates)


def _memory() -> float:
    """The memory that this process holds now, in MB."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main()
