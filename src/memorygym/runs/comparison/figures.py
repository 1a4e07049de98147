"""The figures of a comparison, from the measurements of its episodes.

The unit is the task, because the questions of a task share a memory: a figure has one value for
each task and an interval over tasks. Two systems are compared on the tasks that both finished.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter
from typing import Protocol

from memorygym.core.errors import BadSettings
from memorygym.core.trace_reader import CONDITIONS
from memorygym.runs.comparison.significance import (
    RECENCY,
    Questions,
    Scores,
    SignificanceTests,
    TaskKey,
    difference,
    gain,
    normalised_gain,
    share,
    significance_tests,
)
from memorygym.runs.comparison.system_specs import UNLIMITED, Role, role_of
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.stats import Estimate, estimate, kendall, mean_score, mean_share

Clock = Mapping[str, tuple[float, float]]
"""By system: the median and the 95th percentile of its milliseconds per step."""
Cases = Sequence[QuestionCase]
Interval = Callable[[list[float], list[int]], Estimate]
Values = Mapping[TaskKey, float]
"""By task: a figure of those tasks that have it."""
LeftOut = Mapping[TaskKey, frozenset[int]]
"""By task: the numbers of the questions that are left out."""
ROLES: tuple[Role, ...] = ("reference", "memory", "unlimited")


@dataclass(frozen=True, slots=True)
class SystemRow:
    """The figures of one system."""

    system: str
    role: Role
    scores: Scores
    """By finished task, in order."""
    failed: int
    """Number of tasks that it did not finish."""
    rank: int | None
    """1 + the number of memories that are significantly better; None unless it is a memory that
    finished all tasks."""
    figures: Mapping[str, Estimate | None]
    """By name, in the order of compare.csv."""

    def __getitem__(self, figure: str) -> Estimate | None:
        return self.figures[figure]


@dataclass(frozen=True, slots=True)
class Report:
    """All systems with one reasoner and one budget."""

    reasoner: str
    budget: int | None
    """Most tokens of the context; None where no system has a limit."""
    tasks: tuple[TaskKey, ...]
    """Tasks that at least one system finished."""
    questions: int
    """Answerable questions of these tasks, without those left out."""
    left_out: int
    """Questions whose needed facts together do not fit the budget."""
    rows: tuple[SystemRow, ...]
    """By role, each by accuracy, the best first, and those that failed on some task last."""
    significance: SignificanceTests

    def row(self, system: str) -> SystemRow | None:
        """The row of a system, if there is one."""
        return next((row for row in self.rows if row.system == system), None)

    def of(self, role: Role) -> list[SystemRow]:
        """The rows of a role, the best first."""
        return [row for row in self.rows if row.role == role]


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Whether the memories rank alike with two reasoners, so that ranks are the memories' own."""

    reasoners: tuple[str, str]
    budget: int | None
    tau: Estimate
    """Kendall's tau-b, with its interval over tasks."""


def figures(measured: Sequence[Measurement], failures: Mapping[str, int], name: str) -> Report:
    """All figures of one reasoner at one budget; `failures` counts the failed tasks by system.

    `name` names the random streams. Raises ValueError unless there is exactly one reasoner, or if a
    system played a task twice, and BadSettings if no question counts.
    """
    if len(reasoners := {measurement.reasoner for measurement in measured}) != 1:
        raise ValueError(f"give the measurements of one reasoner, not of {sorted(reasoners)}")
    systems, left = _by_system(measured), left_out(measured)
    for system in sorted(failures):
        systems.setdefault(system, {})
    asked = {played.task: {case.number for case in played.cases} for played in measured}
    scores = {system: scored(played, left) for system, played in systems.items()}
    if not any(scores.values()):
        raise BadSettings(
            "no question counts, because the oracle showed the needed facts of none: give a larger"
            " budget, or let `oracle` of the track name the events of its goals"
        )
    memories = {system: own for system, own in scores.items() if role_of(system) == "memory"}
    whole = {
        system
        for system in memories
        if systems[system].keys() == asked.keys() and not failures.get(system)
    }
    questions = {played.task: len(cases) for played in measured if (cases := judged(played, left))}
    tests = significance_tests(memories, whole, scores.get(RECENCY, {}), questions, name)
    table = _Table(systems, left, scores, questions)
    rows = [
        table.row(system, failures.get(system, 0), tests.ranks.get(system)) for system in systems
    ]
    lost = sum(len(numbers & asked[task]) for task, numbers in left.items())
    return Report(
        reasoner=reasoners.pop(),
        budget=max((m.budget for m in measured if m.budget is not None), default=None),
        tasks=tuple(sorted(asked)),
        questions=sum(map(len, asked.values())) - lost,
        left_out=lost,
        rows=tuple(sorted(rows, key=_order)),
        significance=tests,
    )


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


def _by_system(measured: Sequence[Measurement]) -> dict[str, dict[TaskKey, Measurement]]:
    """By system and task, sorted, so that no figure depends on the order of play."""
    systems: dict[str, dict[TaskKey, Measurement]] = {}
    for played in sorted(measured, key=lambda played: (played.system, played.task)):
        if played.task in systems.setdefault(played.system, {}):
            raise ValueError(f"{played.system} played {played.template} {played.seed} twice")
        systems[played.system][played.task] = played
    return systems


def _order(row: SystemRow) -> tuple[int, bool, float, bool, str]:
    """By role and accuracy, oracle before its equals. A system that failed on some task played
    other tasks than the rest, so it stands below them."""
    accuracy = row["accuracy"]
    mean = accuracy.mean if accuracy else -1.0
    return ROLES.index(row.role), row.failed > 0, -mean, row.system != "oracle", row.system


COUNTS: Mapping[str, Callable[[Measurement], float]] = {
    # Ingest: of the memory's model, in events that ask nothing.
    "ingest_calls": attrgetter("ingest.calls"),
    "ingest_tokens": attrgetter("ingest.tokens"),
    "query_calls": attrgetter("query.calls"),
    "query_tokens": attrgetter("query.tokens"),
    # The contexts of all questions, and the memory's own model.
    "total": lambda m: sum(c.tokens for c in m.cases) + m.ingest.tokens + m.query.tokens,
    "cache_breaks": attrgetter("cache_breaks"),
    "cuts": attrgetter("cuts"),
    "empty": attrgetter("empty"),
    "overlong": attrgetter("overlong"),
    "limited": attrgetter("limited"),
    "repaired": attrgetter("repaired"),
    "peak": attrgetter("peak"),
    "writes": attrgetter("writes"),
}
"""Costs and counts of a memory per task; see Measurement."""


@dataclass(frozen=True, slots=True)
class _Table:
    """All systems, by task."""

    systems: Mapping[str, Mapping[TaskKey, Measurement]]
    left: LeftOut
    scores: Mapping[str, Scores]
    questions: Questions

    def row(self, system: str, failed: int, rank: int | None) -> SystemRow:
        own, minus = self.scores[system], self._difference
        asked, played = partial(self._asked, system), partial(self._played, system)
        none, oracle = (self.scores.get(name, {}) for name in ("none", "oracle"))
        figures = {
            "accuracy": share(own, self.questions) if own else None,
            "gain": gain(own, none, self.questions),
            "degradation": minus(system, "full"),  # Negative where the full history answers more.
            "normalised": normalised_gain(own, none, oracle, self.questions),
            "advantage": minus(system, RECENCY),
            "exact": self._over(mean_share, asked(_mean_of("exact"))),
            "f1": self._over(mean_score, asked(_mean_of("f1"))),
            "write_loss": minus("oracle", UNLIMITED + system),
            "retrieval_loss": minus(UNLIMITED + system, system),
            "evidence_recall": self._over(mean_score, asked(_share_of("present", "needs"))),
            "stale_evidence_rate": _mean(asked(_share_of("stale", "replaced")), mean_score),
            "precision": _mean(played(_store_share("true")), mean_score),
            **{name: _mean(played(_store_share(name)), mean_score) for name in CONDITIONS[1:]},
            "view": _mean(asked(_mean_of("tokens"))),
            **{name: _mean(played(count)) for name, count in COUNTS.items()},
        }
        return SystemRow(system, role_of(system), own, failed, rank, figures)

    def _difference(self, system: str, other: str) -> Estimate | None:
        return difference(self.scores.get(system, {}), self.scores.get(other, {}), self.questions)

    def _asked(self, system: str, value: Callable[[Cases], float | None]) -> Values:
        """A value of the questions that count, by task."""
        return self._played(system, lambda played: value(judged(played, self.left)))

    def _played(self, system: str, value: Callable[[Measurement], float | None]) -> Values:
        figures = ((task, value(played)) for task, played in self.systems[system].items())
        return {task: figure for task, figure in figures if figure is not None}

    def _over(self, interval: Interval, values: Values) -> Estimate | None:
        """The mean over tasks of values that rest on all questions."""
        counts = [self.questions[task] for task in values]
        return interval([*values.values()], counts) if values else None


def _mean(values: Values, of: Callable[[list[float]], Estimate] = estimate) -> Estimate | None:
    """The mean over tasks of an amount, which is never below 0."""
    mean = of([*values.values()]) if values else None
    return replace(mean, low=max(0.0, mean.low)) if mean and mean.has_interval else mean


def _mean_of(part: str) -> Callable[[Cases], float | None]:
    return lambda cases: sum(map(attrgetter(part), cases)) / len(cases) if cases else None


def _share_of(part: str, whole: str) -> Callable[[Cases], float | None]:
    def share(cases: Sequence[QuestionCase]) -> float | None:
        total = sum(map(attrgetter(whole), cases))
        return sum(map(attrgetter(part), cases)) / total if total else None

    return share


def _store_share(condition: str) -> Callable[[Measurement], float | None]:
    return lambda m: m.precision[condition] if any(m.precision.values()) else None


def agreement(first: Report, second: Report) -> RankAgreement | None:
    """Kendall's tau of the memories that finished every task with both reasoners; None with fewer
    than two of them."""
    ours, theirs = (
        {row.system: row.scores for row in report.of("memory") if row.rank is not None}
        for report in (first, second)
    )
    if len(ours.keys() & theirs.keys()) < 2:
        return None
    name = f"{first.reasoner} {second.reasoner} {first.budget}"
    tau = kendall(dict(sorted(ours.items())), theirs, name)
    return RankAgreement((first.reasoner, second.reasoner), first.budget, tau)
