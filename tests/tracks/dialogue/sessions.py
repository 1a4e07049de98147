"""Sessions to play in tests, and how many requests are granted."""

from functools import cache

from memorygym.core import registry
from memorygym.core.track import find
from memorygym.core.types import Policy, Task
from memorygym.tracks.dialogue.generator import DialogueRecipe
from tests.tracks.plays import ended

DESKS = tuple(registry.names("desks"))
TRACK = find("dialogue")


@cache
def session(template: str = "retail", seed: int = 0, **dials: int | str) -> Task:
    """The task of a recipe."""
    return DialogueRecipe(template, seed, **dials).generate()  # type: ignore[arg-type]


def granted(task: Task, memory: str = "full", policy: Policy | None = None) -> float:
    """The share of requests that were granted."""
    outcomes = ended(task, memory, policy)
    return sum(outcome.score for outcome in outcomes) / len(outcomes)
