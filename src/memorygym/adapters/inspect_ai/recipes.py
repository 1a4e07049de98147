"""The samples that a task's arguments name: one recipe each, fit for a log, without secrets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from memorygym.adapters.inspect_ai.task_sources import (
    Source,
    check_arguments,
    generate,
    names,
    positive,
    salt_of,
    source_of,
)
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import find, version_of
from memorygym.core.types import JSON, Task
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.runs.comparison.figures import left_out
from memorygym.runs.comparison.memory_specs import MemorySpec, check_view, plug_all
from memorygym.runs.comparison.run import MemorySystem
from memorygym.runs.comparison.system_specs import ComparisonLimits, SystemSpec, systems
from memorygym.runs.metrics import measure
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.systems import AgentSystem, SystemPlayer
from memorygym.runs.tasks import Limits, salt_hash

TOOL_MODES = ("native", "text")
ROLES = AGENT, REASONER = ("agent", "reasoner")
"""An agent uses its memory itself; a reasoner sees what the memory composes within a budget."""
BUDGET = 1000
MEMORY = "markdown"


@dataclass(frozen=True, slots=True)
class SampleRecipe:
    """One sample: its task, role, memory and limits, and how tools are described."""

    track: str
    template: str
    seed: int
    role: str
    memory: str
    budget: int | None
    """Most tokens of a reasoner's context."""
    capacity: int | None
    """Most tokens that the memory may store."""
    tool_mode: str
    """`text` describes the tools in the system message, for models without tool calling."""
    source: Source
    """Where the task comes from."""

    @property
    def name(self) -> str:
        """The sample's id."""
        return f"{self.template}-{self.seed}"

    @property
    def description(self) -> str:
        """The sample in one line."""
        parameters: Any = self.source.get("parameters", {})
        words = [f"{name} {value}" for name, value in parameters.items() if name != "template"]
        return " · ".join((self.track, self.template, f"seed {self.seed}", *words))

    def generate(self) -> Task:
        """The task."""
        return generate(self.track, self.source, (self.template, self.seed))

    def player(self, agent: str) -> SystemPlayer:
        """The system with that agent, reasoner or model: as in `bench`, or as in `compare`."""
        if self.role == AGENT:
            return AgentSystem(agent, self.memory, Limits(capacity=self.capacity))
        rows = systems([self.memory], [self.memory] * plugged(self.memory).tools, self._limits)
        system = next(row for row in rows if row.spec == self.memory and row.role != "unlimited")
        return MemorySystem(agent, system, plugged(self.memory), ModelRoles())

    def labels(self, agent: str, task: Task, repeat: int) -> dict[str, JSON]:
        """The labels of its traces, and the questions that a comparison would leave out."""
        labels = self.player(agent).system.labels(self.track, repeat)
        return labels if self.role == AGENT else {**labels, "left_out": self._left_out(task)}

    @property
    def _limits(self) -> ComparisonLimits:
        return ComparisonLimits(self.budget or BUDGET, self.capacity)

    def _left_out(self, task: Task) -> list[JSON]:
        """The numbers of the questions whose needed facts together do not fit the budget."""
        system = SystemSpec("oracle", "oracle", "reference", self._limits)
        reasoner = next(iter(find(self.track).reasoners))
        player = MemorySystem(reasoner, system, plugged(system.spec), ModelRoles())
        (numbers,) = left_out([measure(player.play(task, 0, []))]).values()
        return [*sorted(numbers)]

    def to_json(self) -> dict[str, Any]:
        """As a sample's metadata."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "SampleRecipe":
        """Reads it back from a sample's metadata."""
        return cls(**{name: raw[name] for name in cls.__slots__})


def recipes(track: str, arguments: Mapping[str, Any]) -> list[SampleRecipe]:
    """Every sample that the arguments name. Raises UnknownPart, BadSettings or MemoryFault."""
    found_track = find(track)
    check_arguments(found_track, arguments)
    source = source_of(found_track, arguments)
    # Tracks whose tasks are in files ask about texts: there a fixed reasoner plays by default.
    usual = REASONER if found_track.instances or found_track.files else AGENT
    role = _chosen("role", arguments, ROLES, usual)
    mode = _chosen("tool_mode", arguments, TOOL_MODES, TOOL_MODES[0])
    memory, budget = str(arguments.get("memory", MEMORY)), arguments.get("budget")
    if role == REASONER:
        plugged(memory)
        budget = positive("budget", budget) or BUDGET
    elif budget is not None:
        raise BadSettings(
            f"budget {budget}: an agent plays within the budget of its task; leave it out, or give"
            f" role={REASONER}"
        )
    else:
        check_memory(memory)
    capacity = positive("capacity", arguments.get("capacity"))
    samples = [
        SampleRecipe(track, template, seed, role, memory, budget, capacity, mode, source)
        for template, seed in names(track, source, arguments)
    ]
    task = samples[0].generate()  # Finds what is impossible before anything is played.
    if budget is not None:
        check_view(found_track, task, budget)
    return samples


def about(recipe: SampleRecipe) -> dict[str, JSON]:
    """What a log says of the whole task; a secret only as its hash."""
    player = recipe.player("").system
    return {
        "version": version_of(recipe.track), "track": recipe.track, "role": recipe.role,
        "memory": player.memory, "budget": player.budget, "capacity": recipe.capacity,
        "source": dict(recipe.source), "salt": salt_hash(salt_of(recipe.source)),
    }  # fmt: skip


def _chosen(name: str, arguments: Mapping[str, Any], choices: Sequence[str], usual: str) -> str:
    """The choice that `-T` gave. Raises UnknownPart."""
    if (choice := str(arguments.get(name, usual))) not in choices:
        raise UnknownPart(name, choice, choices)
    return choice


@lru_cache(maxsize=8)
def plugged(spec: str) -> MemorySpec:
    """The memory of that spec, cached: starting a process for one may take seconds."""
    return plug_all([spec])[spec]
