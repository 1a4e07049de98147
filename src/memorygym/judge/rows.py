"""Labelled answers, read from JSON lines: what a judge is measured on."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from memorygym.grading import parse

TEXTS = ("question", "truth", "answer")


@dataclass(frozen=True, slots=True)
class Row:
    """An answer, and whether it is right."""

    line: int
    question: str
    truth: str
    answer: str
    correct: bool
    competency: str = ""
    """The kind of question, which the typed grader needs."""


def read_rows(lines: Iterable[bytes], name: str) -> tuple[list[Row], list[str]]:
    """The rows, and what is wrong with each line that is none."""
    rows: list[Row] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(number, json.loads(line.decode("utf-8-sig"))))
        except (ValueError, RecursionError) as error:
            problems.append(f"{name}, line {number}: {error}")
    return rows, problems


def _row(number: int, raw: object) -> Row:
    """The row. Raises ValueError, which says what is wrong with it."""
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    for field in (*TEXTS, "correct"):
        if field not in raw:
            raise ValueError(f"the field {field!r} is missing")
    for field in (*TEXTS, "competency"):
        if not isinstance(raw.get(field, ""), str):
            raise ValueError(f"the field {field!r} is no string")
    if not isinstance(raw["correct"], bool):
        raise ValueError("the field 'correct' is neither true nor false")
    competency = raw.get("competency", "")
    if competency:
        parse(competency, raw["truth"])
    return Row(
        number, raw["question"], raw["truth"], raw["answer"], raw["correct"], competency
    )  # fmt: skip
