"""Who plays a task, with which memory and limits: a run plays every seat on every task."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product
from typing import Any, Protocol

from memorygym.agents.chat import Chat
from memorygym.agents.reasoner_agent import agents_of
from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import UnknownPart
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import JSON, Budget, Memory, Message, Policy, Task, Tool, Writer
from memorygym.memories.sandbox.placement import memory_factory
from memorygym.models import extractive
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.objects import Given, GivenAgent, GivenMemory
from memorygym.runs.tasks import LIFTED, Limits
from memorygym.runs.version import code_of, digest, version_hash
from memorygym.scoring.judge import judge_trace

Steps = list[float]
"""Milliseconds of the memory in each step of an episode."""


@dataclass(frozen=True, slots=True)
class System:
    """One way to play every task of a run, as its recipe tells it."""

    agent: str
    """The agent, the reasoner or the model."""
    memory: str
    """As rows name it."""
    budget: int | None = None
    """Tokens of the view, where a comparison sets them."""
    compared: bool = False
    """Whether it is of a comparison, where reasoner, system and budget tell rows apart."""

    def labels(self, track: str, repeat: int) -> dict[str, JSON]:
        """Who plays, as the trace says it."""
        own = {"budget": self.budget} if self.compared else {"repeat": repeat}
        return {
            "agent": self.agent,
            "memory": self.memory,
            "version_hash": version_hash(track),
            **own,
        }


class SystemPlayer(Protocol):
    """Who plays in a seat."""

    @property
    def system(self) -> System:
        """Where."""

    @property
    def waits(self) -> bool:
        """Whether a model is waited for."""

    @property
    def foreign(self) -> bool:
        """Whether somebody else's memory plays, which can read files: a trace holds the answers."""

    def begin(self, task: Task, steps: Steps) -> Episode:
        """The episode that it plays, at its beginning. Raises MemoryFault."""

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        """Who plays it: that model, or who has the name of the agent. Raises UnknownPart."""

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        """One episode. Raises ProviderFailure or MemoryFault."""


def systems_of(recipe: Mapping[str, Any]) -> list[System]:
    """Who plays in a run, from its recipe."""
    if recipe["kind"] == "bench":
        return [System(agent, recipe["memory"]) for agent in recipe["agents"]]
    return [
        System(reasoner, system, budget, compared=True)
        for reasoner, (system, budget) in product(recipe["reasoners"], recipe["systems"])
    ]


@dataclass(frozen=True, slots=True)
class AgentSystem:
    """An agent, or a model of `model_roles` that has its name, with a memory. See Player."""

    agent: str
    memory: str = "markdown"
    limits: Limits = field(default_factory=Limits)
    model_roles: ModelRoles = field(default_factory=ModelRoles)
    foreign: bool = False
    given: Mapping[str, Given] = field(default_factory=dict)
    """By name: the agent and the memory, where they were passed as objects."""

    @property
    def system(self) -> System:
        return System(self.agent, self.memory)

    @property
    def waits(self) -> bool:
        return self.agent in self.model_roles.models

    def begin(self, task: Task, steps: Steps) -> Episode:
        given, task = self.given.get(self.memory), self.limits.applied(task)
        make = given.make if isinstance(given, GivenMemory) else memory_factory(self.memory)
        return start_episode(task, make) if self.waits else episode_for(self.agent, task, make)

    def policy(self, task: Task, model: Policy | None = None) -> Policy:
        given = self.given.get(self.agent)
        if isinstance(given, GivenAgent):
            return given.make(replace(task, gold=None))
        return model or policy_for(self.agent, task)

    def play(self, task: Task, repeat: int, steps: Steps) -> Trace:
        episode, labels = self.begin(task, steps), self.system.labels(task.track, repeat)
        chat = self.model_roles.chat(self.agent, repeat) if self.waits else None
        policy = chat or FreshPolicy(partial(self.policy, task), episode)
        trace = played(episode, policy, task, labels)
        return modelled(trace, chat, self.model_roles) if chat else trace


class FreshPolicy(Policy):
    """An agent that is made again as every event begins: what it keeps on itself is no memory."""

    def __init__(self, make: Callable[[], Policy], episode: Episode) -> None:
        self._make, self._episode = make, episode
        self._policy, self._event = make(), episode.event

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        if self._episode.event != self._event:
            self._policy, self._event = self._make(), self._episode.event
        return self._policy.act(view, tools)


def is_foreign(memory: str) -> bool:
    """Whether a memory keeps its state in somebody else's code, which may keep more than it dumps.

    Behind a shim the state is what was said, which the shim keeps.
    """
    name, _ = registry.split_spec(memory)
    shim = name.partition(":")[0]
    return not (registry.is_built_in("memory", name) or registry.is_built_in("shims", shim))


def source_of(spec: str) -> str:
    """A hash of the code behind a spec: of its module, of what that imports, and of the shim."""
    name, _ = registry.split_spec(spec)
    head, _, rest = name.partition(":")
    parts = [("memory", rest), ("shims", head)]
    parts = parts if registry.is_built_in("shims", head) else [("memory", name)]
    return digest(code_of(*(registry.module_of(kind, part) for kind, part in parts)))


def policy_for(agent: str, task: Task) -> Policy:
    """The agent; one of the track's own is given the task with its gold table."""
    own = agents_of(find(task.track))
    if agent in own:
        return own[agent].make(task)
    policy: Policy = registry.make("agents", agent)
    return policy


def episode_for(agent: str, task: Task, memory: Callable[[], Memory]) -> Episode:
    """The episode that an agent plays: without the gold table, and for some without budget."""
    own = agents_of(find(task.track))
    lifted = LIFTED if agent in own and own[agent].unbounded else None
    return start_episode(task, memory, lifted)


def start_episode(
    task: Task,
    memory: Callable[[], Memory],
    budget: Budget | None = None,
    writer: Writer = extractive.write,
) -> Episode:
    """The episode of a task, whose environment never meets the gold table."""
    return Episode(find(task.track).env(replace(task, gold=None)), memory, budget, writer)


Play = Callable[[Episode, Policy], Trace]
"""Plays an episode to its end."""


def played(
    episode: Episode, policy: Policy, task: Task, labels: Mapping[str, JSON], once: Play = play
) -> Trace:
    """The trace of an episode that is played to its end, with the gold table of its task."""
    trace = once(episode, policy)
    trace.gold = task.gold
    trace.labels.update(labels)
    return trace


def modelled(trace: Trace, chat: Chat, model_roles: ModelRoles) -> Trace:
    """The trace of a model: it tells how that was asked and what it used, and is judged if due."""
    name = str(trace.labels["agent"])
    trace.labels |= {"model": model_roles.describe(name), "usage": list(chat.usage)}
    return judge_trace(trace, model_roles.judge) if model_roles.judge else trace


def scripted(name: str, task: Task) -> Policy:
    """The track's reasoner of that name. Raises UnknownPart with the choices."""
    made = find(task.track).reasoners
    if name not in made:
        raise UnknownPart("reasoner", name, made)
    return made[name](task)
