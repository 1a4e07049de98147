"""The figures of a comparison, from the measurements of its episodes.

The unit is the task, because the questions of a task share a memory: a figure has one value for
each task and an interval over tasks. Two systems are compared on the tasks that both finished.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.runs.comparison.questions import Bound, bound_of, judged, left_out, scored
from memorygym.runs.comparison.significance import (
    RECENCY,
    Scores,
    SignificanceTests,
    TaskKey,
    significance_tests,
)
from memorygym.runs.comparison.system_figures import SystemFigures, unread_of
from memorygym.runs.comparison.system_specs import Role, role_of
from memorygym.runs.metrics import Measurement
from memorygym.scoring.attribution import is_unreadable
from memorygym.stats import Estimate, kendall

Clock = Mapping[str, tuple[float, float]]
"""By system: the median and the 95th percentile of its milliseconds per step."""
NOTHING_COUNTS = (
    "no question counts, because the oracle showed the needed facts of none: give a larger budget,"
    " or let `oracle` of the track name the events of its goals"
)
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
        return unread_of(self.figures)

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
        raise BadSettings(NOTHING_COUNTS)
    questions = {played.task: len(cases) for played in measured if (cases := judged(played, left))}
    table = SystemFigures(systems, left, scores, questions)
    # A weaker reasoner, or a model, may answer less where it is shown more.
    faults = table.faults() if all(played.strongest for played in measured) else set()
    finished = {
        system
        for system, played in systems.items()
        if played.keys() == asked.keys() and not failures.get(system)
    }
    tests = _tests(table, faults, finished, name)
    rows = [
        SystemRow(
            system,
            role_of(system),
            scores[system],
            failures.get(system, 0),
            tests.ranks.get(system),
            system in faults,
            bound_of(system, systems, left),
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


def _tests(
    table: SystemFigures, faults: Set[str], finished: Set[str], name: str
) -> SignificanceTests:
    """The tests among the memories without fault."""
    memories = {
        system: own
        for system, own in table.scores.items()
        if role_of(system) == "memory" and system not in faults
    }
    recency = table.scores.get(RECENCY, {})
    return significance_tests(memories, finished & memories.keys(), recency, table.questions, name)


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
    other tasks than the rest, so it stands below them, as does one whose set-up is at fault."""
    accuracy = row["accuracy"]
    mean = accuracy.mean if accuracy else -1.0
    unranked = row.failed > 0 or row.fault
    return ROLES.index(row.role), unranked, -mean, row.system != "oracle", row.system


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
