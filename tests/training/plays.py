"""Small tasks of every track, played with what each reply saw."""

from collections.abc import Sequence
from functools import cache

from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.runs.systems import AgentSystem, played
from memorygym.runs.tasks import Limits
from memorygym.training.data import default_agent
from memorygym.training.tasks import recipes

SMALL = {
    "worlds": {"tier": "lite", "template": "company"},
    "research": {"tokens": "12k", "hops": "2"},
    "codeqa": {"tokens": "12k"},
    "dialogue": {"chains": "1"},
}
"""Parameters that make a track's tasks short."""
TINY = {
    "worlds": {"template": "company", "tier": "lite"},
    "dialogue": {"template": "retail", "chains": "1"},
    "research": {"tokens": "4000", "hops": "2"},
    "codeqa": {"tokens": "10000", "questions": "4"},
}
"""Those that make them shorter, where no scripted agent needs to do well."""
View = tuple[Message, ...]


class Watched(Policy):
    """A policy whose views are kept."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.views: list[View] = []

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        self.views.append(tuple(view))
        return self._policy.act(view, tools)


@cache
def small(track: str, seed: int = 0) -> Task:
    """The first small task of a seed to train on."""
    return recipes(track, "train", range(seed, seed + 1), **SMALL[track])[0].generate()


def watched(
    task: Task, memory: str = "markdown", agent: str = "", turns: int | None = None
) -> tuple[Trace, list[View]]:
    """The trace of an agent, and every view that it replied to."""
    system = AgentSystem(agent or default_agent(find(task.track)), memory, Limits(turns=turns))
    policy = Watched(system.policy(task))
    labels = system.system.labels(task.track, 0)
    return played(system.begin(task, []), policy, task, labels), policy.views
