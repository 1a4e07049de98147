"""A judge, measured on labelled rows: how often it accepts wrong answers and rejects right ones."""

from collections.abc import Sequence

from memorygym.core.errors import clip
from memorygym.core.text import one_line, wrap_lines
from memorygym.core.types import JSON
from memorygym.scoring.judge import difference
from memorygym.scoring.judge.audit import GRADER, Audit, LabelledRow

FORMAT = "memorygym-judge-audit-1"
_NAME = 18
"""Columns of a judge's name."""


def _span(audits: Sequence[Audit]) -> float | None:
    """By how much more the second prompt accepts."""
    if len(audits) < 2:
        return None
    strict, lenient = (
        [panel_verdict.verdict for panel_verdict in one.panel_verdicts] for one in audits
    )
    return difference(list(zip(strict, lenient, strict=True)))


def document(file: str, problems: Sequence[str], audits: Sequence[Audit]) -> dict[str, JSON]:
    """All that was measured, as JSON."""
    span = _span(audits)
    return {
        "format": FORMAT,
        "file": file,
        "problems": list(problems),
        "span": None if span is None else round(span, 6),
        "audits": [one.to_json() for one in audits],
    }


def page(name: str, rows: Sequence[LabelledRow], audits: Sequence[Audit], worst: int) -> list[str]:
    """The same as lines of text, with the worst rows of each judge."""
    right = sum(row.correct for row in rows)
    lines = [f"{len(rows)} rows of {name}: {right} right, {len(rows) - right} wrong"]
    for one in audits:
        lines += ["", *_table(one)]
    if (span := _span(audits)) is not None:
        lines += ["", f"lenient accepts {100 * span:+.1f} points more of the rows than strict"]
    for one in audits:
        lines += _worst(one, worst)
    return lines


def _table(one: Audit) -> list[str]:
    title = "no judge" if one.judge is None else f"prompt {one.judge.prompt}"
    heads = f"{'false accepts':<27} {'false rejects':<27}"
    lines = [f"{title:<{_NAME}} {heads} kappa", "-" * 80]
    for name, found in one.agreements.items():
        kappa = "    -" if found.kappa is None else f"{found.kappa:5.2f}"
        accepts, rejects = str(found.false_accepts), str(found.false_rejects)
        lines.append(f"{name[-_NAME:]:<{_NAME}} {accepts:<27} {rejects:<27} {kappa}")
    for name, lost in one.lost.items():
        lines.append(f"{name}: {lost['unreadable']} replies unreadable, {lost['failed']} failed")
    return lines


def _worst(one: Audit, most: int) -> list[str]:
    found = one.worst()
    who = GRADER if one.judge is None else f"prompt {one.judge.prompt}"
    if not found or most < 1:
        return []
    lines = ["", f"worst rows, {who}: {min(most, len(found))} of {len(found)}"]
    for row, blamed in found[:most]:
        what = "wrong, accepted" if not row.correct else "right, rejected"
        lines += wrap_lines(f"line {row.line}: {what} by {', '.join(blamed)}", "  ")
        lines += wrap_lines(f"wanted {row.truth}, read {clip(one_line(row.answer), 120)}", "    ")
    return lines
