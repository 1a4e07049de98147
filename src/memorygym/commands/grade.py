"""Grade answers against truths, row by row of a JSON-lines file."""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from memorygym.core import JSON
from memorygym.grading import grade

FIELDS = ("competency", "truth", "answer")


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "file",
        help='rows {"id", "competency", "truth", "answer"}, other fields ignored; - is stdin',
    )


def run(args: argparse.Namespace) -> int:
    """Prints a verdict a row, right or wrong; 2 if a row could not be read."""
    if args.file == "-":
        return _grade_all(sys.stdin.buffer, "stdin")
    with Path(args.file).open("rb") as rows:
        return _grade_all(rows, args.file)


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
