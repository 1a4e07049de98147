"""What every room speaks: the types below, the episode that they play, and its record.

`types` (Task, Env, Memory, Policy, Message), `episode` (the referee), `budget` and `guard` (its
hand on a memory), `trace` (what happened), `track` (one kind of task) with `outcome`, `statements`
and `trace_reader`; then what all of these rest on.
"""

from memorygym.core.types import (
    JSON,
    Budget,
    Call,
    Entry,
    Env,
    Event,
    Gold,
    Memory,
    Message,
    Meter,
    Policy,
    Role,
    Step,
    Task,
    Tool,
    Writer,
    content_id,
    tool,
)

__all__ = [
    "JSON",
    "Budget",
    "Call",
    "Entry",
    "Env",
    "Event",
    "Gold",
    "Memory",
    "Message",
    "Meter",
    "Policy",
    "Role",
    "Step",
    "Task",
    "Tool",
    "Writer",
    "content_id",
    "tool",
]
