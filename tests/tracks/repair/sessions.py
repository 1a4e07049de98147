"""Sessions to play in tests, and how they end."""

from functools import cache

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Budget, Policy, Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks.repair.env import RepairEnv
from memorygym.tracks.repair.generator import RepairRecipe
from memorygym.tracks.repair.reasoners import StrongDebugger

TRACK = find("repair")


@cache
def session(seed: int = 0, tokens: int = 20_000) -> Task:
    """The task of a recipe."""
    return RepairRecipe("generated", seed, tokens=tokens).generate()


def played(task: Task, memory: str = "full", policy: Policy | None = None, **budget: int) -> Trace:
    """The trace of a session, with its gold table."""
    episode = Episode(RepairEnv(task), lambda: registry.make("memory", memory), Budget(**budget))
    trace = play(episode, policy or StrongDebugger())
    trace.gold = task.gold
    return trace


def ended(task: Task, memory: str = "full", policy: Policy | None = None) -> list[Outcome]:
    """The outcome of each issue."""
    return rewarded(played(task, memory, policy))
