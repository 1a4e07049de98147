"""What a comparison reports: every figure of every arm under one reasoner and one budget."""

from dataclasses import dataclass, fields

from memorygym.isolation.arms import Role
from memorygym.isolation.contests import Contests, Scores, World
from memorygym.stats import Estimate


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
    exact: Estimate | None
    """Share of the answers that match the truth word for word (EM of SQuAD)."""
    f1: Estimate | None
    """Of the answers' words with the truths' (SQuAD)."""


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
    limited: Estimate | None
    """Replies of the reasoner that its context or `--max-tokens` cut short."""
    repaired: Estimate | None
    """Answers that the grader rejected and a judge accepted."""
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
