"""The figures of a comparison, from what each episode told of its memory.

The unit is the task, since its questions share a memory: every figure is one value a task, and its
interval is over tasks. Two arms are compared on the tasks that both finished.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Protocol

from memorygym.core.errors import BadSettings
from memorygym.core.trace_reader import CONDITIONS
from memorygym.runs.comparison.significance import (
    RECENCY,
    Domain,
    Gain,
    Scores,
    SignificanceTests,
    contests,
)
from memorygym.runs.comparison.system_specs import HELD, Role, role_of
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.stats import Estimate, estimate, kendall, paired

Clock = Mapping[str, tuple[float, float]]
"""By arm: the median and the 95th percentile of its milliseconds a step."""
Left = Mapping[Domain, frozenset[int]]
"""By task: the numbers of the questions that are left out."""
ROLES: tuple[Role, ...] = ("reference", "memory", "held")


@dataclass(frozen=True, slots=True)
class SystemRow:
    """One arm."""

    system: str
    role: Role
    scores: Scores
    """By finished task, in order."""
    failed: int
    """Tasks that it did not finish."""
    rank: int | None
    """Of a memory that finished all tasks: one more than the memories shown to be better."""
    figures: Mapping[str, Estimate | None]
    """By the names that `figures` gives them, in the order of compare.csv."""

    def __getitem__(self, figure: str) -> Estimate | None:
        return self.figures[figure]


@dataclass(frozen=True, slots=True)
class Report:
    """All arms under one reasoner and one budget."""

    reasoner: str
    budget: int | None
    """Tokens of the view; None where no arm has a limit."""
    worlds: tuple[Domain, ...]
    """Tasks that at least one arm finished."""
    questions: int
    """Answerable ones of these tasks, without those left out."""
    left_out: int
    """Questions whose needed facts do not fit the budget together."""
    rows: tuple[SystemRow, ...]
    """References, then memories, then what memories held; each by accuracy, the best first, and
    last those that failed somewhere."""
    contests: SignificanceTests

    def row(self, system: str) -> SystemRow | None:
        """The row of an arm, if there is one."""
        return next((row for row in self.rows if row.system == system), None)

    def of(self, role: Role) -> list[SystemRow]:
        """The rows of a role, the best first."""
        return [row for row in self.rows if row.role == role]


@dataclass(frozen=True, slots=True)
class RankAgreement:
    """Whether the memories rank alike under two reasoners: if so, it is they that are measured."""

    reasoners: tuple[str, str]
    budget: int | None
    tau: Estimate
    """Kendall's tau-b, with its interval over tasks."""


def figures(measured: Sequence[Measurement], failures: Mapping[str, int], name: str) -> Report:
    """All figures of one reasoner at one budget; `failures` counts the failed tasks by arm.

    `name` names the random streams. Raises ValueError if there is nothing to report, or an arm
    played a task twice, and BadSettings if no question counts.
    """
    if len(reasoners := {one.reasoner for one in measured}) != 1:
        raise ValueError(f"figures are of one reasoner, not of {sorted(reasoners)}")
    systems, left = _by_arm(measured), left_out(measured)
    for system in sorted(failures):
        systems.setdefault(system, {})
    asked = {one.world: {case.number for case in one.cases} for one in measured}
    scores = {system: scored(played, left) for system, played in systems.items()}
    if not any(scores.values()):
        raise BadSettings(
            "no question counts, for the oracle was shown the facts of none: give a larger budget,"
            " or a track whose `oracle` names the events of its goals"
        )
    memories = {system: mine for system, mine in scores.items() if role_of(system) == "memory"}
    whole = {
        system
        for system in memories
        if systems[system].keys() == asked.keys() and not failures.get(system)
    }
    found = contests(memories, whole, scores.get(RECENCY, {}), name)
    table = _Table(systems, left, scores, Gain(scores, name))
    rows = [
        table.row(system, failures.get(system, 0), found.ranks.get(system)) for system in systems
    ]
    lost = sum(len(numbers & asked[world]) for world, numbers in left.items())
    return Report(
        reasoner=reasoners.pop(),
        budget=max((one.budget for one in measured if one.budget is not None), default=None),
        worlds=tuple(sorted(asked)),
        questions=sum(map(len, asked.values())) - lost,
        left_out=lost,
        rows=tuple(sorted(rows, key=_order)),
        contests=found,
    )


class Answered(Protocol):
    """The questions of one system on one task."""

    @property
    def system(self) -> str: ...
    @property
    def world(self) -> Domain: ...
    @property
    def cases(self) -> tuple[QuestionCase, ...]: ...


def left_out(measured: Sequence[Answered]) -> Left:
    """Questions whose needed facts did not fit the budget together, so that oracle showed none."""
    return {
        one.world: frozenset(case.number for case in one.cases if case.needs and not case.tokens)
        for one in measured
        if one.system == "oracle"
    }


def judged(one: Answered, left: Left) -> list[QuestionCase]:
    """The questions of a task that count."""
    lost = left.get(one.world, frozenset())
    return [case for case in one.cases if case.number not in lost]


def scored(played: Mapping[Domain, Measurement], left: Left) -> Scores:
    """By task: the share of the questions that count which were answered rightly."""
    cases = {world: judged(one, left) for world, one in played.items()}
    return {
        world: sum(case.score for case in mine) / len(mine) for world, mine in cases.items() if mine
    }


def _by_arm(measured: Sequence[Measurement]) -> dict[str, dict[Domain, Measurement]]:
    """Tasks in order, so that no figure depends on the order in which they were played."""
    systems: dict[str, dict[Domain, Measurement]] = {}
    for one in sorted(measured, key=lambda one: (one.system, one.world)):
        if one.world in systems.setdefault(one.system, {}):
            raise ValueError(f"{one.system} played {one.template} {one.seed} twice")
        systems[one.system][one.world] = one
    return systems


def _order(row: SystemRow) -> tuple[int, bool, float, bool, str]:
    """By role and accuracy, the ceiling before its equals. An arm that failed somewhere played
    other tasks, so it stands below the others."""
    accuracy = row["accuracy"]
    mean = accuracy.mean if accuracy else -1.0
    return ROLES.index(row.role), row.failed > 0, -mean, row.system != "oracle", row.system


COUNTS: Mapping[str, Callable[[Measurement], float]] = {
    "ingest_calls": attrgetter("ingest.calls"),  # Of its own model, in events that ask nothing.
    "ingest_tokens": attrgetter("ingest.tokens"),
    "query_calls": attrgetter("query.calls"),
    "query_tokens": attrgetter("query.tokens"),
    # In view of all questions, and of its own model.
    "total": lambda one: sum(c.tokens for c in one.cases) + one.ingest.tokens + one.query.tokens,
    "cache_breaks": attrgetter("cache_breaks"),
    "cuts": attrgetter("cuts"),
    "empty": attrgetter("empty"),
    "overlong": attrgetter("overlong"),
    "limited": attrgetter("limited"),
    "repaired": attrgetter("repaired"),
    "peak": attrgetter("peak"),
    "writes": attrgetter("writes"),
}
"""What a memory takes or does on a task; see Measured."""


@dataclass(frozen=True, slots=True)
class _Table:
    """All arms, by task."""

    systems: Mapping[str, Mapping[Domain, Measurement]]
    left: Left
    scores: Mapping[str, Scores]
    normal: Gain

    def row(self, system: str, failed: int, rank: int | None) -> SystemRow:
        mine, asked, played, over = (
            self.scores[system], partial(self._asked, system),
            partial(self._played, system), self._over
        )  # fmt: skip
        figures = {
            "accuracy": _mean(mine),
            "gain": over(system, "none"),
            "degradation": over(system, "full"),  # Below 0 where the whole history answers more.
            "normalised": self.normal.of(mine),
            "advantage": over(system, RECENCY),
            "exact": asked(_mean_of("exact")),
            "f1": asked(_mean_of("f1")),
            "storing": over("oracle", HELD + system),
            "retrieving": over(HELD + system, system),
            "survival": asked(_share_of("present", "needs")),
            "exposure": asked(_share_of("stale", "replaced")),
            "precision": played(_held("true")),
            **{name: played(_held(name)) for name in CONDITIONS[1:]},
            "view": asked(_mean_of("tokens")),
            **{name: played(count) for name, count in COUNTS.items()},
        }
        return SystemRow(system, role_of(system), mine, failed, rank, figures)

    def _asked(
        self, system: str, value: Callable[[Sequence[QuestionCase]], float | None]
    ) -> Estimate | None:
        """Of the questions of each task that count."""
        return self._played(system, lambda one: value(judged(one, self.left)))

    def _played(self, system: str, value: Callable[[Measurement], float | None]) -> Estimate | None:
        return _mean({world: value(one) for world, one in self.systems[system].items()})

    def _over(self, system: str, other: str) -> Estimate | None:
        a, b = self.scores.get(system, {}), self.scores.get(other, {})
        return paired(a, b).estimate if a.keys() & b.keys() else None


def _mean(values: Mapping[Domain, float | None]) -> Estimate | None:
    """Over the tasks that have a value."""
    found = [value for value in values.values() if value is not None]
    return estimate(found) if found else None


def _mean_of(part: str) -> Callable[[Sequence[QuestionCase]], float | None]:
    return lambda cases: sum(map(attrgetter(part), cases)) / len(cases) if cases else None


def _share_of(part: str, whole: str) -> Callable[[Sequence[QuestionCase]], float | None]:
    def share(cases: Sequence[QuestionCase]) -> float | None:
        total = sum(map(attrgetter(whole), cases))
        return sum(map(attrgetter(part), cases)) / total if total else None

    return share


def _held(condition: str) -> Callable[[Measurement], float | None]:
    return lambda one: one.precision[condition] if any(one.precision.values()) else None


def agreement(one: Report, other: Report) -> RankAgreement | None:
    """Of the memories that finished every task under both; None with fewer than two of them."""
    ours, theirs = (
        {row.system: row.scores for row in report.of("memory") if row.rank is not None}
        for report in (one, other)
    )
    if len(ours.keys() & theirs.keys()) < 2:
        return None
    name = f"{one.reasoner} {other.reasoner} {one.budget}"
    tau = kendall(dict(sorted(ours.items())), theirs, name)
    return RankAgreement((one.reasoner, other.reasoner), one.budget, tau)
