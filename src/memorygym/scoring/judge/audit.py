"""Measures a judge, and the typed grader beside it, on answers that people have labelled."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict
from memorygym.scoring.grading.repair import repairable
from memorygym.scoring.grading.truths import parse
from memorygym.scoring.grading.verdict import grade
from memorygym.scoring.judge.agreement import Agreement, tabulate
from memorygym.scoring.judge.panel import Judge, JudgeCase

GRADER, MAJORITY, TOGETHER = "typed grader", "majority", "grader, then judge"

VERDICT_OF = {"yes": True, "no": False}
"""The verdict of a vote by its outcome; other outcomes are no verdicts."""
Verdicts = Sequence[bool | None]
"""Verdicts by row; None where there is none."""
TEXTS = ("question", "truth", "answer")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """An answer, with the label whether it is right."""

    line: int
    question: str
    truth: str
    answer: str
    correct: bool
    question_type: str = ""
    """The question type, which the typed grader needs."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Labelled rows with a judge's verdicts on them."""

    rows: Sequence[LabelledRow]
    judge: Judge | None
    """None: only the typed grader is measured."""
    panel_verdicts: Sequence[PanelVerdict]
    """Verdicts by row; empty without a judge."""
    verdicts: Mapping[str, Verdicts]
    """By name: the verdicts of the grader, each model, their majority, the grader with repairs."""

    @property
    def agreements(self) -> dict[str, Agreement]:
        """The agreement of each with the labels; the grader skips rows without a question type."""
        labels = [row.correct for row in self.rows]
        return {
            name: tabulate(zip(labels, verdicts, strict=True))
            for name, verdicts in self.verdicts.items()
        }

    @property
    def lost(self) -> dict[str, Mapping[str, int]]:
        """By model: the number of its votes that were no verdicts, by outcome."""
        votes = {
            name: [panel_verdict.votes[index].outcome for panel_verdict in self.panel_verdicts]
            for index, name in enumerate(self.judge.names if self.judge else [])
        }
        return {
            name: {kind: outcomes.count(kind) for kind in ("unreadable", "failed")}
            for name, outcomes in votes.items()
        }

    @property
    def dead(self) -> bool:
        """Whether no model replied for some row."""
        return any(
            all(vote.outcome == "failed" for vote in panel_verdict.votes)
            for panel_verdict in self.panel_verdicts
        )

    def worst(self) -> list[tuple[LabelledRow, list[str]]]:
        """The wrongly judged rows, with the names of the models that erred (or the grader, if there
        is no judge): wrongly accepted answers first, then those with most errors."""
        graders = (GRADER, TOGETHER) if self.judge else ()
        by_name = {name: by for name, by in self.verdicts.items() if name not in graders}
        errors = [
            (row, [name for name, by in by_name.items() if by[index] not in (row.correct, None)])
            for index, row in enumerate(self.rows)
        ]
        wrong = [(row, names) for row, names in errors if names]
        return sorted(wrong, key=lambda error: (error[0].correct, -len(error[1]), error[0].line))

    def to_json(self) -> dict[str, JSON]:
        """The judge, its agreements with the labels, and every vote."""
        votes: list[JSON] = [
            [list(vote) for vote in panel_verdict.votes] for panel_verdict in self.panel_verdicts
        ]
        return {
            "judge": self.judge.describe() if self.judge else None,
            "agreements": {name: measured.to_json() for name, measured in self.agreements.items()},
            "lost": dict(self.lost),
            "rows": [row.line for row in self.rows],
            "verdicts": {name: list(verdicts) for name, verdicts in self.verdicts.items()},
            "votes": votes,
        }


def audit(rows: Sequence[LabelledRow], judge: Judge | None) -> Audit:
    """Grades every row, and lets the judge judge it."""
    graded = [
        grade(row.question_type, row.truth, row.answer).correct if row.question_type else None
        for row in rows
    ]
    verdicts: dict[str, Verdicts] = {GRADER: graded} if set(graded) - {None} else {}
    if judge is None:
        return Audit(rows, None, [], verdicts)
    cases = [JudgeCase(row.question, row.truth, row.answer) for row in rows]
    panels = list(judge.judge_all(cases))
    for index, name in enumerate(judge.names):
        verdicts[name] = [VERDICT_OF.get(panel.votes[index].outcome) for panel in panels]
    if len(judge.names) > 1:
        verdicts[MAJORITY] = [panel.verdict for panel in panels]
    if GRADER in verdicts:
        verdicts[TOGETHER] = list(map(_together, rows, graded, panels))
    return Audit(rows, judge, panels, verdicts)


def _together(row: LabelledRow, graded: bool | None, panel_verdict: PanelVerdict) -> bool | None:
    """The verdict that a score would use: the grader's, repaired by the judge where it may be."""
    if graded is not False:
        return graded
    return panel_verdict.accepted and repairable(row.question_type, row.truth, row.answer)


def read_rows(lines: Iterable[bytes], name: str) -> tuple[list[LabelledRow], list[str]]:
    """The rows of a JSONL file, and a message for each line that is not one."""
    rows = [*parsed_rows(lines, name, _row)]
    return (
        [row for row in rows if not isinstance(row, str)],
        [problem for problem in rows if isinstance(problem, str)],
    )


def parsed_rows(
    lines: Iterable[bytes], name: str, parse: Callable[[int, object], Row]
) -> Iterator[Row | str]:
    """What `parse` makes of the number and the JSON value of each line, or why it raised
    ValueError."""
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield parse(number, json.loads(line.decode("utf-8-sig")))
            except (ValueError, RecursionError) as error:
                yield f"{name}, line {number}: {error}"


def checked_fields(raw: object, needed: Sequence[str], texts: Sequence[str]) -> dict[str, Any]:
    """A JSON object with these fields, and only texts in those. Raises ValueError."""
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    if "competency" in raw:  # What files that exist call the question type.
        raw = {"question_type": raw["competency"], **raw}
    for field in needed:
        if field not in raw:
            raise ValueError(f"the field {field!r} is missing")
    for field in texts:
        if not isinstance(raw.get(field, ""), str):
            raise ValueError(f"the field {field!r} is not a string")
    return raw


def _row(number: int, raw: object) -> LabelledRow:
    fields = checked_fields(raw, (*TEXTS, "correct"), (*TEXTS, "question_type"))
    if not isinstance(fields["correct"], bool):
        raise ValueError("the field 'correct' is neither true nor false")
    names = (name for name in (*TEXTS, "correct", "question_type") if name in fields)
    row = LabelledRow(number, **{name: fields[name] for name in names})
    if row.question_type:
        parse(row.question_type, row.truth)
    return row
