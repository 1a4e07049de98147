"""The systems of a run: an agent or reasoner with a memory and limits, which plays every task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any, Protocol

from memorygym.agents.chat import Chat
from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import BadSettings, MemoryGymError, UnknownPart
from memorygym.core.guard import raised
from memorygym.core.tools import check_reply
from memorygym.core.trace import Trace
from memorygym.core.track import find, version_of
from memorygym.core.types import JSON, Budget, Memory, Message, Policy, Task, Tool, Writer
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models import extractive
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import GivenAgent, GivenMemory, GivenObject
from memorygym.runs.tasks import LIFTED, Limits
from memorygym.scoring.judge import judge_trace

Steps = list[float]
"""Milliseconds that the memory took in each step of an episode."""


@dataclass(frozen=True, slots=True)
class System:
    """One row of a run, as its recipe names it."""

    agent: str
    """The agent, the reasoner or the model."""
    memory: str
    """The memory, as rows name it."""
    budget: int | None = None
    """Most tokens of the context, if a comparison sets them."""
    compared: bool = False
    """Whether it belongs to a comparison, whose rows differ by reasoner, memory and budget."""
    spec: str = ""
    """The memory, as it was named."""
    passed: str = ""
    """The class of a memory that was passed as an object; "" for a spec."""
    foreign: bool = False
    """Whether the memory is from outside this package: that can read files, and traces hold the
    answers."""

    def labels(self, track: str, repeat: int) -> dict[str, JSON]:
        """The labels of its traces."""
        own = {"budget": self.budget} if self.compared else {"repeat": repeat}
        version = version_of(track)
        return {"agent": self.agent, "memory": self.memory, "version": version, **own}


class SystemPlayer(Protocol):
    """A system that can play."""

    @property
    def system(self) -> System: ...

    @property
    def waits(self) -> bool:
        """Whether it waits for a model."""

    def begin(self, task: Task, steps: Steps) -> Episode:
        """An episode of the task, at its beginning. Raises MemoryFault."""

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        """The policy that plays the task: `model`, or the named agent. Raises UnknownPart."""

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """Plays one episode. Raises ProviderFailure, MemoryFault or AgentFault."""


def systems_of(recipe: Mapping[str, Any]) -> list[System]:
    """The systems of a run, from its recipe."""
    if recipe["kind"] == "bench":
        return [System(agent, recipe["memory"]) for agent in recipe["agents"]]
    return [
        System(reasoner, system, budget, compared=True)
        for reasoner, (system, budget) in product(recipe["reasoners"], recipe["systems"])
    ]


@dataclass(frozen=True, slots=True)
class AgentSystem:
    """An agent, or the model of that name in `model_roles`, with a memory. See SystemPlayer."""

    agent: str
    memory: str = "markdown"
    limits: Limits = field(default_factory=Limits)
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    objects: Mapping[str, GivenObject] = field(default_factory=dict)
    """By name: the agent and the memory, where they were passed as objects."""

    @property
    def system(self) -> System:
        memory, plugged = self.memory, self.objects.get(self.memory)
        passed = plugged.cls if isinstance(plugged, GivenMemory) else ""
        return System(self.agent, memory, spec=memory, passed=passed, foreign=is_foreign(memory))

    @property
    def waits(self) -> bool:
        return self.agent in self.model_roles.models

    def begin(self, task: Task, steps: Steps) -> Episode:
        plugged, task = self.objects.get(self.memory), self.limits.applied(task)
        make = plugged.make if isinstance(plugged, GivenMemory) else memory_factory(self.memory)
        return start_episode(task, make) if self.waits else episode_for(self.agent, task, make)

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        return model or self._maker(task)()

    def _maker(self, task: Task) -> Callable[[], Policy]:
        """Makes the agent, anew at every call."""
        plugged = self.objects.get(self.agent)
        if isinstance(plugged, GivenAgent):
            return lambda: plugged.make(replace(task, gold=None, state={}))
        return policy_maker(self.agent, task)

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        episode, labels = self.begin(task, steps), self.system.labels(task.track, repeat)
        chat = self.model_roles.chat(self.agent, repeat) if self.waits else None
        policy: Policy = chat or FreshPolicy(self._maker(task), episode)
        passed = self.agent in self.objects
        if not chat and (passed or self.agent not in agents_of(find(task.track))):
            error = BadSettings if passed else AgentFault
            policy = AgentGuard(self.agent, policy, episode, error)
        trace = played(episode, policy, task, labels)
        return modelled(trace, chat, self.model_roles) if chat else trace


class FreshPolicy(Policy):
    """An agent made anew at every event, so that what it keeps on itself is lost."""

    def __init__(self, make: Callable[[], Policy], episode: Episode) -> None:
        self._make, self._episode = make, episode
        self._event: int | None = None

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if self._episode.event != self._event:
            self._policy, self._event = self._make(), self._episode.event
        return self._policy.act(view, tools)


class AgentFault(MemoryGymError):
    """An agent broke its protocol: an error in its code, which is other people's."""


class AgentGuard(Policy):
    """An agent of others. Its own error, or a reply that is no Message, is raised as `error`:
    AgentFault fails its episode alone, BadSettings ends the run."""

    def __init__(
        self, name: str, policy: Policy, episode: Episode, error: type[MemoryGymError]
    ) -> None:
        self._name, self._policy, self._episode, self._error = name, policy, episode, error

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        try:
            reply: object = self._policy.act(view, tools)
        except MemoryGymError:
            raise
        except Exception as error:
            raise self._fault(raised(error)) from error
        try:
            return check_reply(reply)
        except TypeError as error:
            advice = "Return a Message, as examples/my_agent.py does. "
            raise self._fault(f"returned {reply!r:.80} ({error})", advice) from error

    def _fault(self, problem: str, advice: str = "") -> MemoryGymError:
        return self._error(
            f"agent {self._name} {problem} at event {self._episode.event + 1}. {advice}"
            "memorygym.testing.check_policy lists every broken rule."
        )


def is_foreign(memory: str) -> bool:
    """Whether code outside this package keeps a memory's state, which may be more than it dumps.

    A shim keeps the messages itself, so a memory behind a shim is not foreign.
    """
    name, _ = registry.split_spec(memory)
    shim = name.partition(":")[0]
    return not (registry.is_built_in("memory", name) or registry.is_built_in("shims", shim))


def policy_for(agent: str, task: Task) -> Policy:
    """The named agent. An agent of the track receives the task with its gold table.

    Raises UnknownPart with the choices.
    """
    return policy_maker(agent, task)()


def policy_maker(agent: str, task: Task) -> Callable[[], Policy]:
    """Makes what `policy_for` returns, anew at every call."""
    own = agents_of(find(task.track))
    if agent in own:
        return partial(own[agent].make, task)
    return lambda: registry.make("agents", agent, replace(task, gold=None, state={}))


def episode_for(agent: str, task: Task, memory: Callable[[], Memory]) -> Episode:
    """The episode that an agent plays; an `unbounded` agent plays without a budget."""
    own = agents_of(find(task.track))
    lifted = LIFTED if agent in own and own[agent].unbounded else None
    return start_episode(task, memory, lifted)


def start_episode(
    task: Task,
    memory: Callable[[], Memory],
    budget: Budget | None = None,
    writer: Writer = extractive.write,
) -> Episode:
    """An episode of a task, whose environment never sees the gold table."""
    return Episode(find(task.track).env(replace(task, gold=None)), memory, budget, writer)


def played(
    episode: Episode,
    policy: Policy,
    task: Task,
    labels: Mapping[str, JSON],
    play_episode: Callable[[Episode, Policy], Trace] = play,
) -> Trace:
    """Plays an episode to its end; returns its trace with the gold table and the labels."""
    trace = play_episode(episode, policy)
    trace.gold = task.gold
    trace.labels.update(labels)
    return trace


def modelled(trace: Trace, chat: Chat, model_roles: ModelRoles) -> Trace:
    """The trace of a model's episode, with how the model was asked and what it used; judged if the
    run has a judge."""
    name = str(trace.labels["agent"])
    trace.labels |= {"model": model_roles.describe(name), "usage": list(chat.usage)}
    return judge_trace(trace, model_roles.judge) if model_roles.judge else trace


def scripted(name: str, task: Task) -> Policy:
    """The track's reasoner of that name. Raises UnknownPart with the choices."""
    reasoners = find(task.track).reasoners
    if name not in reasoners:
        raise UnknownPart("reasoner", name, reasoners)
    return reasoners[name](task)
