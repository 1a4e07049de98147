"""Sessions of sub-tasks, played by the strongest reasoner or another policy, and how they end."""

from dataclasses import replace

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.core.types import Policy, Task
from memorygym.scoring.episode_scores import rewarded


def played(task: Task, memory: str = "full", policy: Policy | None = None, **budget: int) -> Trace:
    """The trace of a session, with its gold table."""
    track = find(task.track)
    strong = next(iter(track.reasoners.values()))
    limits = replace(task.budget, **budget)
    episode = Episode(track.env(task), lambda: registry.make("memory", memory), limits)
    trace = play(episode, policy or strong(task))
    trace.gold = task.gold
    return trace


def ended(task: Task, memory: str = "full", policy: Policy | None = None) -> list[Outcome]:
    """The outcome of each sub-task."""
    return rewarded(played(task, memory, policy))
