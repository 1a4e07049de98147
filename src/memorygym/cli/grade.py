"""Grade answers against truths, row by row of a JSON-lines file; or measure judges on such rows."""

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import closing, nullcontext
from pathlib import Path

from memorygym.cli._checks import given_path, refuse
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.files import write_atomically
from memorygym.core.types import JSON
from memorygym.models.reply_log import ReplyLog
from memorygym.models.specs import find
from memorygym.reports.judge_audit import document, page
from memorygym.scoring.grading import grade
from memorygym.scoring.judge import PROMPTS, Judge
from memorygym.scoring.judge.audit import audit, read_rows

MOST_PROBLEMS = 10
"""Bad rows that are printed; a file of another kind would print every line."""
FIELDS = ("question_type", "truth", "answer")
SPELLINGS = {"question_type": "competency"}
"""Older names of fields, which existing files use."""
OF_JUDGES = ("api_base", "prompt", "worst", "output", "record", "replay")
"""Options that only apply with --judge."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help='rows {"id", "question_type", "truth", "answer"}, other fields ignored; - is stdin',
    )
    parser.add_argument(
        "--judge", action="append", nargs="?", default=[], metavar="MODEL",
        help='with rows {"question", "truth", "answer", "correct"}, and "question_type" for the'
        " grader: how often that LLM judge accepts wrong answers and rejects right ones; repeat the"
        " option for a majority vote; without MODEL the typed grader alone",
    )  # fmt: skip
    judges = parser.add_argument_group("how judges are measured")
    judges.add_argument("--api-base", metavar="URL", help="the models' endpoint")
    judges.add_argument("--prompt", help="strict, lenient or both (default: strict)")
    judges.add_argument("--worst", type=int, metavar="N", help="rows shown (default: 10)")
    judges.add_argument(
        "--output", "-o", type=given_path, metavar="FILE", help="write the measurement as JSON"
    )
    kept = judges.add_mutually_exclusive_group()
    kept.add_argument(
        "--record", type=given_path, metavar="FILE", help="record the models' replies"
    )
    kept.add_argument("--replay", type=given_path, metavar="FILE", help="use recorded replies")


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


def _grade_all(rows: Iterable[bytes], name: str) -> int:
    status = 0
    for number, line in enumerate(rows, start=1):
        if not line.strip():
            continue
        try:
            verdict = _verdict(json.loads(line.decode("utf-8-sig")))
        except (ValueError, RecursionError) as error:
            print(f"memorygym: {name}, line {number}: {error}", file=sys.stderr)
            status = 2
            continue
        print(json.dumps(verdict, ensure_ascii=False))
    return status


def _verdict(row: object) -> dict[str, JSON]:
    """The verdict on one row. Raises ValueError, which says what is wrong with the row."""
    if not isinstance(row, dict):
        raise ValueError("not a JSON object")
    row = {
        **row,
        **{name: row[old] for name, old in SPELLINGS.items() if name not in row and old in row},
    }
    for field in ("id", *FIELDS):
        if field not in row:
            raise ValueError(f"the field {field!r} is missing")
        if field != "id" and not isinstance(row[field], str):
            raise ValueError(f"the field {field!r} is not a string")
    verdict = grade(*(row[field] for field in FIELDS))
    return {"id": row["id"], "correct": verdict.correct, "reason": verdict.reason}


def _measure(args: argparse.Namespace, lines: Iterable[bytes], name: str) -> int:
    """Prints the measurement; 2 if a row could not be read, 3 if one got no reply."""
    _check_judges(args)
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
    print("\n".join(page(name, rows, audits, 10 if args.worst is None else args.worst)))
    if args.output:
        text = json.dumps(document(name, problems, audits), indent=1, ensure_ascii=False)
        write_atomically(args.output, [f"{text}\n".encode(errors="backslashreplace")])
    if any(measured.dead for measured in audits):
        votes = (
            vote
            for measured in audits
            for panel_verdict in measured.panel_verdicts
            for vote in panel_verdict.votes
        )
        problem = next(vote.problem for vote in votes if vote.problem)
        print(f"memorygym: some rows got no reply: {problem}", file=sys.stderr)
        return 3
    return 2 if problems else 0


def _check_judges(args: argparse.Namespace) -> None:
    """Raises BadSettings or UnknownPart for options that are wrong, or need a model."""
    if args.worst is not None and args.worst < 0:
        raise BadSettings(f"--worst {args.worst}: give at least 0")
    if args.judge == [None]:
        why = "a MODEL after --judge; the typed grader asks no model"
        refuse(args, ("api_base", "record", "replay", "prompt"), why)
    if args.prompt not in (None, "both", *PROMPTS):
        raise UnknownPart("prompt", args.prompt, [*PROMPTS, "both"])


def _judges(args: argparse.Namespace, reply_log: ReplyLog | None) -> list[Judge | None]:
    """A judge for each prompt. Raises UnknownPart, BadSettings or BadKey."""
    if args.judge == [None]:
        return [None]
    models = [find(name or "", args.api_base, reply_log, temperature=0.0) for name in args.judge]
    prompts = PROMPTS if args.prompt == "both" else (args.prompt or "strict",)
    return [Judge(models, prompt) for prompt in prompts]
