"""A planted defect: one small patch, and the row or check that must report it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
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


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function, or a property, by `around(old, *arguments)`."""
    old = getattr(owner, name)
    if isinstance(old, cached_property):
        patch.setattr(owner, name, property(lambda self: around(old.func, self)))
    else:
        patch.setattr(owner, name, lambda *args, **kw: around(old, *args, **kw))


def validate(
    check: str, owner: Any, name: str, *agents: str, tasks: TaskSet = FEW
) -> Callable[[Callable[..., Any]], Defect]:
    """A decorator of what replaces a function: a defect that `bench --validate` must find."""
    players = agents or ("clairvoyant", "strategic")
    return lambda around: Defect(
        lambda patch: wrap(patch, owner, name, around), "validate", check, players, tasks
    )


def verify(
    check: str, owner: Any, name: str, tasks: TaskSet = FEW
) -> Callable[[Callable[..., Any]], Defect]:
    """A decorator of what replaces a function: a defect that `memorygym verify` must find."""
    return lambda around: Defect(
        lambda patch: wrap(patch, owner, name, around), "verify", check, tasks=tasks
    )
