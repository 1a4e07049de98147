"""Whether the memories rank alike under two reasoners: if so, it is they that are measured."""

from math import inf

from memorygym.isolation.columns import paragraph
from memorygym.isolation.report import Report
from memorygym.stats import Estimate, kendall


def agreement(one: Report, other: Report, name: str) -> Estimate | None:
    """Kendall's tau-b of the memories that finished every task under both, over tasks.

    None with fewer than two of them. `name` names the random stream.
    """
    ours, theirs = (
        {row.arm: row.scores for row in report.of("memory") if row.rank is not None}
        for report in (one, other)
    )
    if len(ours.keys() & theirs.keys()) < 2:
        return None
    return kendall(dict(sorted(ours.items())), theirs, name)


def agreement_text(found: Estimate, one: Report, other: Report) -> str:
    """The same as a sentence."""
    return "\n".join(
        paragraph(
            f"Rankings under the {one.reasoner} and the {other.reasoner} reasoner: Kendall's tau-b"
            f" {found.mean:.2f}, 95 % interval {_bound(found.low)} to {_bound(found.high)}, over"
            f" {found.worlds} tasks"
        )
    )


def _bound(value: float) -> str:
    return "unknown" if abs(value) == inf else f"{value:.2f}"
