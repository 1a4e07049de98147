"""The grader on written cases: every row of the tables, and what the tables cannot say."""

import json
from pathlib import Path
from typing import Any

import pytest

from memorygym.scoring.grading.repair import repairable
from memorygym.scoring.grading.truths import UnreadableTruth, parse
from memorygym.scoring.grading.verdict import grade

CASES = Path(__file__).parents[2] / "cases"
TABLES = ("grading_cases.jsonl", "grading_more.jsonl", "repair_cases.jsonl")


def rows(name: str) -> list[Any]:
    lines = (CASES / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(row, id=row["id"]) for row in map(json.loads, lines)]


@pytest.mark.parametrize("row", [row for name in TABLES for row in rows(name)])
def test_a_written_case_gets_its_verdict(row: dict[str, Any]) -> None:
    case = row["question_type"], row["truth"], row["answer"], row.get("rivals", ())
    verdict = grade(*case)

    assert verdict.correct is row["correct"], verdict.reason
    assert row.get("repairable") in (None, repairable(*case))


@pytest.mark.parametrize(
    ("question_type", "truth"),
    [
        ("temporal_trend", "sideways"),
        ("temporal_extreme", "spring (41.5)"),
        ("multi_constraint", "many (12)"),
        ("relationship_count", "Cedar Quay"),
        ("retrieval", "?!"),
        ("retrieval", ""),
    ],
)
def test_an_unreadable_truth_is_an_error_that_names_it(question_type: str, truth: str) -> None:
    with pytest.raises(UnreadableTruth) as caught:
        parse(question_type, truth)

    assert repr(truth) in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    ["\ud800", "\x00", "8412\x00", "👍" * 50, "8" * 1_000_000, "1," * 50_000, "no " * 40_000],
)
@pytest.mark.parametrize("truth", ["8412", "moderate", "Cedar Quay", "ABSTAIN", "2014-03-09"])
def test_an_odd_or_enormous_answer_is_graded_not_raised(truth: str, answer: str) -> None:
    verdict = grade("retrieval", truth, answer)

    assert verdict.correct is (truth == "8412" and answer == "8412\x00")


def test_a_long_list_is_wrong_even_when_it_holds_the_truth() -> None:
    answer = ", ".join(str(number) for number in range(400))

    assert not grade("retrieval", "42", answer).correct
