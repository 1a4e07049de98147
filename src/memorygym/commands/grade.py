"""Grade answers against truths, row by row of a JSON-lines file; or measure judges on such rows."""

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from memorygym.commands import refuse
from memorygym.core import JSON
from memorygym.grading import grade

FIELDS = ("competency", "truth", "answer")
OF_JUDGES = ("api_base", "prompt", "worst", "output", "record", "replay")
"""Options that only a measurement obeys."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "file",
        help='rows {"id", "competency", "truth", "answer"}, other fields ignored; - is stdin',
    )
    parser.add_argument(
        "--judge", action="append", nargs="?", default=[], metavar="MODEL",
        help='after rows {"question", "truth", "answer", "correct"}, and "competency" for the'
        " grader: how often that model accepts wrong answers and rejects right ones; several vote;"
        " without a MODEL the typed grader alone",
    )  # fmt: skip
    judges = parser.add_argument_group("how judges are measured")
    judges.add_argument("--api-base", metavar="URL", help="the models' endpoint")
    judges.add_argument("--prompt", help="strict, lenient or both (default: strict)")
    judges.add_argument("--worst", type=int, metavar="N", help="rows shown (default: 10)")
    judges.add_argument("--output", "-o", type=Path, metavar="FILE", help="write all of it as JSON")
    kept = judges.add_mutually_exclusive_group()
    kept.add_argument("--record", type=Path, metavar="FILE", help="keep the models' replies")
    kept.add_argument("--replay", type=Path, metavar="FILE", help="use kept replies, ask nobody")


def run(args: argparse.Namespace) -> int:
    """Prints a verdict a row, right or wrong, or what is measured; 2 if a row could not be read, 3
    if one got no reply from any model."""
    with nullcontext(sys.stdin.buffer) if args.file == "-" else Path(args.file).open("rb") as rows:
        name = "stdin" if args.file == "-" else args.file
        if args.judge:
            from memorygym.commands._audit import measure

            return measure(args, rows, name)
        refuse(args, OF_JUDGES, "--judge; without it rows are graded")
        return _grade_all(rows, name)


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
    for field in ("id", *FIELDS):
        if field not in row:
            raise ValueError(f"the field {field!r} is missing")
        if field != "id" and not isinstance(row[field], str):
            raise ValueError(f"the field {field!r} is no string")
    verdict = grade(*(row[field] for field in FIELDS))
    return {"id": row["id"], "correct": verdict.correct, "reason": verdict.reason}
