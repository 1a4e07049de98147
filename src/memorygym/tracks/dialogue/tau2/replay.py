"""Replays the reference solutions through tau2-bench's own orchestrator and evaluator."""

import platform
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter

from memorygym.core.episode import Episode, play
from memorygym.core.trace import Action
from memorygym.core.types import Budget
from memorygym.memories.none import Nothing
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.script import Solver
from memorygym.tracks.dialogue.tau2.tasks import Recipe, domain


@dataclass(frozen=True)
class Replay:
    """The replay of a domain's tasks."""

    domain: str
    rewards: dict[str, float]
    """By task of tau2-bench."""
    replies: int
    """Messages and calls of the agent, over all tasks."""
    seconds: float

    @property
    def failed(self) -> list[str]:
        """The tasks whose reward is not 1."""
        return [id for id, reward in self.rewards.items() if reward != 1]


def replay(name: str, ids: Sequence[str] | None = None, note: Callable[[str], None] = print) -> Replay:
    """Plays the solution of each task of a domain. The reward is that of ALL_IGNORE_BASIS."""
    from memorygym.tracks.dialogue.tau2 import conversations
    from memorygym.tracks.dialogue.tau2.session import Tau2Env

    start, rewards, replies = perf_counter(), {}, 0
    recipe = Recipe(seed=0, salt="", domain=name, session=1, reward="all")
    for id in domain(name).tasks if ids is None else ids:
        task = recipe.of([id])
        episode = Episode(Tau2Env(task), Nothing, Budget(turns=1000))
        trace = play(episode, Solver(task, informed=True))
        _, ended = conversations(trace)[0]
        rewards[id] = ended["reward"]
        replies += sum(isinstance(record, Action) for record in trace.records)
        if ended["reward"] != 1:
            note(f"{name} {id}: {ended}")
    return Replay(name, rewards, replies, perf_counter() - start)
