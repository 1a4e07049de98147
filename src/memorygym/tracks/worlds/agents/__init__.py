"""The scripted agents of worlds, which parts.json lists: honest ones, and adversaries."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from memorygym import registry
from memorygym.core import Policy, Task
from memorygym.track import Agent, Bound


@dataclass(frozen=True, slots=True)
class Scripted:
    """An agent of this package, as parts.json states it; with a bound it is an adversary."""

    made_by: str
    """A module of this package and the factory in it."""
    about: str
    privilege: Literal["", "gold", "unbounded"] = ""
    """What no other agent has: a factory that is given the gold table, or play without budgets."""
    imitates: str = ""
    """What bad agent an adversary stands for, or what defect it would profit from."""
    most: float | None = None
    over: str = ""
    """See track.Bound."""
    why: str = ""
    """How an adversary gets as far as that."""


OUTSIDE = Scripted("", "")
"""What is known of an agent of somebody else."""


@cache
def scripted() -> Mapping[str, Scripted]:
    """The agents of this package by name."""
    stated = json.loads(Path(__file__).with_name("parts.json").read_text(encoding="utf-8"))
    return {name: Scripted(**agent) for name, agent in stated.items()}


def agent_of(name: str) -> Agent:
    """The agent of that name; only one of this package has privileges."""
    stated = scripted().get(name, OUTSIDE)
    bound = None if stated.most is None else Bound(stated.most, stated.over)
    kind: Literal["honest", "adversary", "truth"] = "truth" if stated.privilege else "honest"

    def make(task: Task) -> Policy:
        given = {"gold": task.gold} if stated.privilege == "gold" else {}
        policy: Policy = registry.make("agents", name, **given)
        return policy

    return Agent(
        make=make,
        kind="adversary" if bound else kind,
        unbounded=stated.privilege == "unbounded",
        bound=bound,
    )


def is_recoder(name: str) -> bool:
    """Whether an agent stores records as numbers, so that what its memory holds is counted in
    records."""
    return scripted().get(name, OUTSIDE).made_by.startswith("recoder:")
