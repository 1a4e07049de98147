"""Replays the reference solutions through tau2-bench's own orchestrator and evaluator."""

import platform
from collections.abc import Sequence
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


PAGE = """\
# tau2-bench: replay of the reference solutions

Written by `{command}`: tau2-bench {tau2} at commit {commit}, litellm {litellm}, Python {python}.
Each task is played through tau2-bench's own `Orchestrator`, by a scripted customer and an agent
that makes the reference solution's calls, and scored by its own `evaluate_simulation` under
`EvaluationType.ALL_IGNORE_BASIS`: final database, environment assertions, actions, communication.
No model and no judge is asked; banking_knowledge searches with `bm25`.

| domain | tasks | reward 1.0 | agent messages | seconds | tasks below 1.0 |
|---|---|---|---|---|---|
{rows}
"""


def report(replays: Sequence[Replay], command: str) -> str:
    """The page that states a replay."""
    rows = [
        f"| {played.domain} | {len(played.rewards)} | {len(played.rewards) - len(played.failed)} |"
        f" {played.replies} | {played.seconds:.0f} | {', '.join(played.failed) or '–'} |"
        for played in replays
    ]
    return PAGE.format(
        command=command, tau2=version("tau2"), commit=checkout.commit(),
        litellm=version("litellm"), python=platform.python_version(), rows="\n".join(rows),
    )  # fmt: skip
