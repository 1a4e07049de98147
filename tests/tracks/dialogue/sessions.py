"""Sessions to play in tests, and how they end."""

from functools import cache

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Budget, Policy, Task
from memorygym.scoring.episode_scores import rewarded
from memorygym.tracks.dialogue.env import DialogueEnv
from memorygym.tracks.dialogue.generator import DialogueRecipe
from memorygym.tracks.dialogue.reasoners import StrongClerk

DESKS = tuple(registry.names("desks"))
TRACK = find("dialogue")


@cache
def session(template: str = "retail", seed: int = 0, **dials: int | str) -> Task:
    """The task of a recipe."""
    return DialogueRecipe(template, seed, **dials).generate()  # type: ignore[arg-type]


def played(task: Task, memory: str = "full", policy: Policy | None = None, **budget: int) -> Trace:
    """The trace of a session, with its gold table."""
    episode = Episode(DialogueEnv(task), lambda: registry.make("memory", memory), Budget(**budget))
    trace = play(episode, policy or StrongClerk())
    trace.gold = task.gold
    return trace


def ended(task: Task, memory: str = "full", policy: Policy | None = None) -> list[Outcome]:
    """The outcome of each request."""
    return rewarded(played(task, memory, policy))


def granted(task: Task, memory: str = "full", policy: Policy | None = None) -> float:
    """The share of requests that were granted."""
    outcomes = ended(task, memory, policy)
    return sum(outcome.score for outcome in outcomes) / len(outcomes)
