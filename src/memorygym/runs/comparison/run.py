"""A comparison as a job: its arms are seats of one run on the same tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product

from memorygym.agents.reasoner_agent import note_taker
from memorygym.core.episode import Episode, play
from memorygym.core.errors import MemoryFault
from memorygym.core.rng import named_rng
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Memory, Policy, Task
from memorygym.runs.comparison.memory_specs import MemorySpec, TimedMemory, memory_of
from memorygym.runs.comparison.system_specs import ComparisonLimits, SystemSpec, budget_of, systems
from memorygym.runs.engine import Job
from memorygym.runs.episode_result import ResultOptions
from memorygym.runs.model_roles import DecisionsOnly, ModelRoles, NumberedReplies
from memorygym.runs.objects import GivenModel, trusted
from memorygym.runs.systems import (
    Steps,
    System,
    SystemPlayer,
    modelled,
    played,
    scripted,
    start_episode,
)
from memorygym.runs.tasks import Tasks
from memorygym.runs.version import code_of, digest


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is held fixed and all that varies."""

    tasks: Tasks
    memories: Mapping[str, MemorySpec]
    """By spec, the references too."""
    limits: Sequence[ComparisonLimits]
    """One a budget."""
    reasoners: tuple[str, ...] = ("strong",)
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    models: Sequence[GivenModel] = ()
    """Those of `model_roles` that were passed as objects."""

    def systems(self) -> list[SystemSpec]:
        """All arms at all budgets, each once."""
        tools = [spec for spec, plugged in self.memories.items() if plugged.tools]
        found = {
            (system.name, system.budget): system
            for limits in self.limits
            for system in systems(list(self.memories), tools, limits)
        }
        return list(found.values())

    def players(self, model_roles: ModelRoles) -> list[SystemPlayer]:
        """Every arm under every reasoner."""
        return [
            MemorySystem(reasoner, system, self.memories[system.spec], model_roles)
            for reasoner, system in product(self.reasoners, self.systems())
        ]

    def job(self) -> Job:
        """The run that plays it."""
        recipe: dict[str, JSON] = {
            "kind": "compare",
            "compares": digest(code_of(__name__)),
            "systems": [[system.name, system.budget] for system in self.systems()],
            "memories": {spec: plugged.source for spec, plugged in self.memories.items()},
            "budgets": [limits.view for limits in self.limits],
            "capacity": self.limits[0].capacity,
            "reasoners": list(self.reasoners),
            **trusted([*self.models, *(one.given for one in self.memories.values() if one.given)]),
        }
        return Job(
            tasks=self.tasks,
            players=self.players,
            model_roles=self.model_roles,
            recipe=recipe,
            wanted=ResultOptions(causes=False, measured=True),
        )


@dataclass(frozen=True, slots=True)
class MemorySystem:
    """A reasoner with what one system shows it. See systems.SystemPlayer."""

    agent: str
    """The reasoner: one of the track's own, or a model of `model_roles`."""
    spec: SystemSpec
    plugged: MemorySpec
    model_roles: ModelRoles

    @property
    def system(self) -> System:
        return System(self.agent, self.spec.name, self.spec.budget, compared=True)

    @property
    def waits(self) -> bool:
        return self.model_roles.waits

    @property
    def foreign(self) -> bool:
        return self.plugged.foreign

    def begin(self, task: Task, steps: Steps) -> Episode:
        plugged = self.plugged
        make = memory_of(self.spec, task, plugged.make, foreign=plugged.foreign)
        budget = budget_of(self.spec, task, tools=plugged.tools)
        return start_episode(
            task, lambda: TimedMemory(make(), steps), budget, self.model_roles.writer
        )

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        """The reasoner; with a memory's tools the track's note taker, who decides as it does. A
        model is silent where the track wants no decision."""
        track, tools = find(task.track), self.plugged.tools
        if model and not tools:
            return DecisionsOnly(model, track.asks)
        known = track.reasoner_task(task)
        reasoner = model or scripted(self.agent, known)
        return note_taker(track, reasoner, known) if tools else reasoner

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """No memory but the oracle meets the gold table, nor does a reasoner, unless its track is
        `reasoners_see_gold`."""
        plugged, model_roles, episode = self.plugged, self.model_roles, self.begin(task, steps)
        chat = model_roles.chat(self.agent) if self.agent in model_roles.models else None
        # What a model of a provider writes differs from time to time.
        rebuilt = plugged.foreign and self.spec.role == "memory" and not model_roles.writing
        rebuild = partial(play_rebuilt, task=task, make=plugged.make, name=self.spec.name)
        labels, policy = self.system.labels(task.track, repeat), self.policy(task, chat)
        if chat:
            policy = NumberedReplies(policy, chat)
        trace = played(episode, policy, task, labels, rebuild if rebuilt else play)
        return modelled(trace, chat, model_roles) if chat else trace


def play_rebuilt(
    episode: Episode, policy: Policy, task: Task, make: Callable[[], Memory], name: str
) -> Trace:
    """Plays with a memory that may hide what it holds: in one event, which it cannot tell, a copy
    that is made anew from what the referee weighed last must act the same.

    Raises MemoryFault where it does not. What the memory keeps on the disk is not found.
    """
    asking = sorted(find(task.track).oracle(task)) or [0]
    drawn = named_rng("rebuilt", task.id).choice(asking)
    beside: Episode | None = None
    while not episode.done:
        if episode.event != drawn:
            beside = None
        elif beside is None:
            beside = episode.with_new_memory(make)
        view = episode.view()
        if beside and beside.view() != view:
            raise MemoryFault(
                f"the memory {name}: made anew from its dump, it gives"
                f" another view of event {drawn + 1}: it holds what the referee does not weigh, or"
                " the same task does not make it do the same"
            )
        reply = policy.act(view, episode.tools)
        episode.step(reply)
        if beside:
            beside.step(reply)
    return episode.trace
