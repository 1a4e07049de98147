"""What a comparison reports: every figure of every arm under one reasoner and one budget."""

from collections.abc import Mapping
from dataclasses import dataclass

from memorygym.isolation.arms import Role
from memorygym.isolation.contests import Contests, Scores, World
from memorygym.stats import Estimate, kendall

Clock = Mapping[str, tuple[float, float]]
"""By arm: the median and the 95th percentile of its milliseconds a step."""


@dataclass(frozen=True, slots=True)
class Row:
    """One arm."""

    arm: str
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
    worlds: tuple[World, ...]
    """Tasks that at least one arm finished."""
    questions: int
    """Answerable ones of these tasks, without those left out."""
    left_out: int
    """Questions whose needed facts do not fit the budget together."""
    rows: tuple[Row, ...]
    """References, then memories, then what memories held; each by accuracy, the best first, and
    last those that failed somewhere."""
    contests: Contests

    def row(self, arm: str) -> Row | None:
        """The row of an arm, if there is one."""
        return next((row for row in self.rows if row.arm == arm), None)

    def of(self, role: Role) -> list[Row]:
        """The rows of a role, the best first."""
        return [row for row in self.rows if row.role == role]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Whether the memories rank alike under two reasoners: if so, it is they that are measured."""

    reasoners: tuple[str, str]
    budget: int | None
    tau: Estimate
    """Kendall's tau-b, with its interval over tasks."""


def agreement(one: Report, other: Report) -> Agreement | None:
    """Of the memories that finished every task under both; None with fewer than two of them."""
    ours, theirs = (
        {row.arm: row.scores for row in report.of("memory") if row.rank is not None}
        for report in (one, other)
    )
    if len(ours.keys() & theirs.keys()) < 2:
        return None
    name = f"{one.reasoner} {other.reasoner} {one.budget}"
    tau = kendall(dict(sorted(ours.items())), theirs, name)
    return Agreement((one.reasoner, other.reasoner), one.budget, tau)
