"""Replays the reference solutions through tau2-bench's own orchestrator and evaluator."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import perf_counter

from memorygym.core.episode import Episode, play
from memorygym.core.trace import Action
from memorygym.core.types import Budget
from memorygym.memories.none import Nothing
from memorygym.tracks.dialogue.tau2 import checkout
from memorygym.tracks.dialogue.tau2.script import Solver
from memorygym.tracks.dialogue.tau2.tasks import Recipe, domain, solutions


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


def replay(name: str) -> Replay:
    """Plays the solution of each task of a domain. The reward is that of ALL_IGNORE_BASIS."""
    from memorygym.tracks.dialogue.tau2 import conversations
    from memorygym.tracks.dialogue.tau2.session import Tau2Env

    start, rewards, replies = perf_counter(), {}, 0
    recipe = Recipe(seed=0, salt="", domain=name, session=1, reward="all")
    for id in domain(name).tasks:
        task = recipe.of([id])
        episode = Episode(Tau2Env(task), Nothing, Budget(turns=1000))
        trace = play(episode, Solver(solutions(name, [id]), informed=True))
        _, ended = conversations(trace)[0]
        rewards[id] = ended["reward"]
        replies += sum(isinstance(record, Action) for record in trace.records)
    return Replay(name, rewards, replies, perf_counter() - start)


def report(replays: Sequence[Replay], command: str) -> Iterator[str]:
    """The lines of the page that states a replay."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("tau2", "litellm"))
    yield "# tau2-bench: replay of the reference solutions\n"
    yield f"Written by `{command}`."
    yield f"tau2-bench at commit {checkout.commit()} ({packages}), Python {platform.python_version()}."
    yield "Each task is played through tau2-bench's own `Orchestrator`, by a scripted customer and an"
    yield "agent that carries out the task's reference actions, and scored by its own"
    yield "`evaluate_simulation` under `EvaluationType.ALL_IGNORE_BASIS`: final database, environment"
    yield "assertions, actions and communication; no model, no judge. banking_knowledge: `bm25`.\n"
    yield "| domain | tasks | reward 1.0 | agent messages | seconds | tasks below 1.0 |"
    yield "|---|---|---|---|---|---|"
    for played in replays:
        solved, below = len(played.rewards) - len(played.failed), ", ".join(played.failed)
        figures = f"{len(played.rewards)} | {solved} | {played.replies} | {played.seconds:.0f}"
        yield f"| {played.domain} | {figures} | {below or '–'} |"
