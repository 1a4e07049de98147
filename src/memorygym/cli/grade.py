"""Grade answers against truths, row by row of a JSON-lines file; or measure judges on such rows."""

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from memorygym.cli._checks import given_path, refuse
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.files import write_atomically
from memorygym.core.types import JSON
from memorygym.models.reply_log import ReplyLog
from memorygym.models.specs import find
from memorygym.reports.judge_audit import document, page
from memorygym.scoring.grading.verdict import grade
from memorygym.scoring.judge import PROMPTS, Judge
from memorygym.scoring.judge.audit import audit, checked_fields, parsed_rows, read_rows

MOST_PROBLEMS = 10
"""Bad rows that are printed; a file of another kind would print every line."""
FIELDS = ("question_type", "truth", "answer")
OF_JUDGES = ("api_base", "prompt", "worst", "output", "record", "replay")
"""Options that only apply with --judge."""


ROWS = 'rows {"id", "question_type", "truth", "answer"}, other fields ignored; - is stdin'
LABELLED = (
    'with rows {"question", "truth", "answer", "correct"}, and "question_type" for the grader: how'
    " often that LLM judge accepts wrong answers and rejects right ones; repeat the option for a"
    " majority vote; without MODEL the typed grader alone"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    file: dict[str, Any] = {"type": given_path, "metavar": "FILE"}
    many: dict[str, Any] = {"action": "append", "nargs": "?", "default": []}
    parser.add_argument("file", nargs="?", metavar="FILE", help=ROWS)
    parser.add_argument("--judge", **many, metavar="MODEL", help=LABELLED)
    judges = parser.add_argument_group("how judges are measured")
    judges.add_argument("--api-base", metavar="URL", help="the models' endpoint")
    judges.add_argument("--prompt", help="strict, lenient or both (default: strict)")
    judges.add_argument("--worst", type=int, metavar="N", help="rows shown (default: 10)")
    judges.add_argument("--output", "-o", **file, help="write the measurement as JSON")
    kept = judges.add_mutually_exclusive_group()
    kept.add_argument("--record", **file, help="record the models' replies")
    kept.add_argument("--replay", **file, help="use recorded replies")


def run(args: argparse.Namespace) -> int:
    """Prints a verdict per row, or the measurement of a judge.

    Returns 2 if a row could not be read, 3 if one got no reply from any model.
    """
    _find_file(args)
    with nullcontext(sys.stdin.buffer) if args.file == "-" else Path(args.file).open("rb") as rows:
        name = "stdin" if args.file == "-" else args.file
        if args.judge:
            return _measure(args, rows, name)
        refuse(args, OF_JUDGES, "--judge; without it rows are graded")
        return _grade_all(rows, name)


def _find_file(args: argparse.Namespace) -> None:
    """Takes the file from the last --judge, which eats it in `grade --judge FILE`."""
    if args.file is None and args.judge and args.judge[-1]:
        args.file = args.judge.pop()
        args.judge = args.judge or [None]
    if args.file is None:
        raise BadSettings("no FILE given: name a file of rows, or - for stdin")


def _grade_all(lines: Iterable[bytes], name: str) -> int:
    status = 0
    for verdict in parsed_rows(lines, name, _verdict):
        if isinstance(verdict, str):
            print(f"memorygym: {verdict}", file=sys.stderr)
            status = 2
        else:
            print(json.dumps(verdict, ensure_ascii=False))
    return status


def _verdict(_: int, raw: object) -> dict[str, JSON]:
    row = checked_fields(raw, ("id", *FIELDS), FIELDS)
    verdict = grade(*(row[field] for field in FIELDS))
    return {"id": row["id"], "correct": verdict.correct, "reason": verdict.reason}


def _measure(args: argparse.Namespace, lines: Iterable[bytes], name: str) -> int:
    """Prints the measurement; 2 if a row could not be read, 3 if one got no reply."""
    worst = 10 if args.worst is None else args.worst
    if worst < 0:
        raise BadSettings(f"--worst {worst}: give at least 0")
    if args.judge == [None]:
        why = "a MODEL after --judge; the typed grader asks no model"
        refuse(args, ("api_base", "record", "replay", "prompt"), why)
    if args.prompt not in (None, "both", *PROMPTS):
        raise UnknownPart("prompt", args.prompt, [*PROMPTS, "both"])
    rows, problems = read_rows(lines, name)
    for problem in problems[:MOST_PROBLEMS]:
        print(f"memorygym: {problem}", file=sys.stderr)
    if (more := len(problems) - MOST_PROBLEMS) > 0:
        print(f"memorygym: and {more:,} more", file=sys.stderr)
    if not rows:
        raise BadSettings(f"{name} has no rows that can be read")
    kept = args.record or args.replay
    with closing(ReplyLog(kept, record=bool(args.record))) if kept else nullcontext() as reply_log:
        audits = [audit(rows, judge) for judge in _judges(args, reply_log)]
    print("\n".join(page(name, rows, audits, worst)))
    if args.output:
        text = json.dumps(document(name, problems, audits), indent=1, ensure_ascii=False)
        write_atomically(args.output, [f"{text}\n".encode(errors="backslashreplace")])
    if any(measured.dead for measured in audits):
        verdicts = (verdict for measured in audits for verdict in measured.panel_verdicts)
        failures = (vote.problem for verdict in verdicts for vote in verdict.votes if vote.problem)
        print(f"memorygym: some rows got no reply: {next(failures)}", file=sys.stderr)
        return 3
    return 2 if problems else 0


def _judges(args: argparse.Namespace, reply_log: ReplyLog | None) -> list[Judge | None]:
    """A judge for each prompt. Raises UnknownPart, BadSettings or BadKey."""
    if args.judge == [None]:
        return [None]
    models = [find(name or "", args.api_base, reply_log, temperature=0.0) for name in args.judge]
    return [
        Judge(models, prompt)
        for prompt in (PROMPTS if args.prompt == "both" else (args.prompt or "strict",))
    ]
