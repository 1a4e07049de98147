"""The systems of a comparison: what each row sees, and within which budgets."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from memorygym.core import registry
from memorygym.core.types import Budget, Memory, Task
from memorygym.runs.objects import GivenMemory

Role = Literal["reference", "memory", "control", "unlimited"]
"""A reference, a memory, one whose model is muted, or one with unlimited context."""
REFERENCES = ("none", "full", "recency", "oracle")
"""Always played. `none` and `full` have no budget, so they are played once for all budgets."""
UNBOUNDED = ("none", "full")
WRITER = "+writer"
"""Ends the name of a memory with tools, which the track's scripted writer uses."""
UNLIMITED = "held:"
"""Begins the name of a memory's row with unlimited context."""
MUTED = "muted:"
"""Begins the name of a memory's control: the same memory, whose model answers nothing."""


@dataclass(frozen=True, slots=True)
class ComparisonLimits:
    """The limits of every memory in a comparison."""

    view: int
    """Most tokens of the context."""
    capacity: int | None = None
    """Most tokens that a memory may store. None sets no limit, but that of the track for tools."""


@dataclass(frozen=True, slots=True)
class MemorySpec:
    """How a named memory is made."""

    make: Callable[[], Memory]
    tools: bool
    """Whether it has tools."""
    passed: GivenMemory | None = None
    """The object that was passed instead of a spec."""
    foreign: bool = False
    """Whether code outside this package keeps its state, which may be more than it dumps."""


@dataclass(frozen=True, slots=True)
class SystemSpec:
    """One row of a comparison at one budget."""

    name: str
    """none, full, recency, oracle, a memory's spec, or that after `held:` or `muted:`."""
    spec: str
    """Its memory, as it was named."""
    memory: MemorySpec
    role: Role
    limits: ComparisonLimits

    @property
    def budget(self) -> int | None:
        """Tokens of the context; None for `none` and `full`, which have no budget."""
        return None if self.name in UNBOUNDED else self.limits.view


def systems(
    memories: Mapping[str, MemorySpec], *limits: ComparisonLimits, muted: Container[str] = ()
) -> list[SystemSpec]:
    """At all limits, each once: references first, then each memory and the same with unlimited
    context, and muted if its spec is in `muted`. The memories by spec include the references."""
    rows: dict[tuple[str, int | None], SystemSpec] = {}
    for limit in limits:
        own = [SystemSpec(name, name, memories[name], "reference", limit) for name in REFERENCES]
        for spec, memory in memories.items():
            if spec not in REFERENCES:
                name = spec + WRITER * memory.tools
                own.append(SystemSpec(name, spec, memory, "memory", limit))
                own.append(SystemSpec(UNLIMITED + name, spec, memory, "unlimited", limit))
                if spec in muted:
                    own.append(SystemSpec(MUTED + name, spec, memory, "control", limit))
        rows |= {(row.name, row.budget): row for row in own}
    return [*rows.values()]


def role_of(system: str) -> Role:
    """The role of a system, from its name."""
    if system in REFERENCES:
        return "reference"
    if system.startswith(MUTED):
        return "control"
    return "unlimited" if system.startswith(UNLIMITED) else "memory"


def is_built_in(system: str) -> bool:
    """Whether the memory of a row is of this package: only then it asks no model by itself."""
    spec = system.removeprefix(UNLIMITED).removeprefix(MUTED).removesuffix(WRITER)
    name, _ = registry.split_spec(spec)
    return system in REFERENCES or registry.is_built_in("memory", name)


def budget_of(system: SystemSpec, task: Task) -> Budget:
    """The budget that the episode enforces.

    A memory with tools keeps the track's limits on writes and slots. What its tools return is not
    part of the composed context, so the context's budget limits what it may store.
    """
    limits = system.limits
    if system.budget is None:
        return replace(task.budget, capacity=None, writes=None, slot=None, view=None)
    if not system.memory.tools:
        view = None if system.role == "unlimited" else limits.view
        return replace(task.budget, view=view, capacity=limits.capacity, writes=None, slot=None)
    most = limits.capacity or task.budget.capacity or limits.view
    return replace(task.budget, view=limits.view, capacity=min(most, limits.view))
