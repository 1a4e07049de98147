"""A planted defect: one small patch, and the row or check that must report it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class TaskSet:
    """The tasks that are generated to find a defect."""

    templates: tuple[str, ...] = ("company", "hospital")
    seeds: int = 2
    tier: str = "standard"


FEW = TaskSet()
MANY = TaskSet(("company", "hospital", "city"), seeds=10)
SESSIONS = TaskSet(tier="multi")
LONG = TaskSet(seeds=3, tier="hard")
LONGER = TaskSet(("company", "hospital", "city", "sport"), seeds=8, tier="hard")


@dataclass(frozen=True)
class Defect:
    """A planted defect with the check that must report it."""

    plant: Plant
    caught_by: Literal["validate", "verify"]
    check: str
    """The beginning of the name of the row or check that must fail."""
    agents: tuple[str, ...] = ()
    """The agents that play, for `validate`."""
    tasks: TaskSet = FEW


def validate(check: str, *agents: str, tasks: TaskSet = FEW) -> Callable[[Plant], Defect]:
    """A decorator for a defect that `bench --validate` must find."""
    players = agents or ("clairvoyant", "strategic")
    return lambda plant: Defect(plant, "validate", check, players, tasks)


def verify(check: str, tasks: TaskSet = FEW) -> Callable[[Plant], Defect]:
    """A decorator for a defect that `memorygym verify` must find."""
    return lambda plant: Defect(plant, "verify", check, tasks=tasks)


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function by `around(old, *arguments)`."""
    old = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **kw: around(old, *args, **kw))
