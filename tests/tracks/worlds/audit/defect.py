"""What a planted defect is: one small patch, and the row or check that must name it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import pytest

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Worlds:
    """What is dealt to see a defect."""

    templates: tuple[str, ...] = ("company", "hospital")
    seeds: int = 2
    tier: str = "standard"


FEW = Worlds()
MANY = Worlds(("company", "hospital", "city"), seeds=10)
SESSIONS = Worlds(tier="multi")
LONG = Worlds(seeds=3, tier="hard")
LONGER = Worlds(("company", "hospital", "city", "sport"), seeds=8, tier="hard")


@dataclass(frozen=True)
class Defect:
    """What is broken, and what must say so."""

    plant: Plant
    caught_by: Literal["validate", "verify"]
    named: str
    """How the row or check that names it begins."""
    agents: tuple[str, ...] = ()
    """Who plays, for `validate`."""
    worlds: Worlds = FEW


def validate(named: str, *agents: str, worlds: Worlds = FEW) -> Callable[[Plant], Defect]:
    """Makes a plant a defect that `--validate` sees."""
    played = agents or ("clairvoyant", "strategic")
    return lambda plant: Defect(plant, "validate", named, played, worlds)


def verify(named: str, worlds: Worlds = FEW) -> Callable[[Plant], Defect]:
    """Makes a plant a defect that `verify` sees."""
    return lambda plant: Defect(plant, "verify", named, worlds=worlds)


def wrap(patch: pytest.MonkeyPatch, owner: Any, name: str, around: Callable[..., Any]) -> None:
    """Replaces a function by `around(old, *arguments)`."""
    old = getattr(owner, name)
    patch.setattr(owner, name, lambda *args, **kw: around(old, *args, **kw))


def named(defects: dict[str, Any]) -> dict[str, Defect]:
    """The defects of a module's names."""
    return {name: value for name, value in defects.items() if isinstance(value, Defect)}
