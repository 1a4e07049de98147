"""Plays the arms of a comparison on the same tasks; an episode that ended is kept and measured."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from time import perf_counter
from typing import Literal

from memorygym import registry
from memorygym.agents.chat import Chat
from memorygym.contract import contract
from memorygym.core import JSON, Env, Memory, Task
from memorygym.episode import Episode, play
from memorygym.errors import BadKey, MemoryFault, ProviderFailure
from memorygym.executors import over_processes, over_threads
from memorygym.isolation.arms import Arm, Limits, arms, budget_of, memory_of, policy_of
from memorygym.isolation.measures import Measured, measure
from memorygym.isolation.minds import Minds
from memorygym.isolation.timing import Timed
from memorygym.journal import Run, append_episode, episode_name
from memorygym.runner import Settings
from memorygym.trace import Trace


@dataclass(frozen=True, slots=True)
class Plugged:
    """A memory as it was named, and how it is made."""

    spec: str
    make: Callable[[], Memory]
    tools: bool
    """Whether it gives its user tools."""
    source: str = ""
    """A hash of its code: a run of one cannot be continued with another."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is held fixed and all that varies."""

    worlds: Sequence[Settings]
    memories: Mapping[str, Plugged]
    """By spec, the references too."""
    limits: Sequence[Limits]
    """One a budget."""
    minds: Minds
    run: Run | None = None

    def rows(self) -> list[Arm]:
        """All arms at all budgets, each once."""
        tools = [spec for spec, plugged in self.memories.items() if plugged.tools]
        found = {
            (arm.name, arm.budget_name): arm
            for limits in self.limits
            for arm in arms(list(self.memories), tools, limits)
        }
        return list(found.values())


@dataclass(frozen=True, slots=True)
class Failed:
    """An episode without a score, which is never a score of 0."""

    episode: str
    template: str
    seed: int
    arm: str
    budget: int | None
    reasoner: str
    kind: Literal["provider", "memory"]
    error: str


def play_all(comparison: Comparison, workers: int) -> Iterator[list[Measured | Failed]]:
    """Every arm on every world, in the order of the worlds."""
    over = over_threads if comparison.minds.waits else over_processes
    yield from over(partial(play_world, comparison), comparison.worlds, workers)


def play_world(comparison: Comparison, world: Settings) -> list[Measured | Failed]:
    """Every arm on one world, which is dealt and parsed once."""
    dealt = cache(world.deal)
    return [
        _outcome(comparison, world, arm, reasoner, dealt)
        for reasoner in comparison.minds.reasoners
        for arm in comparison.rows()
    ]


def _outcome(
    comparison: Comparison, world: Settings, arm: Arm, reasoner: str, dealt: Callable[[], Task]
) -> Measured | Failed:
    name = episode_name(world.template, world.seed, reasoner, arm.name, arm.budget_name)
    labels: dict[str, JSON] = {
        "agent": reasoner,
        "memory": arm.name,
        "budget": None if arm.budget_name == "all" else arm.limits.view,
        "contract": contract(),
    }
    trace = comparison.run.trace(name) if comparison.run else None
    if trace is None or {key: trace.labels.get(key) for key in labels} != labels:
        start, steps = perf_counter(), list[float]()
        plugged = comparison.memories[arm.spec]
        try:
            trace = _played(dealt(), arm, plugged, comparison.minds, reasoner, steps)
        except BadKey:
            raise
        except (ProviderFailure, MemoryFault) as error:
            kind: Literal["provider", "memory"] = (
                "provider" if isinstance(error, ProviderFailure) else "memory"
            )
            budget = None if arm.budget_name == "all" else arm.limits.view
            return Failed(
                name, world.template, world.seed, arm.name, budget, reasoner, kind, str(error)
            )
        trace.labels |= labels
        if comparison.run:
            append_episode(
                comparison.run,
                name,
                trace,
                perf_counter() - start,
                memory_ms=steps,
            )
    return measure(trace)


def _played(
    task: Task, arm: Arm, plugged: Plugged, minds: Minds, reasoner: str, steps: list[float]
) -> Trace:
    """One episode; neither the reasoner nor a memory but the oracle meets the side table."""
    env: Callable[[Task], Env] = registry.load("tracks", task.track, "env")
    mind = minds.policy(reasoner, task.track)
    policy = policy_of(mind, task.track, tools=plugged.tools)
    make = memory_of(arm, task, plugged.make)
    episode = Episode(
        env(replace(task, gold=None)),
        lambda: Timed(make(), steps),
        budget_of(arm, task, tools=plugged.tools),
        minds.writer,
    )
    trace = play(episode, policy)
    trace.gold = task.gold
    if isinstance(mind, Chat):
        asked = {key: value for key, value in mind.describe().items() if key != "endpoint"}
        trace.labels |= {"model": asked, "usage": list(mind.usage)}
    return trace
