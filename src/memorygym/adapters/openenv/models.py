"""What goes over the wire: the action, the observation and the state of a session."""

from typing import Any

from openenv.core.env_server.types import Action, Observation, State
from pydantic import BaseModel, Field, SkipValidation


class MemoryCall(BaseModel):
    """One call of a tool."""

    name: str
    arguments: dict[str, Any] | str = Field(default_factory=dict)
    """An object, or its JSON."""
    id: str = ""


class MemoryAction(Action):  # type: ignore[misc]
    """A reply of the policy: a text, which may hold `<tool_call>`s, or a text and its calls."""

    text: str = ""
    calls: list[MemoryCall] = Field(default_factory=list)


class MemoryObservation(Observation):  # type: ignore[misc]
    """What the policy may read now; no field holds an answer before the end."""

    text: str
    """The present context as one text (with `observation=new` only what was added)."""
    messages: SkipValidation[list[dict[str, Any]]]
    """The present context as OpenAI messages, for a model that gets `tools` apart."""
    tools: SkipValidation[list[dict[str, Any]]]
    restart: bool
    """Whether the context was reset: what was shown before is to be forgotten."""
    event: int
    """Number of the running event, from 0."""
    task: dict[str, Any]
    """Template and seed."""
    writes_left: int | None
    tokens_held: int
    """Tokens that the memory holds."""
    malformed: bool
    """Whether the last reply had a call that is unreadable or fits no tool."""
    truncated: bool = False
    score: dict[str, Any] | None = None
    """The score by axis, once the episode ended."""


class MemoryState(State):  # type: ignore[misc]
    """The episode of a session; `step_count` counts the replies."""

    split: str = ""
    template: str = ""
    seed: int | None = None
    """Of the task, within its split."""
