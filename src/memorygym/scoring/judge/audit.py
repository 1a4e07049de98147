"""What a judge's verdicts are worth on labelled rows, beside those of the typed grader."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.types import JSON
from memorygym.core.votes import PanelVerdict
from memorygym.scoring.grading import grade, parse, repairable
from memorygym.scoring.judge.agreement import Agreement, tabulate
from memorygym.scoring.judge.panel import Judge, JudgeCase

GRADER, MAJORITY, TOGETHER = "typed grader", "majority", "grader, then judge"

SAID = {"yes": True, "no": False}
"""The verdict of a vote; any other is none."""
Verdicts = Sequence[bool | None]
"""By row; None is no verdict."""
TEXTS = ("question", "truth", "answer")


@dataclass(frozen=True, slots=True)
class LabelledRow:
    """An answer, and whether it is right."""

    line: int
    question: str
    truth: str
    answer: str
    correct: bool
    question_type: str = ""
    """The kind of question, which the typed grader needs."""


@dataclass(frozen=True, slots=True)
class Audit:
    """Labelled rows, and what a judge said of each."""

    rows: Sequence[LabelledRow]
    judge: Judge | None
    """None to measure the typed grader alone."""
    panel_verdicts: Sequence[PanelVerdict]
    """By row; empty without a judge."""

    @property
    def verdicts(self) -> dict[str, Verdicts]:
        """By who gave them: the grader, each model, their majority, and the grader with repairs."""
        graded = [
            grade(row.question_type, row.truth, row.answer).correct if row.question_type else None
            for row in self.rows
        ]
        found: dict[str, Verdicts] = {GRADER: graded} if set(graded) - {None} else {}
        if self.judge is None:
            return found
        for at, name in enumerate(self.judge.names):
            found[name] = [
                SAID.get(panel_verdict.votes[at].said) for panel_verdict in self.panel_verdicts
            ]
        if len(self.judge.names) > 1:
            found[MAJORITY] = [panel_verdict.verdict for panel_verdict in self.panel_verdicts]
        if GRADER in found:
            found[TOGETHER] = [
                _together(row, verdict, panel_verdict)
                for row, verdict, panel_verdict in zip(
                    self.rows, graded, self.panel_verdicts, strict=True
                )
            ]
        return found

    @property
    def agreements(self) -> dict[str, Agreement]:
        """The same against the labels; a row without a competency has no verdict of the grader."""
        labels = [row.correct for row in self.rows]
        return {
            name: tabulate(zip(labels, verdicts, strict=True))
            for name, verdicts in self.verdicts.items()
        }

    @property
    def lost(self) -> dict[str, Mapping[str, int]]:
        """By model: the votes that were no verdicts."""
        names = self.judge.names if self.judge else []
        said = [
            [panel_verdict.votes[at].said for panel_verdict in self.panel_verdicts]
            for at in range(len(names))
        ]
        return {
            name: {kind: said[at].count(kind) for kind in ("unreadable", "failed")}
            for at, name in enumerate(names)
        }

    @property
    def dead(self) -> bool:
        """Whether some row got no reply from any model."""
        return any(
            all(vote.said == "failed" for vote in panel_verdict.votes)
            for panel_verdict in self.panel_verdicts
        )

    def worst(self) -> list[tuple[LabelledRow, list[str]]]:
        """The rows on which somebody erred, with who: the judge's members, or without a judge the
        grader. False accepts and most errors first."""
        tried = self.verdicts
        if self.judge:
            tried = {name: tried[name] for name in tried if name not in (GRADER, TOGETHER)}
        erred = [
            (row, [name for name, said in tried.items() if said[at] not in (row.correct, None)])
            for at, row in enumerate(self.rows)
        ]
        blamed = [(row, names) for row, names in erred if names]
        return sorted(blamed, key=lambda one: (one[0].correct, -len(one[1]), one[0].line))

    def to_json(self) -> dict[str, JSON]:
        """How it judged, what that is worth, and every vote."""
        votes: list[JSON] = [
            [list(vote) for vote in panel_verdict.votes] for panel_verdict in self.panel_verdicts
        ]
        return {
            "judge": self.judge.describe() if self.judge else None,
            "agreements": {name: one.to_json() for name, one in self.agreements.items()},
            "lost": dict(self.lost),
            "rows": [row.line for row in self.rows],
            "verdicts": {name: list(verdicts) for name, verdicts in self.verdicts.items()},
            "votes": votes,
        }


def audit(rows: Sequence[LabelledRow], judge: Judge | None) -> Audit:
    """Asks the judge about every row."""
    cases = [JudgeCase(row.question, row.truth, row.answer) for row in rows]
    return Audit(rows, judge, list(judge.judge_all(cases)) if judge else [])


def _together(row: LabelledRow, graded: bool | None, panel_verdict: PanelVerdict) -> bool | None:
    """What a score would count: the grader's verdict, repaired by the judge where it may be."""
    if graded is not False:
        return graded
    return panel_verdict.accepted and repairable(row.question_type, row.truth, row.answer)


def read_rows(lines: Iterable[bytes], name: str) -> tuple[list[LabelledRow], list[str]]:
    """The rows, and what is wrong with each line that is none."""
    rows: list[LabelledRow] = []
    problems: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            rows.append(_row(number, json.loads(line.decode("utf-8-sig"))))
        except (ValueError, RecursionError) as error:
            problems.append(f"{name}, line {number}: {error}")
    return rows, problems


def _row(number: int, raw: object) -> LabelledRow:
    """The row. Raises ValueError, which says what is wrong with it."""
    if not isinstance(raw, dict):
        raise ValueError("not a JSON object")
    if "competency" in raw:  # What files that exist call the question type.
        raw = {"question_type": raw["competency"], **raw}
    for field in (*TEXTS, "correct"):
        if field not in raw:
            raise ValueError(f"the field {field!r} is missing")
    for field in (*TEXTS, "question_type"):
        if not isinstance(raw.get(field, ""), str):
            raise ValueError(f"the field {field!r} is no string")
    if not isinstance(raw["correct"], bool):
        raise ValueError("the field 'correct' is neither true nor false")
    given = {name: raw[name] for name in (*TEXTS, "correct", "question_type") if name in raw}
    row = LabelledRow(number, **given)
    if row.question_type:
        parse(row.question_type, row.truth)
    return row
