"""Plays episodes: one task with many agents, many tasks over processes; clocks live here."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from hashlib import sha256
from importlib.resources import files
from inspect import signature
from time import perf_counter
from typing import Any, TypeVar

from memorygym import registry
from memorygym.attribution import Attribution, store_precision
from memorygym.core import JSON, Budget, Memory, Policy, Task
from memorygym.episode import Episode, play
from memorygym.errors import BadKey, ProviderFailure
from memorygym.scoring import Score, score
from memorygym.trace import Trace
from memorygym.tracks.worlds import env
from memorygym.worlds.dealing.deal import deal
from memorygym.worlds.dealing.tiers import Sizes

LIFTED = Budget()
"""No limits: for `perfect` alone."""
VERSION = "worlds-v1"
_CONTRACT = (
    "core.py",
    "ledger.py",
    "rng.py",
    "arguments.py",
    "agents/protocol.py",
    "stores",
    "memory",
    "worlds",
    "grading",
    "tokens.py",
    "episode.py",
    "facts.py",
    "scoring.py",
    "tracks",
)


@lru_cache(maxsize=1)
def contract() -> str:
    """What a score depends on, as a version and a hash: nothing compares across contracts."""
    digest = sha256()
    for part in _CONTRACT:
        for text in _sources(files("memorygym") / part):
            lines = (line.split("  #")[0].rstrip() for line in text.splitlines())
            digest.update("\n".join(line for line in lines if line and line[0] != "#").encode())
    return f"{VERSION}@{digest.hexdigest()[:8]}"


def _sources(path: Any) -> Iterator[str]:
    if path.is_file():
        if path.name.endswith(".py"):
            yield path.read_text(encoding="utf-8")
        return
    for item in sorted(path.iterdir(), key=lambda item: str(item.name)):
        if item.name != "__pycache__":
            yield from _sources(item)


@dataclass(frozen=True, slots=True)
class Settings:
    """What is dealt and with which memory it is played."""

    template: str
    seed: int
    tier: str = "standard"
    sizes: Sizes = field(default_factory=Sizes)
    salt: str = ""
    memory: str = "markdown"

    def deal(self) -> Task:
        """The task."""
        return deal(self.template, self.seed, self.tier, self.sizes, self.salt)


@dataclass(frozen=True, slots=True)
class Result:
    """One episode, scored."""

    template: str
    seed: int
    agent: str
    score: Score
    causes: Mapping[str, int]
    """Misses by cause."""
    precision: Mapping[str, float]
    seconds: float
    measures: Mapping[str, float] = field(default_factory=dict)
    """What `inspect` took from the trace."""
    trace: Trace | None = None

    def to_json(self) -> dict[str, JSON]:
        """As results store it; seconds are kept elsewhere."""
        return {
            "template": self.template, "seed": self.seed, "agent": self.agent,
            **self.score.to_json(), "causes": dict(self.causes),
            "store_precision": {name: round(share, 6) for name, share in self.precision.items()},
        }  # fmt: skip


def policy_for(agent: str, task: Task) -> Policy:
    """The agent; only one that is marked `needs_gold` is given the side table."""
    factory: Callable[..., Policy] = registry.load("agents", agent)
    return factory(gold=task.gold) if needs_gold(agent) else factory()


@cache
def needs_gold(agent: str) -> bool:
    """Whether an agent may see the side table: a shipped one whose factory takes `gold`."""
    factory = registry.load("agents", agent)
    return _shipped(factory) and "gold" in signature(factory).parameters


def _shipped(part: object) -> bool:
    """Only our own agents may see the truth or lift the budget."""
    return str(getattr(part, "__module__", "")).startswith("memorygym.")


def play_one(
    task: Task, policy: Policy, memory: Callable[[], Memory], labels: Mapping[str, JSON]
) -> Trace:
    """One episode; the agent never meets the side table of the task."""
    trace = play(episode_for(task, policy, memory), policy)
    trace.gold = task.gold
    trace.labels.update(labels)
    return trace


def episode_for(task: Task, policy: Policy, memory: Callable[[], Memory]) -> Episode:
    """The episode that the agent plays: without the side table, and for some without budget."""
    lifted = LIFTED if getattr(policy, "lifts_budget", False) and _shipped(type(policy)) else None
    return Episode(env(replace(task, gold=None)), memory, lifted)


Inspect = Callable[[str, Trace], Mapping[str, float]]
"""Takes further figures from an agent's trace, in the process that played it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is played on every task and what is kept of it."""

    agents: tuple[str, ...]
    attributed: bool = True
    traced: bool = False
    inspect: Inspect | None = None


def play_task(settings: Settings, plan: Plan) -> list[Result]:
    """All agents on one task, which is dealt and parsed once."""
    task = settings.deal()
    memory = partial(registry.make, "memory", settings.memory)
    results = []
    for agent in plan.agents:
        start = perf_counter()
        policy = policy_for(agent, task)
        labels = {"agent": agent, "memory": settings.memory, "contract": contract()}
        trace = play_one(task, policy, memory, labels)
        results.append(judged(settings, agent, trace, plan, perf_counter() - start))
    return results


def judged(settings: Settings, agent: str, trace: Trace, plan: Plan, seconds: float) -> Result:
    """The result of a trace."""
    causes: dict[str, int] = {}
    precision: dict[str, float] = {}
    if plan.attributed:
        for _, cause in Attribution(trace).causes:
            causes[cause] = causes.get(cause, 0) + 1
        precision = store_precision(trace)
    measures = plan.inspect(agent, trace) if plan.inspect else {}
    return Result(
        settings.template, settings.seed, agent, score(trace), causes, precision, seconds, measures,
        trace if plan.traced else None,
    )  # fmt: skip


T = TypeVar("T")


def over_processes(
    one: Callable[[Settings], T], tasks: Sequence[Settings], workers: int
) -> Iterator[T]:
    """What `one` makes of every task, in the order of the tasks, whatever the number of workers."""
    if workers <= 1 or len(tasks) <= 1:
        for task in tasks:
            yield one(task)
        return
    with ProcessPoolExecutor(min(workers, len(tasks))) as pool:
        yield from pool.map(one, tasks)


@dataclass(frozen=True, slots=True)
class Failure:
    """An episode that the provider of its model failed: no score, and never a score of 0."""

    template: str
    seed: int
    error: str


def play_model(
    tasks: Sequence[Settings], name: str, policy: Callable[[], Policy], plan: Plan, workers: int
) -> Iterator[Result | Failure]:
    """A model on all tasks, in the order of the tasks, in threads. A refused key stops at once."""

    def one(settings: Settings) -> Result | Failure:
        task = settings.deal()
        memory = partial(registry.make, "memory", settings.memory)
        labels = {"agent": name, "memory": settings.memory, "contract": contract()}
        start = perf_counter()
        try:
            trace = play_one(task, policy(), memory, labels)
        except BadKey:
            raise
        except ProviderFailure as error:
            return Failure(settings.template, settings.seed, str(error))
        return judged(settings, name, trace, plan, perf_counter() - start)

    pool = ThreadPoolExecutor(max(1, workers))
    try:
        yield from pool.map(one, tasks)
    finally:
        pool.shutdown(cancel_futures=True)


def play_all(tasks: Sequence[Settings], plan: Plan, workers: int) -> Iterator[list[Result]]:
    """All agents on all tasks, in the order of the tasks."""
    return over_processes(partial(play_task, plan=plan), tasks, workers)
