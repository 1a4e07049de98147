"""A sample of a track that asks about texts: one task, played as `memorygym compare` plays it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from memorygym import registry
from memorygym.adapters.inspect_ai.recipes import TOOL_MODES
from memorygym.adapters.inspect_ai.sources import Source, deal, names, positive, salt_of, source_of
from memorygym.contract import contract
from memorygym.core import JSON, Env, Policy, Task
from memorygym.episode import Episode, play
from memorygym.errors import UnknownPart
from memorygym.instances.tasks import check_view
from memorygym.isolation.arms import Arm, Limits, arms, budget_of, memory_of, policy_of
from memorygym.isolation.figures import left_out
from memorygym.isolation.plugging import Plugged, plug_all
from memorygym.models import extractive
from memorygym.runs.measures import measure
from memorygym.tracks.worlds.settings import salt_hash

BUDGET = 1000


@dataclass(frozen=True, slots=True)
class Instance:
    """Which task, with which memory within which budget, and how tools are told."""

    track: str
    template: str
    seed: int
    memory: str
    budget: int
    """Tokens of the view."""
    capacity: int | None
    """Most tokens that the memory may hold."""
    tool_mode: str
    source: Source
    """Where the task comes from."""

    @property
    def name(self) -> str:
        """The sample's id: one task."""
        return f"{self.template}-{self.seed}"

    @property
    def limits(self) -> Limits:
        """What binds the memory."""
        return Limits(self.budget, self.capacity)

    @property
    def arm(self) -> Arm:
        """The row that it would have in a comparison."""
        with_tools = [self.memory] if _plugged(self.memory).tools else []
        rows = arms([self.memory], with_tools, self.limits)
        return next(row for row in rows if row.spec == self.memory and row.role != "held")

    def deal(self) -> Task:
        """The task."""
        return deal(self.track, self.source, (self.template, self.seed))

    def mind(self, agent: str, task: Task) -> Policy:
        """The track's locked reasoner of that name. Raises UnknownPart."""
        return _reasoner(agent, task)

    def seat(self, task: Task, mind: Policy) -> tuple[Episode, Policy]:
        """The episode, and who plays it: that reasoner behind the track's listener or scribe."""
        return _seated(task, self.arm, mind)

    def labels(self, agent: str, task: Task) -> dict[str, JSON]:
        """Who plays, as a comparison says it, and the questions that it would leave out."""
        arm = self.arm
        return {
            "agent": agent,
            "memory": arm.name,
            "budget": arm.budget,
            "contract": contract(self.track),
            "left_out": _beyond(task, self.limits),
        }

    def to_json(self) -> dict[str, Any]:
        """As a sample's metadata hold it."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Instance":
        """Reads it back from a sample's metadata."""
        return cls(**{name: raw[name] for name in cls.__slots__})


def instances(track: str, given: Mapping[str, Any]) -> list[Instance]:
    """Every sample that the arguments name. Raises UnknownPart, BadSettings or MemoryFault."""
    source = source_of(track, given)
    mode = str(given.get("tool_mode", TOOL_MODES[0]))
    if mode not in TOOL_MODES:
        raise UnknownPart("tool_mode", mode, TOOL_MODES)
    _plugged(memory := str(given.get("memory", "markdown")))
    budget = positive("budget", given.get("budget", BUDGET))
    most = given.get("capacity")
    capacity = None if most is None else positive("capacity", most)
    found = [
        Instance(track, template, seed, memory, budget, capacity, mode, source)
        for template, seed in names(track, source, given)
    ]
    check_view(track, found[0].deal(), budget)
    return found


def about(one: Instance) -> dict[str, JSON]:
    """What a log says of the whole task."""
    return {
        "contract": contract(one.track), "track": one.track, "memory": one.arm.name,
        "budget": one.arm.budget, "capacity": one.capacity, "source": dict(one.source),
        "salt": salt_hash(salt_of(one.source)),
    }  # fmt: skip


def _reasoner(name: str, task: Task) -> Policy:
    locked: Policy = registry.load("tracks", task.track, "reasoner")(name, _known(task))
    return locked


def _known(task: Task) -> Task:
    """The task as reasoners may know it: its side table only where their track informs them."""
    return task if registry.load("tracks", task.track, "INFORMED") else replace(task, gold=None)


def _seated(task: Task, arm: Arm, mind: Policy) -> tuple[Episode, Policy]:
    """The episode of an arm, and who plays it."""
    plugged, env = _plugged(arm.spec), registry.load("tracks", task.track, "env")
    made: Env = env(replace(task, gold=None))
    memory = memory_of(arm, task, plugged.make, foreign=plugged.foreign)
    budget = budget_of(arm, task, tools=plugged.tools)
    policy = policy_of(mind, _known(task), tools=plugged.tools)
    return Episode(made, memory, budget, extractive.write), policy


def _beyond(task: Task, limits: Limits) -> list[JSON]:
    """The numbers of the questions whose facts do not fit the view together: they do not count."""
    name = str(registry.load("tracks", task.track, "REASONERS")[0])
    arm = Arm("oracle", "oracle", "reference", limits)
    trace = play(*_seated(task, arm, _reasoner(name, task)))
    trace.gold = task.gold
    trace.labels |= {"agent": name, "memory": arm.name, "budget": arm.budget}
    (numbers,) = left_out([measure(trace)]).values()
    return [*sorted(numbers)]


@lru_cache(maxsize=8)
def _plugged(spec: str) -> Plugged:
    """The memory of that spec; to try somebody else's may take seconds."""
    return plug_all([spec])[spec]
