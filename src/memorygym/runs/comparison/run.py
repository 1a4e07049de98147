"""A comparison: the job in which every memory plays the same tasks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import product

from memorygym.agents.reasoner_agent import note_taker
from memorygym.core.episode import Episode, play
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Policy, Task, Writer
from memorygym.runs.comparison.memory_specs import TimedMemory, asks_model, memory_of
from memorygym.runs.comparison.replay_check import Remembered, play_rebuilt
from memorygym.runs.comparison.system_specs import (
    REFERENCES,
    ComparisonLimits,
    MemorySpec,
    SystemSpec,
    budget_of,
    systems,
)
from memorygym.runs.engine import Job
from memorygym.runs.episode_result import ResultOptions
from memorygym.runs.model_roles import DecisionsOnly, ModelRoles, NumberedReplies
from memorygym.runs.objects import GivenModel, identities
from memorygym.runs.settings import CompareSettings
from memorygym.runs.systems import (
    Steps,
    System,
    SystemPlayer,
    modelled,
    played,
    scripted,
    start_episode,
)


@dataclass(frozen=True, slots=True)
class Comparison(Job):
    """The reasoners, which are fixed, and the memories, which vary."""

    memories: Mapping[str, MemorySpec]
    """By spec, references included."""
    settings: CompareSettings
    """Budgets, capacity and the names of reasoners."""
    models: Sequence[GivenModel] = ()
    """Those of `model_roles` that were passed as objects."""

    def systems(self) -> list[SystemSpec]:
        """All systems at all budgets, each once."""
        capacity = self.settings.capacity
        limits = [ComparisonLimits(view, capacity) for view in self.settings.budgets]
        own = self.memories.items() if self.settings.controls else ()
        muted = [
            spec
            for spec, memory in own
            if not memory.tools and (memory.foreign or asks_model(memory))
        ]
        return systems(self.memories, *limits, muted=muted)

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        """Every system with every reasoner."""
        return [
            MemorySystem(reasoner, system, model_roles)
            for reasoner, system in product(self.settings.reasoners, self.systems())
        ]

    def _parts(self) -> Iterator[tuple[str, str]]:
        """The parts by kind and spec, objects left out."""
        yield "tracks", self.tasks.track
        named = (spec for spec, memory in self.memories.items() if not memory.passed)
        yield from (("memory", spec) for spec in named if spec not in REFERENCES)

    def recipe(self) -> Mapping[str, JSON]:
        passed = [memory.passed for memory in self.memories.values() if memory.passed]
        return {
            "kind": "compare",
            "systems": [[system.name, system.budget] for system in self.systems()],
            **self.settings.recipe(),
            "memories": [spec for spec in self.memories if spec not in REFERENCES],
            **identities(self._parts(), [*self.models, *passed]),
        }

    def options(self, wanted: ResultOptions) -> ResultOptions:
        """With measurements, from which its figures are computed, instead of causes."""
        return replace(wanted, causes=False, measured=True)


def _nothing(task: str, text: str, most: int) -> str:  # noqa: ARG001  # It is a Writer.
    """What a muted model writes."""
    return ""


@dataclass(frozen=True, slots=True)
class MemorySystem:
    """A reasoner with the memory of one system. See systems.SystemPlayer."""

    agent: str
    """The reasoner: one of the track's own, or a model of `model_roles`."""
    spec: SystemSpec
    model_roles: ModelRoles

    @property
    def system(self) -> System:
        return System(
            self.agent,
            self.spec.name,
            self.spec.budget,
            compared=True,
            spec=self.spec.spec,
            passed=self.spec.memory.passed.cls if self.spec.memory.passed else "",
            foreign=self.spec.memory.foreign,
        )

    @property
    def waits(self) -> bool:
        return self.model_roles.waits

    def begin(self, task: Task, steps: Steps) -> Episode:
        return self._begin(task, steps, self.model_roles.writer)

    def _begin(self, task: Task, steps: Steps, writer: Writer) -> Episode:
        make, budget = memory_of(self.spec, task), budget_of(self.spec, task)
        if self.spec.role == "control":
            writer = _nothing
        return start_episode(task, lambda: TimedMemory(make(), steps), budget, writer)

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        """The reasoner. For a memory with tools it is the track's note taker, which decides as the
        reasoner does. A model is not asked where the track needs no decision."""
        track, tools = find(task.track), self.spec.memory.tools
        if model and not tools:
            return DecisionsOnly(model, track.asks)
        known = track.reasoner_task(task)
        reasoner = model or scripted(self.agent, known)
        return note_taker(track, reasoner, known) if tools else reasoner

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """Plays one episode. Only the oracle sees the gold table, and a reasoner if its track is
        `reasoners_see_gold`."""
        memory, model_roles = self.spec.memory, self.model_roles
        writer = Remembered(model_roles.writer)
        episode = self._begin(task, steps, writer)
        chat = model_roles.chat(self.agent) if self.agent in model_roles.models else None
        rebuilt = memory.foreign and self.spec.role == "memory"
        rebuild = partial(
            play_rebuilt, task=task, make=memory.make, name=self.spec.name, writer=writer.again
        )
        labels, policy = self.system.labels(task.track, repeat), self.policy(task, chat)
        if chat:
            policy = NumberedReplies(policy, chat)
        trace = played(episode, policy, task, labels, rebuild if rebuilt else play)
        return modelled(trace, chat, model_roles) if chat else trace
