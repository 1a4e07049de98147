"""Plays the arms of a comparison on the same tasks; an episode that ended is kept and measured."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from time import perf_counter
from typing import Literal

from memorygym.agents.chat import Chat
from memorygym.contract import contract
from memorygym.core import JSON, Task
from memorygym.episode import Episode, play
from memorygym.errors import BadKey, MemoryFault, ProviderFailure
from memorygym.executors import over_processes, over_threads
from memorygym.isolation.arms import (
    Arm,
    Limits,
    arms,
    budget_of,
    memory_of,
    policy_of,
)
from memorygym.isolation.measures import Measured, measure
from memorygym.isolation.minds import Minds, Silent
from memorygym.isolation.plugging import Plugged
from memorygym.isolation.rebuilding import play_rebuilt
from memorygym.isolation.tasks import Tasks
from memorygym.isolation.timing import ALL, Timed
from memorygym.journal import Run, append_episode, episode_name
from memorygym.judge import judge_trace
from memorygym.models.model import unaddressed
from memorygym.runner import kept_trace
from memorygym.settings import Dealt
from memorygym.trace import Trace
from memorygym.track import find

Kind = Literal["provider", "memory"]
"""Whose failure it was."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is held fixed and all that varies."""

    tasks: Tasks
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
            (arm.name, arm.budget): arm
            for limits in self.limits
            for arm in arms(list(self.memories), tools, limits)
        }
        return list(found.values())

    def episodes(self) -> Iterator[str]:
        """The names of all of them."""
        for world, reasoner, arm in product(self.tasks.dealt, self.minds.reasoners, self.rows()):
            yield name_of(world, arm, reasoner)


def name_of(world: Dealt, arm: Arm, reasoner: str) -> str:
    """The name of an episode; `timing.clocked` reads it."""
    budget = ALL if arm.budget is None else arm.budget
    return episode_name(world.template, world.seed, reasoner, arm.name, budget)


@dataclass(frozen=True, slots=True)
class Failed:
    """An episode without a score, which is never a score of 0."""

    episode: str
    arm: str
    budget: int | None
    reasoner: str
    kind: Kind
    error: str


Write = Callable[[], None]


def play_all(comparison: Comparison, workers: int) -> Iterator[list[Measured | Failed]]:
    """Every arm on every world, in the order of the worlds."""
    over = over_threads if comparison.minds.waits else over_processes
    yield from over(partial(play_world, comparison), comparison.tasks.dealt, workers)


def play_world(comparison: Comparison, world: Dealt) -> list[Measured | Failed]:
    """Every arm on one world, which is dealt and parsed once.

    Somebody else's memory can read files, and a trace holds the answers: where one plays, all
    traces of a world are written when its last arm has ended.
    """
    dealt, late = cache(world.deal), list[Write]()
    foreign = any(plugged.foreign for plugged in comparison.memories.values())
    found = [
        _outcome(comparison, world, arm, reasoner, dealt, late.append if foreign else _at_once)
        for reasoner in comparison.minds.reasoners
        for arm in comparison.rows()
    ]
    for write in late:
        write()
    return found


def _at_once(write: Write) -> None:
    write()


def _outcome(
    comparison: Comparison,
    world: Dealt,
    arm: Arm,
    reasoner: str,
    dealt: Callable[[], Task],
    keep: Callable[[Write], None],
) -> Measured | Failed:
    """The episode, which is played unless the run has kept it."""
    run, steps, start = comparison.run, list[float](), perf_counter()
    name = name_of(world, arm, reasoner)
    labels: dict[str, JSON] = {
        "agent": reasoner,
        "memory": arm.name,
        "budget": arm.budget,
        "contract": contract(comparison.tasks.track),
    }
    if kept := kept_trace(run, name, world, labels):
        return measure(kept)
    try:
        plugged = comparison.memories[arm.spec]
        trace = _played(dealt(), arm, plugged, comparison.minds, reasoner, steps)
    except BadKey:
        raise
    except (ProviderFailure, MemoryFault) as error:
        kind: Kind = "provider" if isinstance(error, ProviderFailure) else "memory"
        return Failed(name, arm.name, arm.budget, reasoner, kind, str(error))
    trace.labels |= labels
    if run:
        seconds = perf_counter() - start
        keep(partial(append_episode, run, name, trace, seconds, memory_ms=steps))
    return measure(trace)


def _played(
    task: Task, arm: Arm, plugged: Plugged, minds: Minds, reasoner: str, steps: list[float]
) -> Trace:
    """One episode. No memory but the oracle meets the side table, nor does a reasoner, unless the
    track says that its own are INFORMED."""
    track, bare = find(task.track), replace(task, gold=None)
    known = track.known(task)
    mind = minds.policy(reasoner, known)
    heard = Silent(mind, track.asks) if isinstance(mind, Chat) and not plugged.tools else mind
    policy = policy_of(heard, known, tools=plugged.tools)
    make = memory_of(arm, task, plugged.make, foreign=plugged.foreign)
    episode = Episode(
        track.env(bare),
        lambda: Timed(make(), steps),
        budget_of(arm, task, tools=plugged.tools),
        minds.writer,
    )
    # What a model of a provider writes differs from time to time.
    if plugged.foreign and arm.role == "memory" and not minds.writing:
        trace = play_rebuilt(episode, policy, task, plugged.make)
    else:
        trace = play(episode, policy)
    trace.gold = task.gold
    if isinstance(mind, Chat):
        trace.labels |= {"model": unaddressed(mind.describe()), "usage": list(mind.usage)}
        if minds.judge:
            trace = judge_trace(trace, minds.judge)
    return trace
