"""Tasks of the research track, and how they are played."""

from collections.abc import Callable
from functools import cache

from memorygym.core import Memory, Policy, Task
from memorygym.episode import Episode, play
from memorygym.instances.tasks import Made, options_of
from memorygym.isolation.arms import REFERENCES, Arm, Limits, Role, budget_of, memory_of
from memorygym.isolation.plugging import plug_all
from memorygym.trace import Trace
from memorygym.tracks.research import env, listener, recipes, scribe


@cache
def dealt(hops: int = 4) -> Task:
    """An instance of 10,000 tokens."""
    options = options_of("research", {"hops": str(hops), "tokens": "10k"})
    options.n = 1
    return Made("research", recipes(options)[0]).deal()


def played(task: Task, spec: str, policy: Policy, budget: int = 1000) -> Trace:
    """That memory in the hands of that reasoner."""
    (plugged,) = (one for name, one in plug_all([spec]).items() if name == spec)
    role: Role = "reference" if spec in REFERENCES else "memory"
    row = Arm(spec, spec, role, Limits(budget))
    who = scribe(policy, task) if plugged.tools else listener(policy, task)
    make: Callable[[], Memory] = memory_of(row, task, plugged.make)
    trace = play(Episode(env(task), make, budget_of(row, task, tools=plugged.tools)), who)
    trace.gold = task.gold
    return trace
