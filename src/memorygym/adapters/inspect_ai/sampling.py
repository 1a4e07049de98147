"""What a sample is of: a world or an instance, read back from its metadata."""

from collections.abc import Mapping
from typing import Any, Protocol

from memorygym.adapters.inspect_ai.instances import Instance
from memorygym.adapters.inspect_ai.recipes import Recipe
from memorygym.core import JSON, Policy, Task
from memorygym.episode import Episode


class Sampled(Protocol):
    """One sample."""

    @property
    def track(self) -> str: ...
    @property
    def template(self) -> str: ...
    @property
    def seed(self) -> int: ...
    @property
    def tool_mode(self) -> str: ...
    @property
    def name(self) -> str:
        """Its id."""
        ...

    def deal(self) -> Task:
        """The task."""
        ...

    def mind(self, agent: str, task: Task) -> Policy:
        """Who answers under that name. Raises UnknownPart."""
        ...

    def seat(self, task: Task, mind: Policy) -> tuple[Episode, Policy]:
        """The episode, and who plays it for that mind."""
        ...

    def labels(self, agent: str, task: Task) -> dict[str, JSON]:
        """Who plays, as the trace says it."""
        ...

    def to_json(self) -> dict[str, Any]:
        """As its metadata hold it."""
        ...


def sampled(metadata: Mapping[str, Any]) -> Sampled:
    """The sample of these metadata."""
    return Instance.from_json(metadata) if "source" in metadata else Recipe.from_json(metadata)
