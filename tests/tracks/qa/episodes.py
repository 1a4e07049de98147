"""Tasks of the research track, and a function that plays them."""

from collections.abc import Callable
from functools import cache

from memorygym.core.episode import Episode, play
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions
from memorygym.core.types import Memory, Policy, Task
from memorygym.runs.comparison.memory_specs import memory_of, plug_all
from memorygym.runs.comparison.system_specs import (
    REFERENCES,
    ComparisonLimits,
    Role,
    SystemSpec,
    budget_of,
)
from memorygym.tracks.research import TRACK


@cache
def research_task(hops: int = 4) -> Task:
    """An instance of 10,000 tokens."""
    options = TaskOptions(range(1), parameters={"hops": str(hops), "tokens": "10k"})
    return TRACK.tasks(options)[0].generate()


def played(task: Task, spec: str, policy: Policy, budget: int = 1000) -> Trace:
    """The trace of an episode with that memory and that reasoner."""
    (memory_spec,) = (memory for name, memory in plug_all([spec]).items() if name == spec)
    role: Role = "reference" if spec in REFERENCES else "memory"
    system = SystemSpec(spec, spec, role, ComparisonLimits(budget))
    player = TRACK.note_taker(policy, task) if memory_spec.tools else policy
    make: Callable[[], Memory] = memory_of(system, task, memory_spec.make)
    trace = play(
        Episode(TRACK.env(task), make, budget_of(system, task, tools=memory_spec.tools)), player
    )
    trace.gold = task.gold
    return trace
