"""The figures of a comparison, from the measurements of its episodes.

The unit is the task, because the questions of a task share a memory: a figure has one value for
each task and an interval over tasks. Two systems are compared on the tasks that both finished.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from operator import attrgetter

from memorygym.core.errors import BadSettings
from memorygym.core.trace_reader import CONDITIONS
from memorygym.runs.comparison.questions import (
    Bound,
    LeftOut,
    bound_of,
    judged,
    left_out,
    mean_of,
    mean_share,
    scored,
)
from memorygym.runs.comparison.significance import (
    RECENCY,
    Gain,
    Scores,
    SignificanceTests,
    TaskKey,
    significance_tests,
)
from memorygym.runs.comparison.system_specs import UNLIMITED, Role, role_of
from memorygym.runs.metrics import Measurement, QuestionCase
from memorygym.scoring.attribution import is_unreadable
from memorygym.stats import Estimate, estimate, kendall, paired

Clock = Mapping[str, tuple[float, float]]
"""By system: the median and the 95th percentile of its milliseconds per step."""
ROLES: tuple[Role, ...] = ("reference", "memory", "unlimited")
WITHHELD = ("write_loss", "retrieval_loss", "precision", *CONDITIONS[1:])
"""Figures that are not stated if more than UNREAD_LIMIT of a memory's statements are unread."""


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
    finished all tasks without fault."""
    fault: bool
    """Whether the set-up is at fault, because the strongest scripted reasoner answers more from
    what the memory showed than from all that it held, by more than the interval."""
    bound: Bound
    """The bound that it reaches whatever the number of needed facts; it was not measured then."""
    figures: Mapping[str, Estimate | None]
    """By name, in the order of compare.csv."""

    def __getitem__(self, figure: str) -> Estimate | None:
        return self.figures[figure]

    @property
    def unread(self) -> float:
        """Share of the statements that the memory showed, or held if more, that were unread."""
        return _unread(self.figures)

    @property
    def withheld(self) -> bool:
        """Whether figures are withheld, because too many statements were unread."""
        return is_unreadable(self.unread)


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
    """References, then memories, then memories with unlimited context; each by accuracy, the best
    first, and those that failed on some task or are a fault of the set-up last."""
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
    strongest = all(measurement.strongest for measurement in measured)
    faults = {system for system in scores if strongest and _beats_its_store(system, scores)}
    memories = {
        system: own
        for system, own in scores.items()
        if role_of(system) == "memory" and system not in faults
    }
    whole = {
        system
        for system in memories
        if systems[system].keys() == asked.keys() and not failures.get(system)
    }
    tests = significance_tests(memories, whole, scores.get(RECENCY, {}), name)
    table = _Table(systems, left, scores, Gain(scores, name))
    rows = [
        SystemRow(
            system,
            role_of(system),
            scores[system],
            failures.get(system, 0),
            tests.ranks.get(system),
            system in faults,
            bound_of(system, systems, left) if role_of(system) == "memory" else "",
            table.figures(system),
        )
        for system in systems
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


def _by_system(measured: Sequence[Measurement]) -> dict[str, dict[TaskKey, Measurement]]:
    """By system and task, sorted, so that no figure depends on the order of play."""
    systems: dict[str, dict[TaskKey, Measurement]] = {}
    for played in sorted(measured, key=lambda played: (played.system, played.task)):
        if played.task in systems.setdefault(played.system, {}):
            raise ValueError(f"{played.system} played {played.template} {played.seed} twice")
        systems[played.system][played.task] = played
    return systems


def _beats_its_store(system: str, scores: Mapping[str, Scores]) -> bool:
    """Whether a system scores more than with all that it held, by more than the interval."""
    held, own = scores.get(UNLIMITED + system, {}), scores[system]
    return bool(held.keys() & own.keys()) and paired(held, own).estimate.high < 0


def _order(row: SystemRow) -> tuple[int, bool, float, bool, str]:
    """By role and accuracy, oracle before its equals. A system that failed on some task played
    other tasks than the rest, so it stands below them, as does one whose set-up is at fault."""
    accuracy = row["accuracy"]
    mean = accuracy.mean if accuracy else -1.0
    unranked = row.failed > 0 or row.fault
    return ROLES.index(row.role), unranked, -mean, row.system != "oracle", row.system


COUNTS: Mapping[str, Callable[[Measurement], float]] = {
    "model_calls": lambda m: m.ingest.calls + m.query.calls,
    "model_tokens": lambda m: m.ingest.tokens + m.query.tokens,
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
    normalised: Gain

    def figures(self, system: str) -> Mapping[str, Estimate | None]:
        own, difference = self.scores[system], self._difference
        asked, played = partial(self._asked, system), partial(self._played, system)
        figures = {
            "accuracy": _mean(own),
            "gain": difference(system, "none"),
            "degradation": difference(system, "full"),
            "normalised": self.normalised.of(own),
            "advantage": difference(system, RECENCY),
            "exact": asked(mean_of("exact")),
            "f1": asked(mean_of("f1")),
            "write_loss": difference("oracle", UNLIMITED + system),
            "retrieval_loss": difference(UNLIMITED + system, system),
            "evidence_recall": asked(mean_share("present", "needs")),
            "stale_evidence_rate": asked(mean_share("stale", "replaced")),
            "unread_context": played(lambda m: m.shown.unread_share),
            "unread_store": played(lambda m: m.held.unread_share),
            "precision": played(_store_share("true")),
            **{name: played(_store_share(name)) for name in CONDITIONS[1:]},
            "view": asked(mean_of("tokens")),
            **{name: played(count) for name, count in COUNTS.items()},
        }
        withheld = WITHHELD if is_unreadable(_unread(figures)) else ()
        return {**figures, **dict.fromkeys(withheld)}

    def _asked(
        self, system: str, value: Callable[[Sequence[QuestionCase]], float | None]
    ) -> Estimate | None:
        """The mean of a value of the questions that count, over tasks."""
        return self._played(system, lambda played: value(judged(played, self.left)))

    def _played(self, system: str, value: Callable[[Measurement], float | None]) -> Estimate | None:
        return _mean({task: value(played) for task, played in self.systems[system].items()})

    def _difference(self, system: str, other: str) -> Estimate | None:
        a, b = self.scores.get(system, {}), self.scores.get(other, {})
        return paired(a, b).estimate if a.keys() & b.keys() else None


def _unread(figures: Mapping[str, Estimate | None]) -> float:
    shares = (figures["unread_context"], figures["unread_store"])
    return max(share.mean if share else 0.0 for share in shares)


def _mean(values: Mapping[TaskKey, float | None]) -> Estimate | None:
    """The mean over the tasks that have a value."""
    present = [value for value in values.values() if value is not None]
    return estimate(present) if present else None


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
