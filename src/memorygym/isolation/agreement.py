"""Whether the memories rank alike under two reasoners: if so, it is they that are measured."""

from dataclasses import dataclass
from math import inf

from memorygym.isolation.columns import paragraph
from memorygym.isolation.report import Report
from memorygym.stats import Estimate, kendall


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the rankings of the memories under two reasoners agree."""

    reasoners: tuple[str, str]
    budget: int | None
    tau: Estimate
    """Kendall's tau-b, with its interval over tasks."""


def agreement(one: Report, other: Report, name: str) -> Agreement | None:
    """Of the memories that finished every task under both; None with fewer than two of them.

    `name` names the random stream.
    """
    ours, theirs = (
        {row.arm: row.scores for row in report.of("memory") if row.rank is not None}
        for report in (one, other)
    )
    if len(ours.keys() & theirs.keys()) < 2:
        return None
    tau = kendall(dict(sorted(ours.items())), theirs, name)
    return Agreement((one.reasoner, other.reasoner), one.budget, tau)


def agreement_text(found: Agreement) -> str:
    """The same as a sentence."""
    one, other = found.reasoners
    tau, budget = found.tau, f" at budget {found.budget:,}" if found.budget else ""
    return "\n".join(
        paragraph(
            f"Rankings under the {one} and the {other} reasoner{budget}: Kendall's tau-b"
            f" {tau.mean:.2f}, 95 % interval {_bound(tau.low)} to {_bound(tau.high)}, over"
            f" {tau.worlds} tasks"
        )
    )


def _bound(value: float) -> str:
    return "unknown" if abs(value) == inf else f"{value:.2f}"
