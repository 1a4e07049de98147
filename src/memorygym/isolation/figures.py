"""The figures of a comparison: what each memory adds, where it loses it, and what it costs.

The unit is the task, since its questions share a memory: every figure is one value a task, and its
interval is over tasks. Arms are compared on the tasks that both finished.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from memorygym.isolation.arms import HELD, REFERENCES, Role
from memorygym.isolation.contests import Contests, Scores, World, contests
from memorygym.isolation.gain import Gain
from memorygym.isolation.measures import Case, Measured
from memorygym.stats import Estimate, estimate, paired

Left = Mapping[World, frozenset[int]]
"""By task: the numbers of the questions that are left out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How well an arm answers: shares, and differences of shares."""

    accuracy: Estimate | None
    gain: Estimate | None
    """Over none."""
    degradation: Estimate | None
    """Minus full: below 0 where it answers less than the whole history would."""
    normalised: Estimate | None
    """The gain as a share of oracle's, a ratio of means; None where oracle's is not surely above
    0."""
    advantage: Estimate | None
    """Over recency."""


@dataclass(frozen=True, slots=True)
class Losses:
    """Where an arm loses what it was shown."""

    storing: Estimate | None
    """Accuracy of oracle minus that with all that the memory holds in view."""
    retrieving: Estimate | None
    """Accuracy with all that the memory holds in view, minus its own."""
    survival: Estimate | None
    """Share of the needed facts that were in view."""
    exposure: Estimate | None
    """Share of the needed facts changed before, of which the view gave a superseded value."""
    precision: Estimate | None
    """Share of what it held in the end that is true; the rest is one of the next four."""
    stale: Estimate | None
    wrong: Estimate | None
    duplicate: Estimate | None
    irrelevant: Estimate | None


@dataclass(frozen=True, slots=True)
class Costs:
    """What an arm takes, a task."""

    view: Estimate | None
    """Tokens that memory brought into the view of a question."""
    ingest_calls: Estimate | None
    """Of the memory's own model, in events that ask nothing."""
    ingest_tokens: Estimate | None
    query_calls: Estimate | None
    query_tokens: Estimate | None
    total: Estimate | None
    """Tokens: in view of all questions, and of the memory's model."""
    fractures: Estimate | None
    """Times that what it composed was not a continuation of what it composed before."""
    cuts: Estimate | None
    """Times that the referee cut a view or undid a write beyond the capacity."""
    empty: Estimate | None
    """Replies of the memory's model without text."""
    overlong: Estimate | None
    """Replies of it longer than asked, which were cut."""
    peak: Estimate | None
    """Most tokens held."""
    writes: Estimate | None
    """Paid through tools."""


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
    standing: Standing
    losses: Losses
    costs: Costs

    @property
    def figures(self) -> dict[str, Estimate | None]:
        """All of them by name."""
        return {
            field.name: getattr(part, field.name)
            for part in (self.standing, self.losses, self.costs)
            for field in fields(part)
        }


@dataclass(frozen=True, slots=True)
class Report:
    """All arms under one reasoner and one budget."""

    name: str
    """Of its random streams."""
    reasoner: str
    budget: int | None
    """Tokens of the view; None where no arm has a limit."""
    worlds: tuple[World, ...]
    """Tasks that at least one arm finished."""
    questions: int
    """Answerable ones of these tasks, left-out ones not among them."""
    left_out: int
    """Questions whose needed facts do not fit the budget together."""
    rows: tuple[Row, ...]
    """References, then memories, then what memories held; each by accuracy, the best first."""
    contests: Contests

    def row(self, arm: str) -> Row | None:
        """The row of an arm, if it was played."""
        return next((row for row in self.rows if row.arm == arm), None)

    def of(self, role: Role) -> list[Row]:
        """The rows of a role, the best first."""
        return [row for row in self.rows if row.role == role]


def figures(measured: Sequence[Measured], failures: Mapping[str, int], name: str) -> Report:
    """All figures of one reasoner at one budget; `failures` counts the failed tasks of an arm.

    Raises ValueError if there is nothing to report, or an arm played a task twice.
    """
    if len(reasoners := {one.reasoner for one in measured}) != 1:
        raise ValueError(f"figures are of one reasoner, not of {sorted(reasoners)}")
    left = left_out(measured)
    table = Table(_by_arm(measured), left, name)
    arms = [*table.played, *(arm for arm in failures if arm not in table.played)]
    memories = {arm: table.scores(arm) for arm in sorted(arms) if role_of(arm) == "memory"}
    worlds = sorted({world for played in table.played.values() for world in played})
    whole = {w: 0.0 for arm in table.played for w in table.scores(arm)}
    found = contests(
        {arm: mine for arm, mine in memories.items() if not failures.get(arm)},
        whole, table.scores("recency"), name,
    )  # fmt: skip
    rows = [_row(table, arm, failures.get(arm, 0), found.ranks.get(arm)) for arm in arms]
    asked = {(one.world, case.number) for one in measured for case in one.cases}
    lost = sum((world, number) in asked for world in left for number in left[world])
    budgets = [one.budget for one in measured if one.budget is not None]
    return Report(
        name, next(iter(reasoners)), max(budgets, default=None), tuple(worlds),
        len(asked) - lost, lost, tuple(sorted(rows, key=_order)), found,
    )  # fmt: skip
