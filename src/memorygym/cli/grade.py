"""Grade answers against truths, row by row of a JSON-lines file; a judge may accept rejects."""

import argparse
import json
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

from memorygym.cli._checks import given_path, refuse
from memorygym.core.errors import ProviderFailure
from memorygym.core.trace import Judgement
from memorygym.core.types import JSON
from memorygym.models.reply_log import ReplyLog
from memorygym.models.specs import find
from memorygym.scoring.agreement import tabulate
from memorygym.scoring.grading.repair import repairable
from memorygym.scoring.grading.verdict import grade
from memorygym.scoring.judge import Judge
from memorygym.scoring.judge_prompts import PROMPTS

FIELDS = ("question_type", "truth", "answer")
OF_JUDGES = ("api_base", "judge_prompt", "record", "replay")
ROWS = (
    'rows {"question_type", "truth", "answer"}; with "correct", a label, the agreement with the'
    " labels is printed to standard error; other fields are ignored; - is stdin"
)
JUDGE = (
    'LLM judge that may overrule a rejection (never an acceptance); rows need a "question"; repeat'
    " the option for a majority vote"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    file: dict[str, Any] = {"type": given_path, "metavar": "FILE"}
    parser.add_argument("file", metavar="FILE", help=ROWS)
    parser.add_argument("--judge", action="append", default=[], metavar="MODEL", help=JUDGE)
    judges = parser.add_argument_group("the judge")
    judges.add_argument("--api-base", metavar="URL", help="the models' endpoint")
    judges.add_argument("--judge-prompt", choices=PROMPTS, help="how strictly it judges (strict)")
    kept = judges.add_mutually_exclusive_group()
    kept.add_argument("--record", **file, help="record the replies; those in FILE are not asked")
    kept.add_argument("--replay", **file, help="use recorded replies")


def run(args: argparse.Namespace) -> int:
    """Prints a verdict per row. Returns 2 if a row could not be read.

    Raises ProviderFailure at the first row to which no model replied.
    """
    if not args.judge:
        refuse(args, OF_JUDGES, "--judge; without it no model is asked")
    kept = args.record or args.replay
    with (
        nullcontext(sys.stdin.buffer) if args.file == "-" else Path(args.file).open("rb") as lines,
        closing(ReplyLog(kept, record=bool(args.record))) if kept else nullcontext() as reply_log,
    ):
        models = [find(name, args.api_base, reply_log, temperature=0.0) for name in args.judge]
        judge = Judge(models, args.judge_prompt or "strict") if models else None
        return _grade_all(lines, args.file, judge)


def _grade_all(lines: Iterable[bytes], name: str, judge: Judge | None) -> int:
    status, by_name = 0, dict[str, list[tuple[bool, bool | None]]]()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row(json.loads(line.decode("utf-8-sig")), asks=judge is not None)
            verdicts, stated = _graded(row, number, judge)
        except (ValueError, RecursionError) as error:
            print(f"memorygym: {name}, line {number}: {error}", file=sys.stderr)
            status = 2
            continue
        print(json.dumps(stated, ensure_ascii=False))
        if "correct" in row:
            for who, verdict in verdicts.items():
                by_name.setdefault(who, []).append((row["correct"], verdict))
    sys.stdout.flush()
    for who, pairs in by_name.items():
        print(f"{who}, {len(pairs):,} labelled rows: {tabulate(pairs)}", file=sys.stderr)
    return status


def _row(raw: object, *, asks: bool) -> Mapping[str, Any]:
    """The fields of a row. Raises ValueError."""
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    if "competency" in raw:  # What files that exist call the question type.
        raw = {"question_type": raw["competency"], **raw}
    for field in (*FIELDS, "question") if asks else FIELDS:
        if field not in raw:
            raise ValueError(f"the field {field!r} is missing")
        if not isinstance(raw[field], str):
            raise ValueError(f"the field {field!r} is not a string")
    if not isinstance(raw.get("correct", True), bool):
        raise ValueError("the field 'correct' is neither true nor false")
    return raw


def _graded(
    row: Mapping[str, Any], number: int, judge: Judge | None
) -> tuple[dict[str, bool | None], dict[str, JSON]]:
    """The verdicts on a row, and what is printed of them."""
    texts = row["question_type"], row["truth"], row["answer"]
    graded = grade(*texts)
    stated: dict[str, JSON] = {"id": row.get("id", number), "correct": graded.correct}
    stated["reason"] = graded.reason
    verdicts: dict[str, bool | None] = {"the typed grader": graded.correct}
    if judge:
        votes = tuple(judge.votes(row["question"], row["truth"], row["answer"]))
        judgement = Judgement(number, votes)
        if judgement.failed:
            raise ProviderFailure(f"row {number}: no judge replied: {votes[0].problem}")
        accepts = bool(judgement.verdict) and repairable(*texts)
        stated |= {"correct": graded.correct or accepts, "votes": [list(vote) for vote in votes]}
        verdicts |= {
            "the judge": judgement.verdict,
            "the grader, then the judge": graded.correct or accepts,
        }
    return verdicts, stated
