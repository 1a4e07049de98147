"""What a log says of a trace: every question with its verdict, and why those missed were missed."""

from memorygym.attribution import Attribution
from memorygym.scoring import outcomes
from memorygym.trace import Trace


def explanation(trace: Trace, attribution: Attribution | None = None) -> str:
    """A Markdown table of the questions, and the misses by cause."""
    attribution = attribution or Attribution(trace)
    rows = ["| question | truth | answer | verdict |", "|---|---|---|---|"]
    for outcome in outcomes(trace):
        asked = outcome.goal
        missed = attribution.cause(outcome)
        group = asked.competency or asked.kind
        cells = (
            f"*event {asked.event + 1}, {group}:* {asked.text}", asked.truth,
            "(none)" if outcome.answer is None else outcome.answer,
            f"**{missed}**: {outcome.reason}" if missed else "right",
        )  # fmt: skip
        rows.append(f"| {' | '.join(map(_cell, cells))} |")
    told = ", ".join(f"{cause} {n}" for cause, n in sorted(attribution.counts.items()))
    rows.append(f"\nMisses by cause: {told or 'none'}.")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
