"""Replays the reference solutions through tau2-bench's own orchestrator and evaluator."""

import platform
from importlib.metadata import version
from time import perf_counter

from memorygym.core.episode import Episode, play
from memorygym.core.trace import Action
from memorygym.core.types import Budget
from memorygym.memories.none import Nothing
from memorygym.tracks.dialogue.tau2 import checkout, conversations
from memorygym.tracks.dialogue.tau2.script import Solver
from memorygym.tracks.dialogue.tau2.session import Tau2Env
from memorygym.tracks.dialogue.tau2.tasks import Tau2Recipe, domain, solutions

PAGE = """\
# tau2-bench: replay of the reference solutions

Written by `{command}`.
tau2-bench {tau2} at commit {commit}, litellm {litellm}, Python {python}.
Each task is played through tau2-bench's own `Orchestrator`, by a scripted customer and an agent
that makes the reference solution's calls, and scored by its own `evaluate_simulation` under
`EvaluationType.ALL_IGNORE_BASIS`: final database, environment assertions, actions, communication.
No model and no judge is asked; banking_knowledge searches with `bm25`.

| domain | tasks | reward 1.0 | agent messages | seconds | tasks below 1.0 |
|---|---|---|---|---|---|
{rows}
"""


def replay(name: str) -> tuple[list[str], str]:
    """Plays the solution of each task of a domain, with the reward of ALL_IGNORE_BASIS.

    Returns the tasks whose reward is below 1, and the domain's row of the page.
    """
    start, replies, below = perf_counter(), 0, []
    recipe = Tau2Recipe(seed=0, salt="", domain=name, session=1, reward="all")
    ids = list(domain(name).tasks)
    for id in ids:
        agent = Solver(solutions(name, [id]), informed=True)
        trace = play(Episode(Tau2Env(recipe.of([id])), Nothing, Budget(turns=1000)), agent)
        replies += sum(isinstance(record, Action) for record in trace.records)
        _, ended = conversations(trace)[0]
        below += [id] * (ended["reward"] != 1)
    figures = (name, len(ids), len(ids) - len(below), replies, round(perf_counter() - start))
    return below, "| ".join(["", *(f"{cell} " for cell in figures), f"{', '.join(below) or '–'} |"])


def page(rows: list[str], command: str) -> str:
    """The page that states a replay."""
    return PAGE.format(
        command=command,
        tau2=version("tau2"),
        commit=checkout.commit(),
        litellm=version("litellm"),
        python=platform.python_version(),
        rows="\n".join(rows),
    )
