"""The limits under which agents play, beside those that tasks state."""

from dataclasses import dataclass, replace
from typing import Any

from memorygym.core import Budget, Task

LIFTED = Budget()
"""No limits: for an agent that is `unbounded`."""
CAPACITY = 1000
"""Tokens that a memory may hold on a track whose tasks set no limit."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What `bench` sets beside the budget of a task; None leaves it."""

    turns: int | None = None
    """Most replies within one event."""
    patience: int | None = None
    """Identical failing calls in a row that end an event."""
    capacity: int | None = None
    """Tokens that the memory may hold, and put into a view."""

    def applied(self, task: Task) -> Task:
        """The task under these limits; its recipe tells of those that are set."""
        given = {name: value for name, value in self.to_json().items() if value is not None}
        budget = replace(task.budget, **{n: v for n, v in given.items() if n != "capacity"})
        if self.capacity or budget.capacity is None:
            most = self.capacity or CAPACITY
            budget = replace(budget, capacity=most, view=most)
        return replace(task, budget=budget, recipe={**task.recipe, **given})

    def to_json(self) -> dict[str, Any]:
        """By name."""
        return {name: getattr(self, name) for name in Limits.__slots__}
