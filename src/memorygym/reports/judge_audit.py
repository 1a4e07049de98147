"""The report of a judge on labelled rows: how often it accepts wrong or rejects right answers."""

from collections.abc import Sequence

from memorygym.core.errors import clip
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.reports.table import plain
from memorygym.reports.terminal import fit
from memorygym.scoring.judge import difference
from memorygym.scoring.judge.audit import GRADER, Audit, LabelledRow

FORMAT = "memorygym-judge-audit-1"


def _span(audits: Sequence[Audit]) -> float | None:
    """The share of the rows that the second prompt accepts, minus that of the first."""
    if len(audits) < 2:
        return None
    strict, lenient = (
        [panel_verdict.verdict for panel_verdict in audit.panel_verdicts] for audit in audits
    )
    return difference(list(zip(strict, lenient, strict=True)))


def document(file: str, problems: Sequence[str], audits: Sequence[Audit]) -> dict[str, JSON]:
    """The whole measurement, as JSON."""
    span = _span(audits)
    return {
        "format": FORMAT,
        "file": file,
        "problems": list(problems),
        "span": None if span is None else round(span, 6),
        "audits": [audit.to_json() for audit in audits],
    }


def page(name: str, rows: Sequence[LabelledRow], audits: Sequence[Audit], worst: int) -> list[str]:
    """The same as lines of text, with the worst rows of each judge."""
    right = sum(row.correct for row in rows)
    lines = [f"{len(rows)} rows of {name}: {right} right, {len(rows) - right} wrong"]
    for audit in audits:
        lines += ["", *_table(audit)]
    if (span := _span(audits)) is not None:
        lines += ["", f"lenient accepts {100 * span:+.1f} points more of the rows than strict"]
    for audit in audits:
        lines += _worst(audit, worst)
    return lines


def _table(audit: Audit) -> list[str]:
    title = "no judge" if audit.judge is None else f"prompt {audit.judge.prompt}"
    heads = (title, "false accepts", "false rejects", "kappa")
    rows = [
        (
            name,
            str(agreement.false_accepts),
            str(agreement.false_rejects),
            None if agreement.kappa is None else f"{agreement.kappa:.2f}",
        )
        for name, agreement in audit.agreements.items()
    ]
    notes = [
        f"{name}: {lost['unreadable']} replies unreadable, {lost['failed']} failed"
        for name, lost in audit.lost.items()
    ]
    return plain(heads, rows, notes=notes).lines()


def _worst(audit: Audit, most: int) -> list[str]:
    worst = audit.worst()
    who = GRADER if audit.judge is None else f"prompt {audit.judge.prompt}"
    if not worst or most < 1:
        return []
    lines = ["", f"worst rows, {who}: {min(most, len(worst))} of {len(worst)}"]
    for row, names in worst[:most]:
        error = "wrong, accepted" if not row.correct else "right, rejected"
        lines += fit(f"line {row.line}: {error} by {', '.join(names)}", "  ")
        answer = clip(one_line(row.answer), 120)
        lines += fit(f"truth {row.truth} | answer {answer}", "    ")
    return lines
