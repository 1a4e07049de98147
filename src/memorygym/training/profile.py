"""The profile of tasks: how an agent's reward varies from try to try, task by task.

A task whose every try earns the same reward teaches a policy gradient nothing.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import fmean, pvariance

from memorygym.agents.reasoner_agent import agents_of, check_agent
from memorygym.core.errors import BadSettings
from memorygym.core.track import Track
from memorygym.core.types import JSON
from memorygym.memories.sandbox.placement import check as check_memory
from memorygym.runs.engine import perform
from memorygym.runs.episode_result import Failure, Played, ResultOptions
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.jobs import agent_roles
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.settings import OF_AN_AGENT, BenchSettings
from memorygym.runs.tasks import Tasks, seeds_of, track_of
from memorygym.training.data import SEEDS, default_agent
from memorygym.training.settings import ProfileSettings
from memorygym.training.tasks import recipes

BINS = 10
TRIES = 4
"""Tries of a model at each task, by default."""


@dataclass(frozen=True, slots=True)
class TaskProfile:
    """The rewards of all tries of one task."""

    template: str
    seed: int
    rewards: tuple[float, ...]
    """The score of each try, from 0 to 1."""

    @property
    def mean(self) -> float:
        """The mean reward."""
        return fmean(self.rewards)

    @property
    def variance(self) -> float:
        """The mean square of the distances from the mean reward."""
        return pvariance(self.rewards)

    def to_json(self) -> dict[str, JSON]:
        """As the file of a profile stores it."""
        return {
            "template": self.template,
            "seed": self.seed,
            "rewards": list(self.rewards),
            "mean": round(self.mean, 6),
            "variance": round(self.variance, 6),
        }


@dataclass(frozen=True, slots=True)
class Profile:
    """The profiles of an agent's tasks."""

    agent: str
    tasks: Sequence[TaskProfile]

    @property
    def at_zero(self) -> float:
        """The share of tasks whose every try earned 0."""
        return fmean(task.mean == 0 for task in self.tasks)

    @property
    def at_one(self) -> float:
        """The share of tasks whose every try earned 1."""
        return fmean(task.mean == 1 for task in self.tasks)

    @property
    def constant(self) -> float:
        """The share of tasks whose tries all earned the same."""
        return fmean(task.variance == 0 for task in self.tasks)

    def histogram(self) -> dict[str, int]:
        """How many tasks have a mean reward in each of ten equal ranges."""
        counts = Counter(min(int(task.mean * BINS), BINS - 1) for task in self.tasks)
        return {f"{n / BINS:.1f} to {(n + 1) / BINS:.1f}": counts[n] for n in range(BINS)}

    def to_json(self) -> dict[str, JSON]:
        """As the file of a profile stores it."""
        return {
            "agent": self.agent,
            "at_zero": round(self.at_zero, 6),
            "at_one": round(self.at_one, 6),
            "constant": round(self.constant, 6),
            "histogram": self.histogram(),
            "tasks": [task.to_json() for task in self.tasks],
        }


def play(settings: ProfileSettings, stack: ExitStack) -> tuple[Profile, list[Failure]]:
    """Plays the tasks; returns the profile of those that ended, and the episodes that failed.

    Raises UnknownPart or BadSettings.
    """
    check_memory(settings.memory)
    track, parameters = track_of(settings)
    name, has_model = _player(settings, track), settings.model is not None
    tasks = recipes(track.name, settings.split, seeds_of(settings, SEEDS), **parameters)
    repeats = settings.repeats or (TRIES if settings.model else 1)
    job = Evaluation(
        Tasks(track.name, tasks, {}, track.name),
        BenchSettings(
            agent=[name], memory=settings.memory, capacity=settings.capacity, repeats=repeats
        ),
        model_roles=agent_roles(name, settings, stack) if has_model else ModelRoles(),
    )
    workers = settings.workers_of(waits=has_model)
    wanted = ResultOptions(causes=False)
    outcomes = perform(job, wanted, workers=workers, quiet=settings.quiet)
    failures = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
    return profile_of(name, outcomes), failures


def _player(settings: ProfileSettings, track: Track) -> str:
    """The model or the scripted agent. Raises UnknownPart or BadSettings."""
    if settings.model is not None:
        if settings.agent is not None:
            raise BadSettings("--model plays a model alone; leave --agent out")
        return settings.model
    settings.refuse((*OF_AN_AGENT, "api_base"), "--model; scripted agents ask no model")
    name = settings.agent or default_agent(track)
    check_agent(name, agents_of(track))
    return name


def profile_of(agent: str, outcomes: Sequence[Played | Failure]) -> Profile:
    """The profile of an agent's episodes; a failed one has no reward."""
    rewards: dict[tuple[str, int], list[float]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Played):
            reward = round(outcome.result.score.composite, 6)
            rewards.setdefault(outcome.result.place.task, []).append(reward)
    return Profile(agent, [TaskProfile(*task, tuple(of)) for task, of in rewards.items()])
