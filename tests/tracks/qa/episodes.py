"""Tasks of the research track, and a function that plays them."""

from functools import cache

from memorygym.core.episode import Episode, play
from memorygym.core.trace import Trace
from memorygym.core.track import TaskOptions
from memorygym.core.types import Policy, Task
from memorygym.runs.comparison.memory_specs import memory_of, plug_all
from memorygym.runs.comparison.system_specs import ComparisonLimits, budget_of, systems
from memorygym.tracks.research import TRACK


@cache
def research_task(hops: int = 4) -> Task:
    """An instance of 10,000 tokens."""
    options = TaskOptions(range(1), parameters={"hops": str(hops), "tokens": "10k"})
    return TRACK.tasks(options)[0].generate()


def played(task: Task, spec: str, policy: Policy, budget: int = 1000) -> Trace:
    """The trace of an episode with that memory and that reasoner."""
    rows = systems(plug_all([spec]), ComparisonLimits(budget))
    system = next(row for row in rows if row.spec == spec)
    player = TRACK.note_taker(policy, task) if system.memory.tools else policy
    make = memory_of(system, task)
    trace = play(Episode(TRACK.env(task), make, budget_of(system, task)), player)
    trace.gold = task.gold
    return trace
