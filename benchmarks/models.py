"""Benchmark of the time that a model's turn takes here, and of parallel episodes:
`python benchmarks/models.py`.

The loopback server runs in its own process; both sides of a ratio come from one run. The
machine is shared: compare rows of one run, not of two.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, thread_time
from typing import Any

from memorygym.agents.chat import Chat
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.track import TaskOptions
from memorygym.core.types import Message, Task
from memorygym.models import openai
from memorygym.models.model import Model, Reply
from memorygym.models.reply_log import Cached, ReplyLog
from memorygym.runs.engine import Runner, perform
from memorygym.runs.episode_result import Played, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.executors import over_threads
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import BenchSettings
from memorygym.runs.tasks import generated
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.task import generate

ROOT = Path(__file__).parents[1]
EPISODES, MANY = 64, 1_000
LATENCY = 0.5
"""Seconds before each reply of the server when throughput is measured."""
MARKDOWN = partial(registry.make, "memory", "markdown")


@contextmanager
def server(latency: float) -> Iterator[str]:
    """The address of a server that stops at the end of the block."""
    command = [sys.executable, "-m", "tests.servers.openai", "--latency", str(latency)]
    with subprocess.Popen(
        command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin and process.stdout
        yield process.stdout.readline().strip()
        process.stdin.close()


def episode(task: Task, model: Model) -> int:
    """Plays an episode; returns the number of replies."""
    chat = Chat(model)
    play(Episode(WorldsEnv(task), MARKDOWN), chat)
    return len(chat.usage)


def bare(client: Any, bodies: list[Any]) -> None:
    """Sends the same requests through the client library alone and reads the text of the replies:
    the least that any use of it costs."""
    for body in bodies:
        client.post("/chat/completions", cast_to=str, body=body)


def cpu(work: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of this thread's CPU; the first run, which warms up, does not count."""
    times = []
    for _ in range(runs + 1):
        start = thread_time()
        work()
        times.append(thread_time() - start)
    return median(times[1:])


def bodies_of(task: Task, model: openai.OpenAI) -> list[Any]:
    """The bodies of all requests of an episode."""
    sent: list[Any] = []

    class Noting(Model):
        def complete(self, messages: Any, tools: Any) -> Any:
            sent.append(model._body(messages, tools))
            return model.complete(messages, tools)

    episode(task, Noting())
    return sent


def overhead(tier: str) -> None:
    """Rows of CPU per turn: the client library alone, a whole turn, and both with a reply log."""
    from openai import OpenAI

    task = generate("company", 0, tier)
    with server(0) as url, TemporaryDirectory() as folder:
        model = openai.make("writer", url, environ={})
        bodies = bodies_of(task, model)
        turns = len(bodies)
        client = OpenAI(api_key="none", base_url=url, max_retries=0)
        alone = cpu(lambda: bare(client, bodies)) / turns
        ours = cpu(lambda: episode(task, model)) / turns
        reply_log = ReplyLog(Path(folder) / "replies.jsonl", record=True)
        kept = Cached(reply_log, model.describe(), model)
        numbers = iter(range(99))
        logged = cpu(lambda: episode(task, kept.sample(next(numbers)))) / turns
        replayed = cpu(lambda: episode(task, kept.sample(0))) / turns
        reply_log.close()
    prefix = f"{tier}, {turns} turns"
    row(f"{prefix}: client library alone", 1000 * alone, None, "ms CPU/turn")
    row(f"{prefix}: all of a turn, above that", 1000 * (ours - alone), 2, "ms CPU/turn")
    row(f"{prefix}: with a reply log, above that", 1000 * (logged - ours), 2, "ms CPU/turn")
    row(f"{prefix}: replayed from the reply log", 1000 * replayed, 2, "ms CPU/turn")


def throughput() -> None:
    """Rows of parallel episodes, as `bench -o` plays them: turns per second, and their share of the
    ideal in which all time is spent waiting for the server."""
    tasks = generated("worlds", TaskOptions(range(13), parameters={"tier": "lite"}))
    tasks = replace(tasks, recipes=tasks.recipes[: 2 * EPISODES])
    with server(LATENCY) as url, TemporaryDirectory() as folder:
        model_roles = ModelRoles({"writer": openai.make("writer", url, environ={})})
        job = Evaluation(tasks, BenchSettings(agent=["writer"]), model_roles=model_roles)
        start = perf_counter()
        played = perform(job, ResultOptions(), Path(folder), EPISODES)
        took = perf_counter() - start
    usages = [episode.result.usage for episode in played if isinstance(episode, Played)]
    turns = [sum(part.calls for part in usage.values()) for usage in usages]
    ideal = LATENCY * sum(turns) / EPISODES
    row(f"{EPISODES} episodes at a time, {LATENCY:g} s latency", sum(turns) / took, None, "turns/s")
    row("of the ideal", 100 * ideal / took, 90, "%", less=False)


class Quiet(Model):
    """A model that ends every event at once."""

    def complete(self, messages: Any, tools: Any) -> Reply:
        return Reply(Message("assistant", "ok"))


def memory() -> None:
    """Row of the memory that a run of many episodes takes after its first tenth."""
    tasks = generated(
        "worlds", TaskOptions(range(MANY), parameters={"template": "company", "tier": "lite"})
    )
    model_roles = ModelRoles({"quiet": Quiet()})
    asked = Evaluation(tasks, BenchSettings(agent=["quiet"]), model_roles=model_roles)
    runner = Runner(tasks.track, tuple(asked.players(model_roles)), wanted=ResultOptions())
    sizes = []
    for number, _ in enumerate(over_threads(runner.play_unit, asked.units, 8)):
        if number in (MANY // 10, MANY - 1):
            sizes.append(getrusage(RUSAGE_SELF).ru_maxrss / 1024)
    row(f"{MANY:,} episodes: growth after the first {MANY // 10}", sizes[1] - sizes[0], 50, "MiB")


def row(name: str, value: float, goal: float | None, unit: str, *, less: bool = True) -> None:
    """One line of the table."""
    if goal is None:
        print(f"{name:<46}{value:12,.2f} {unit:<12}")
        return
    ratio = goal / max(value, 1e-9) if less else value / goal
    print(f"{name:<46}{value:12,.2f} {unit:<12}{goal:10,.0f}{ratio:8.1f}")


def main() -> None:
    """Prints the table."""
    print(f"{'models over the loopback':<46}{'measured':>12} {'':<12}{'goal':>10}{'of goal':>8}")
    for tier in ("lite", "standard"):
        overhead(tier)
    throughput()
    memory()


if __name__ == "__main__":
    main()
