"""The questions of a comparison: which of them count, and how many facts they need."""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Literal, Protocol

from memorygym.runs.comparison.significance import Scores, TaskKey
from memorygym.runs.comparison.system_specs import role_of
from memorygym.runs.metrics import Measurement, QuestionCase

LeftOut = Mapping[TaskKey, frozenset[int]]
"""By task: the numbers of the questions that are left out."""
Bound = Literal["", "floor", "ceiling"]
"""A bound that a system reaches in every group of questions: that of `none`, that of `oracle`."""
FACTS = ("0", "1", "2–3", "4+")
"""The groups of questions by the number of facts that they need."""


class Answered(Protocol):
    """The questions of one system on one task."""

    @property
    def system(self) -> str: ...
    @property
    def task(self) -> TaskKey: ...
    @property
    def cases(self) -> tuple[QuestionCase, ...]: ...


def left_out(measured: Sequence[Answered]) -> LeftOut:
    """Questions whose needed facts together do not fit the budget, so that oracle showed none."""
    return {
        played.task: frozenset(
            case.number for case in played.cases if case.needs and not case.tokens
        )
        for played in measured
        if played.system == "oracle"
    }


def judged(played: Answered, left: LeftOut) -> list[QuestionCase]:
    """The questions of a task that count."""
    lost = left.get(played.task, frozenset())
    return [case for case in played.cases if case.number not in lost]


def scored(played: Mapping[TaskKey, Measurement], left: LeftOut) -> Scores:
    """By task: the mean score of the questions that count."""
    counted = {task: judged(measurement, left) for task, measurement in played.items()}
    return {
        task: sum(case.score for case in cases) / len(cases)
        for task, cases in counted.items()
        if cases
    }


def facts_group(needs: int) -> int:
    """The place in FACTS of questions that need so many facts.

    >>> [FACTS[facts_group(needs)] for needs in (0, 1, 2, 3, 4, 9)]
    ['0', '1', '2–3', '2–3', '4+', '4+']
    """
    return min(needs, 2) if needs < 4 else 3


Systems = Mapping[str, Mapping[TaskKey, Measurement]]
"""By system and task: its measurement."""


def bound_of(system: str, systems: Systems, left: LeftOut) -> Bound:
    """The bound that a system reaches whatever the number of needed facts, if it reaches one: there
    the comparison cannot tell it from a better or a worse one. References have none."""
    if role_of(system) != "memory":
        return ""
    floor, ceiling = (
        _leads(systems, left, *pair) for pair in ((system, "none"), ("oracle", system))
    )
    if floor and max(floor.values()) <= 1e-9:
        return "floor"
    return "ceiling" if ceiling and max(ceiling.values()) <= 1e-9 else ""


def _leads(systems: Systems, left: LeftOut, first: str, second: str) -> dict[int, float]:
    """By group of questions: how much the first system scores above the second, in all."""
    leads: dict[int, float] = {}
    ours, theirs = systems.get(first, {}), systems.get(second, {})
    for task in ours.keys() & theirs.keys():
        scores = {case.number: case.score for case in judged(theirs[task], left)}
        for case in judged(ours[task], left):
            group = facts_group(case.needs)
            leads[group] = leads.get(group, 0.0) + case.score - scores[case.number]
    return leads


def mean_of(part: str) -> Callable[[Sequence[QuestionCase]], float | None]:
    """The mean over the questions that have a value."""

    def mean(cases: Sequence[QuestionCase]) -> float | None:
        values = [value for value in map(attrgetter(part), cases) if value is not None]
        return sum(values) / len(values) if values else None

    return mean


def share_of(part: str, whole: str) -> Callable[[Sequence[QuestionCase]], float | None]:
    """The mean over questions of each one's share, so that one with many facts counts as any."""

    def mean(cases: Sequence[QuestionCase]) -> float | None:
        counts = [(getattr(case, part), getattr(case, whole)) for case in cases]
        shares = [n / total for n, total in counts if total]
        return sum(shares) / len(shares) if shares else None

    return mean


def number_with(part: str) -> Callable[[Sequence[QuestionCase]], int]:
    """How many questions have some of it."""
    return lambda cases: sum(1 for case in cases if getattr(case, part))
