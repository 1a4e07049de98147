"""A comparison as a job: its arms are seats of one run on the same tasks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product

from memorygym.agents.reasoner_agent import note_taker
from memorygym.core.episode import Episode, play
from memorygym.core.errors import MemoryFault
from memorygym.core.rng import rng
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Memory, Policy, Task
from memorygym.runs.comparison.memory_specs import Plugged, Timed, memory_of
from memorygym.runs.comparison.systems import Arm, ComparisonLimits, arms, budget_of
from memorygym.runs.engine import Job
from memorygym.runs.episode_result import ResultOptions
from memorygym.runs.model_roles import DecisionsOnly, Minds, Numbered
from memorygym.runs.objects import trusted
from memorygym.runs.seats import Player, Seat, Steps, modelled, played, scripted, seated
from memorygym.runs.tasks import Tasks
from memorygym.runs.version import code_of, digest


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that is held fixed and all that varies."""

    tasks: Tasks
    memories: Mapping[str, Plugged]
    """By spec, the references too."""
    limits: Sequence[ComparisonLimits]
    """One a budget."""
    reasoners: tuple[str, ...] = ("strong",)
    minds: Minds = field(default_factory=Minds)

    def arms(self) -> list[Arm]:
        """All arms at all budgets, each once."""
        tools = [spec for spec, plugged in self.memories.items() if plugged.tools]
        found = {
            (arm.name, arm.budget): arm
            for limits in self.limits
            for arm in arms(list(self.memories), tools, limits)
        }
        return list(found.values())

    def seats(self, minds: Minds) -> list[Player]:
        """Every arm under every reasoner."""
        return [
            ArmSeat(reasoner, arm, self.memories[arm.spec], minds)
            for reasoner, arm in product(self.reasoners, self.arms())
        ]

    def job(self) -> Job:
        """The run that plays it."""
        recipe: dict[str, JSON] = {
            "kind": "compare",
            "compares": digest(code_of(__name__)),
            "arms": [[arm.name, arm.budget] for arm in self.arms()],
            "memories": {spec: plugged.source for spec, plugged in self.memories.items()},
            "budgets": [limits.view for limits in self.limits],
            "capacity": self.limits[0].capacity,
            "reasoners": list(self.reasoners),
            **trusted([plugged.given for plugged in self.memories.values() if plugged.given]),
        }
        return Job(
            tasks=self.tasks,
            seats=self.seats,
            minds=self.minds,
            recipe=recipe,
            wanted=ResultOptions(causes=False, measured=True),
        )


@dataclass(frozen=True, slots=True)
class ArmSeat:
    """A reasoner with what one arm shows it. See seats.Player."""

    agent: str
    """The reasoner: one of the track's own, or a model of `minds`."""
    arm: Arm
    plugged: Plugged
    minds: Minds

    @property
    def seat(self) -> Seat:
        return Seat(self.agent, self.arm.name, self.arm.budget, compared=True)

    @property
    def waits(self) -> bool:
        return self.minds.waits

    @property
    def foreign(self) -> bool:
        return self.plugged.foreign

    def begin(self, task: Task, steps: Steps) -> Episode:
        plugged = self.plugged
        make = memory_of(self.arm, task, plugged.make, foreign=plugged.foreign)
        budget = budget_of(self.arm, task, tools=plugged.tools)
        return seated(task, lambda: Timed(make(), steps), budget, self.minds.writer)

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        """The reasoner; with a memory's tools the track's note taker, who decides as it does. A
        model is silent where the track wants no decision."""
        track, tools = find(task.track), self.plugged.tools
        if model and not tools:
            return DecisionsOnly(model, track.asks)
        known = track.known(task)
        mind = model or scripted(self.agent, known)
        return note_taker(track, mind, known) if tools else mind

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """No memory but the oracle meets the gold table, nor does a reasoner, unless its track is
        `informed`."""
        plugged, minds, episode = self.plugged, self.minds, self.begin(task, steps)
        chat = minds.chat(self.agent) if self.agent in minds.models else None
        # What a model of a provider writes differs from time to time.
        rebuilt = plugged.foreign and self.arm.role == "memory" and not minds.writing
        rebuild = partial(play_rebuilt, task=task, make=plugged.make, name=self.arm.name)
        labels, policy = self.seat.labels(task.track, repeat), self.policy(task, chat)
        if chat:
            policy = Numbered(policy, chat)
        trace = played(episode, policy, task, labels, rebuild if rebuilt else play)
        return modelled(trace, chat, minds) if chat else trace


def play_rebuilt(
    episode: Episode, policy: Policy, task: Task, make: Callable[[], Memory], name: str
) -> Trace:
    """Plays with a memory that may hide what it holds: in one event, which it cannot tell, a copy
    that is made anew from what the referee weighed last must act the same.

    Raises MemoryFault where it does not. What the memory keeps on the disk is not found.
    """
    asking = sorted(find(task.track).oracle(task)) or [0]
    drawn = rng("rebuilt", task.id).choice(asking)
    beside: Episode | None = None
    while not episode.done:
        if episode.event != drawn:
            beside = None
        elif beside is None:
            beside = episode.restored(make)
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
