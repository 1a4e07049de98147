"""Sessions to play in tests."""

from functools import cache

from memorygym.core.track import find
from memorygym.core.types import Task
from memorygym.tracks.repair.generator import RepairRecipe

TRACK = find("repair")


@cache
def session(seed: int = 0, tokens: int = 20_000) -> Task:
    """The task of a recipe."""
    return RepairRecipe("generated", seed, tokens=tokens).generate()
