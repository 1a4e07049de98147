"""The profile of tasks: how an agent's reward varies from try to try, task by task.

A task whose every try earns the same reward teaches a policy gradient nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pvariance

from memorygym.core.types import JSON
from memorygym.runs.episode_result import Failure, Played

BINS = 10


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


def profile_of(agent: str, outcomes: Sequence[Played | Failure]) -> Profile:
    """The profile of an agent's episodes; a failed one has no reward."""
    rewards: dict[tuple[str, int], list[float]] = {}
    for outcome in outcomes:
        if isinstance(outcome, Played):
            reward = round(outcome.result.score.composite, 6)
            rewards.setdefault(outcome.result.place.task, []).append(reward)
    return Profile(agent, [TaskProfile(*task, tuple(of)) for task, of in rewards.items()])
