"""Hand-made measurements, whose figures can be worked out by hand."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Score
from memorygym.core.trace import CANARY
from memorygym.runs.comparison.figures import Report, figures
from memorygym.runs.comparison.sanity_checks import SanityCheck
from memorygym.runs.episode_result import EpisodeKey, Failure, Result
from memorygym.runs.metrics import Measurement, ModelCost, QuestionCase
from memorygym.runs.results import FORMAT, Header, RunResults

FACTS = {"true": 2, "stale": 1, "wrong": 0, "duplicate": 0, "irrelevant": 1}
THREE = {
    "none": "00 00 10",
    "full": "11 11 10",
    "recency": "10 00 10",
    "oracle": "11 11 11",
    "m": "11 10 10",
    "held:m": "11 11 10",
}
"""Systems on three tasks of two questions each; 1 is a right answer."""
FIVE = {name: f"{tasks} {tasks[3:]}" for name, tasks in THREE.items()}
"""The same with the last two tasks twice: enough for intervals."""


def played(
    system: str, tasks: str, case: Mapping[str, Any] | None = None, **of: Any
) -> list[Measurement]:
    """A system on tasks with seeds from 0; "-" is a failed one. `case` changes questions."""

    def case_of(number: int, right: str) -> QuestionCase:
        plain = QuestionCase(number, "retrieval", float(right), 1, int(right), 0, 0, 100, 500, 0)
        return replace(plain, **(case or {}))

    costs = (ModelCost(), ModelCost(), 0, 0, 0, 0, 800, 0, FACTS)
    measured = []
    for seed, task in enumerate(tasks.split()):
        if task != "-":
            cases = tuple(map(case_of, range(1, 1 + len(task)), task))
            measurement = Measurement("company", seed, system, 1000, "strong", cases, *costs)
            measured.append(replace(measurement, **of))
    return measured


def all_played(
    systems: Mapping[str, str], case: Mapping[str, Any] | None = None, **of: Any
) -> list[Measurement]:
    """The measurements of many systems."""
    return [own for system, tasks in systems.items() for own in played(system, tasks, case, **of)]


def reported(systems: Mapping[str, str], **failures: int) -> Report:
    """The figures of many systems."""
    return figures(all_played(systems), failures, "test")


HOLDS = SanityCheck("it holds", True, "")
SCORE = Score(0, {}, None, 0, 0, 0, 0, 0, {})


def episode(measured: Measurement) -> Result:
    """An episode of a comparison with these measurements."""
    return Result(
        place=place(measured.system, measured.budget, measured.reasoner, measured.seed), task="t",
        score=SCORE, right=(), repaired=0, judged=None, stuck=0, causes={}, precision={}, usage={},
        measured=measured,
    )  # fmt: skip


def place(system: str, budget: int | None, reasoner: str, seed: int = 0) -> EpisodeKey:
    """The key of an episode."""
    return EpisodeKey(
        episode="", track="worlds", template="company", seed=seed, agent=reasoner, memory=system,
        budget=budget, who=system,
    )  # fmt: skip


def compared(
    systems: Mapping[str, str], *others: Failure, reasoners: Sequence[str] = ("strong", "weak"),
    checks: Sequence[SanityCheck] = (HOLDS,), played_by: Sequence[str] = (),
) -> RunResults:  # fmt: skip
    """A comparison with equal measurements under these reasoners, at one budget."""
    measured = [
        replace(own, reasoner=who) for who in played_by or reasoners for own in all_played(systems)
    ]
    return results(measured, *others, reasoners=reasoners, checks=checks)


def results(
    measured: Sequence[Measurement], *others: Failure, reasoners: Sequence[str] = ("strong",),
    checks: Sequence[SanityCheck] = (HOLDS,),
) -> RunResults:  # fmt: skip
    """A comparison with these measurements."""
    recipe = {"kind": "compare", "track": "worlds", "reasoners": reasoners, "budgets": [1000]}
    about = {"version": "c", "recipe": {**recipe, "parameters": {}}}
    header = Header(FORMAT, CANARY, tuple(checks))
    return RunResults(about, [*map(episode, measured), *others], header)
