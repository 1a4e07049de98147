"""The arms of a comparison: what each row sees, and within which budgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from memorygym.core.types import Budget, Task

Role = Literal["reference", "memory", "held"]
REFERENCES = ("none", "full", "recency", "oracle")
"""Always played. `none` and `full` know no budget, so they are played once for all of them."""
UNBOUNDED = ("none", "full")
SCRIBE = "+scribe"
"""Ends the name of a memory with tools, which the track's fixed scribe uses."""
HELD = "held:"


@dataclass(frozen=True, slots=True)
class ComparisonLimits:
    """What binds every memory alike."""

    view: int
    """Tokens of the view."""
    capacity: int | None = None
    """Tokens that a memory may hold; without it only tools are bound, by the track's own."""


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """One row at one budget."""

    name: str
    """none, full, recency, oracle, a memory's spec, or `held:` and one."""
    spec: str
    """Of the memory behind it."""
    role: Role
    limits: ComparisonLimits

    @property
    def budget(self) -> int | None:
        """Tokens of the view; None for the two that know no budget."""
        return None if self.name in UNBOUNDED else self.limits.view


def systems(
    specs: Sequence[str], with_tools: Sequence[str], limits: ComparisonLimits
) -> list[SystemSpec]:
    """References first, then each memory and what it holds; to name a reference changes nothing."""
    rows = [SystemSpec(name, name, "reference", limits) for name in REFERENCES]
    for spec in dict.fromkeys(specs):
        if spec not in REFERENCES:
            name = spec + SCRIBE * (spec in with_tools)
            rows.append(SystemSpec(name, spec, "memory", limits))
            rows.append(SystemSpec(HELD + name, spec, "held", limits))
    return rows


def named(recipe: Mapping[str, Any]) -> list[str]:
    """The memories of a comparison's recipe in the order in which they were named: run.json sorts
    its keys, its arms are in order."""
    order = {system: at for at, (system, _) in reversed([*enumerate(recipe["systems"])])}
    specs = [spec for spec in recipe["memories"] if spec not in REFERENCES]
    return sorted(specs, key=lambda spec: order.get(spec, order.get(spec + SCRIBE, len(order))))


def role_of(system: str) -> Role:
    """What an arm is, from its name."""
    if system in REFERENCES:
        return "reference"
    return "held" if system.startswith(HELD) else "memory"


def budget_of(system: SystemSpec, task: Task, *, tools: bool) -> Budget:
    """What the referee enforces.

    A memory with tools keeps the track's writes and slot. What its tools return is no part of the
    composed view, so the view's budget bounds what it may hold.
    """
    limits = system.limits
    if system.budget is None:
        return replace(task.budget, capacity=None, writes=None, slot=None, view=None)
    if not tools:
        view = None if system.role == "held" else limits.view
        return replace(task.budget, view=view, capacity=limits.capacity, writes=None, slot=None)
    most = limits.capacity or task.budget.capacity or limits.view
    return replace(task.budget, view=limits.view, capacity=min(most, limits.view))
