"""What is dealt and how it is played: the settings of a task, and how a run tells them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Protocol

from memorygym.core import JSON, Memory, Task
from memorygym.errors import BadSettings
from memorygym.journal import episode_name
from memorygym.sandbox.choosing import memory_factory
from memorygym.worlds.dealing.deal import deal
from memorygym.worlds.dealing.tiers import Sizes

LIMITS = ("turns", "patience")
"""Fields of a task's budget that may be set beside its tier."""


class Dealt(Protocol):
    """A task that can be dealt; its template and seed name it."""

    @property
    def template(self) -> str: ...
    @property
    def seed(self) -> int: ...
    def deal(self) -> Task: ...


@dataclass(frozen=True, slots=True)
class Settings:
    """What is dealt, with which memory it is played, and for the how manieth time."""

    template: str
    seed: int
    tier: str = "standard"
    sizes: Sizes = field(default_factory=Sizes)
    salt: str = ""
    memory: str = "markdown"
    repeat: int = 0
    turns: int | None = None
    """Most replies within one event, if not the track's own figure."""
    patience: int | None = None
    """Identical failing calls in a row after which an event ends; the same."""

    def deal(self) -> Task:
        """The task."""
        task = deal(self.template, self.seed, self.tier, self.sizes, self.salt)
        given = {name: n for name in LIMITS if (n := getattr(self, name)) is not None}
        if not given:
            return task
        budget = replace(task.budget, **given)
        return replace(task, budget=budget, recipe={**task.recipe, **given})

    def make_memory(self) -> Memory:
        """A new one, empty; somebody else's in a process of its own."""
        return memory_factory(self.memory)()

    def episode(self, agent: str) -> str:
        """The name of its episode with that agent."""
        return episode_name(self.template, self.seed, agent, self.repeat)


def checked_salt(given: str, name: str) -> str:
    """What was given as `name` to seal a set. Raises BadSettings for nothing: it would not seal."""
    if not given.strip():
        raise BadSettings(
            f"{name} {given!r} is empty, as a variable is that was not set: give a value, or leave"
            f" {name} out for the public set"
        )
    return given


def salt_hash(salt: str) -> str | None:
    """What is told of the secret of a sealed set; None for the public set."""
    return sha256(salt.encode()).hexdigest() if salt else None


def recipe_of(worlds: Sequence[Settings]) -> dict[str, JSON]:
    """Which worlds they are, as the recipe of a run tells it; a salt only as its hash."""
    first = worlds[0]
    return {
        "track": "worlds",
        "templates": sorted({world.template for world in worlds}),
        "seeds": sorted({world.seed for world in worlds}),
        "tier": first.tier,
        "sizes": {name: getattr(first.sizes, name) for name in Sizes.__slots__},
        "salt": salt_hash(first.salt),
    }
