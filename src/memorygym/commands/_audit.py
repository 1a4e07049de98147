"""A judge, measured on labelled rows: how often it accepts wrong answers and rejects right ones."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import closing, nullcontext

from memorygym.commands import refuse
from memorygym.core import JSON
from memorygym.disk import write_whole
from memorygym.errors import BadSettings, UnknownPart, clipped
from memorygym.judge import PROMPTS, Judge, difference
from memorygym.judge.audit import GRADER, Audit, Row, audit, read_rows
from memorygym.models.naming import find
from memorygym.models.tape import Tape
from memorygym.page import fit, one_line

FORMAT = "memorygym-judge-audit-1"
MOST_PROBLEMS = 10
"""Bad rows that are named; a file of another kind would name every line."""
_NAME = 18
"""Columns of a judge's name."""


def measure(args: argparse.Namespace, lines: Iterable[bytes], name: str) -> int:
    """Prints the measurement; 2 if a row could not be read, 3 if one got no reply."""
    _check(args)
    rows, problems = read_rows(lines, name)
    for problem in problems[:MOST_PROBLEMS]:
        print(f"memorygym: {problem}", file=sys.stderr)
    if (more := len(problems) - MOST_PROBLEMS) > 0:
        print(f"memorygym: and {more:,} more", file=sys.stderr)
    if not rows:
        raise BadSettings(f"{name} has no rows that can be read")
    kept = args.record or args.replay
    with closing(Tape(kept, record=bool(args.record))) if kept else nullcontext() as tape:
        audits = [audit(rows, judge) for judge in _judges(args, tape)]
    print("\n".join(_page(name, rows, audits, 10 if args.worst is None else args.worst)))
    if args.output:
        text = json.dumps(_document(name, problems, audits), indent=1, ensure_ascii=False)
        write_whole(args.output, [f"{text}\n".encode(errors="backslashreplace")])
    if any(one.dead for one in audits):
        votes = (vote for one in audits for ruling in one.rulings for vote in ruling.votes)
        problem = next(vote.problem for vote in votes if vote.problem)
        print(f"memorygym: some rows got no reply: {problem}", file=sys.stderr)
        return 3
    return 2 if problems else 0


def _check(args: argparse.Namespace) -> None:
    """Raises BadSettings or UnknownPart for options that cannot be, or without a model would change
    nothing."""
    if args.worst is not None and args.worst < 0:
        raise BadSettings(f"--worst {args.worst}: give at least 0")
    if args.judge == [None]:
        why = "a MODEL after --judge; the typed grader asks no model"
        refuse(args, ("api_base", "record", "replay", "prompt"), why)
    if args.prompt not in (None, "both", *PROMPTS):
        raise UnknownPart("prompt", args.prompt, [*PROMPTS, "both"])


def _judges(args: argparse.Namespace, tape: Tape | None) -> list[Judge | None]:
    """A judge for each prompt. Raises UnknownPart, BadSettings or BadKey."""
    if args.judge == [None]:
        return [None]
    models = [find(name or "", args.api_base, tape, temperature=0.0) for name in args.judge]
    prompts = PROMPTS if args.prompt == "both" else (args.prompt or "strict",)
    return [Judge(models, prompt) for prompt in prompts]


def _span(audits: Sequence[Audit]) -> float | None:
    """By how much more the second prompt accepts."""
    if len(audits) < 2:
        return None
    strict, lenient = ([ruling.verdict for ruling in one.rulings] for one in audits)
    return difference(list(zip(strict, lenient, strict=True)))


def _document(file: str, problems: Sequence[str], audits: Sequence[Audit]) -> dict[str, JSON]:
    span = _span(audits)
    return {
        "format": FORMAT,
        "file": file,
        "problems": list(problems),
        "span": None if span is None else round(span, 6),
        "audits": [one.to_json() for one in audits],
    }


def _page(name: str, rows: Sequence[Row], audits: Sequence[Audit], worst: int) -> list[str]:
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
        lines += fit(f"line {row.line}: {what} by {', '.join(blamed)}", "  ")
        lines += fit(f"wanted {row.truth}, read {clipped(one_line(row.answer), 120)}", "    ")
    return lines
