"""Tasks generated once per test run, hand-made episodes, and tasks played through the engine."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from memorygym.agents.reasoner_agent import Silent
from memorygym.core.episode import Episode, play
from memorygym.core.trace import Record, ToolResult, Trace
from memorygym.core.track import TaskOptions, TaskRecipe
from memorygym.core.types import JSON, Budget, Event, Memory, Message, Policy, Task
from memorygym.memories.markdown import Markdown
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, Played, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.results import RunResults, perform
from memorygym.runs.settings import BenchSettings
from memorygym.runs.systems import AgentSystem, episode_for, policy_for, start_episode
from memorygym.runs.systems import played as played_by
from memorygym.runs.tasks import Limits, Tasks
from memorygym.runs.tasks import generated as dealt_by
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import Sizes

R = TypeVar("R", bound=Record)
SMALL = Budget(capacity=12, writes=3, slot=8)
TRACED = ResultOptions(causes=False, traced=True)
WORDS = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima"
"""Twelve words that cost one token each once they are shown."""


def begin(
    *events: Event | str, budget: Budget = SMALL, memory: Callable[[], Memory] = Markdown
) -> Episode:
    """An episode over hand-made events; a plain text is an event that asks nothing."""
    stream = tuple(e if isinstance(e, Event) else Event("documents", e) for e in events)
    stream = stream or (Event("x", WORDS),)
    return Episode(
        WorldsEnv(Task("0" * 16, "worlds", {}, "You keep notes.", stream, budget, None)), memory
    )


def silent(task: Task) -> Trace:
    """The trace of a task whose agent does nothing."""
    trace = play(start_episode(task, Markdown), Silent())
    trace.gold = task.gold
    return trace


def recorded(episode: Episode, kind: type[R]) -> list[R]:
    """The records of a kind, in order."""
    return [record for record in episode.trace.records if isinstance(record, kind)]


def say(episode: Episode, reply: Message) -> str:
    """Takes a step and returns what the last call of the reply was answered."""
    episode.step(reply)
    return recorded(episode, ToolResult)[-1].messages[-1].content


def stepped(episode: Episode, replies: Sequence[Message]) -> Episode:
    """The episode after views and replies."""
    for reply in replies:
        episode.view()
        episode.step(reply)
    return episode


@lru_cache(maxsize=256)
def _dealt(template: str, seed: int, tier: str, salt: str, sizes: Sizes) -> Task:
    return generate(template, seed, tier, sizes, salt)


def generated(
    template: str = "company", seed: int = 0, tier: str = "lite", salt: str = "", **sizes: int
) -> Task:
    """A task of the track worlds, generated once per test run."""
    return _dealt(template, seed, tier, salt, Sizes(**sizes))


def gold(task: Task) -> WorldsGold:
    """The side table of a task of the worlds track."""
    assert isinstance(task.gold, WorldsGold)
    return task.gold


def played(agent: str, task: Task, /, *, golden: bool = True, **labels: Any) -> Trace:
    """A task played by a shipped agent."""
    policy = policy_for(agent, task)
    return play_agent(task if golden else replace(task, gold=None), agent, policy, labels=labels)


def play_agent(
    task: Task,
    agent: str,
    policy: Policy | None = None,
    memory: Callable[[], Memory] = Markdown,
    labels: Mapping[str, JSON] | None = None,
) -> Trace:
    """An episode of that agent, or of another policy in its place."""
    policy = policy or policy_for(agent, task)
    return played_by(episode_for(agent, task, memory), policy, task, labels or {})


def results_of(
    recipe: TaskRecipe,
    agents: Sequence[str],
    wanted: ResultOptions = TRACED,
    limits: Limits | None = None,
    repeat: int = 0,
) -> list[Played | Failure]:
    """The scores of agents on one task."""
    players = tuple(AgentSystem(agent, limits=limits or Limits()) for agent in agents)
    return Runner("worlds", players, None, wanted).play_unit((recipe, repeat))


def worlds(seeds: int = 1, first: int = 0, template: str = "company", salt: str = "") -> Tasks:
    """Tasks of the lite tier."""
    parameters = {"tier": "lite", "template": template}
    return dealt_by("worlds", TaskOptions(range(first, first + seeds), salt, parameters))


def lite(*agents: str, seeds: int = 1, first: int = 0, salt: str = "", **more: Any) -> RunResults:
    """Agents on small tasks of one template; `more` as `perform` takes it."""
    return perform(Evaluation(worlds(seeds, first, salt=salt), BenchSettings(agent=agents)), **more)
