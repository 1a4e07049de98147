"""The report of a judge on labelled rows: how often it accepts wrong or rejects right answers."""

from collections.abc import Iterator, Sequence

from memorygym.core.errors import clip
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.reports.table import plain
from memorygym.reports.terminal import fit
from memorygym.scoring.judge.audit import GRADER, Audit, LabelledRow

FORMAT = "memorygym-judge-audit-1"


def document(file: str, problems: Sequence[str], audits: Sequence[Audit]) -> dict[str, JSON]:
    """The whole measurement, as JSON."""
    more = _accepted_more(audits)
    return {
        "format": FORMAT,
        "file": file,
        "problems": list(problems),
        "span": None if more is None else round(more, 6),
        "audits": [audit.to_json() for audit in audits],
    }


def page(name: str, rows: Sequence[LabelledRow], audits: Sequence[Audit], worst: int) -> list[str]:
    """The same as lines of text, with the worst rows of each judge."""
    right = sum(row.correct for row in rows)
    lines = [f"{len(rows)} rows of {name}: {right} right, {len(rows) - right} wrong"]
    for audit in audits:
        lines += ["", *_table(audit)]
    if (more := _accepted_more(audits)) is not None:
        lines += ["", f"lenient accepts {100 * more:+.1f} points more of the rows than strict"]
    return lines + [line for audit in audits for line in _worst(audit, worst)]


def _accepted_more(audits: Sequence[Audit]) -> float | None:
    """The share of the rows that the second prompt accepts, minus that of the first."""
    if len(audits) < 2:
        return None
    pairs = zip(*(audit.panel_verdicts for audit in audits), strict=True)
    verdicts = [(strict.verdict, lenient.verdict) for strict, lenient in pairs]
    more = [b - a for a, b in verdicts if a is not None and b is not None]
    return sum(more) / len(more) if more else None


def _table(audit: Audit) -> list[str]:
    title = "no judge" if audit.judge is None else f"prompt {audit.judge.prompt}"
    rows = []
    for name, found in audit.agreements.items():
        kappa = None if found.kappa is None else f"{found.kappa:.2f}"
        rows.append((name, str(found.false_accepts), str(found.false_rejects), kappa))
    notes = [
        f"{name}: {lost['unreadable']} replies unreadable, {lost['failed']} failed"
        for name, lost in audit.lost.items()
    ]
    return plain((title, "false accepts", "false rejects", "kappa"), rows, notes=notes).lines()


def _worst(audit: Audit, most: int) -> Iterator[str]:
    worst = audit.worst() if most > 0 else []
    if worst:
        who = GRADER if audit.judge is None else f"prompt {audit.judge.prompt}"
        yield f"\nworst rows, {who}: {min(most, len(worst))} of {len(worst)}"
    for row, names in worst[:most]:
        error = "right, rejected" if row.correct else "wrong, accepted"
        yield from fit(f"line {row.line}: {error} by {', '.join(names)}", "  ")
        yield from fit(f"truth {row.truth} | answer {clip(one_line(row.answer), 120)}", "    ")
