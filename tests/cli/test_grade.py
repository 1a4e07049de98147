"""`memorygym grade` gives a verdict per row, which a judge may repair, and measures both."""

import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from memorygym.scoring.grading.verdict import grade
from tests.servers.brains import Action
from tests.servers.openai import Server, serving

CASES = Path(__file__).parents[1] / "cases" / "grading_cases.jsonl"
ROW = {"id": "a", "question_type": "retrieval", "truth": "8412", "answer": "8,412", "note": "ok"}
JUDGED = CASES.with_name("judge_rows.jsonl")
JUDGED_ROW = {**ROW, "question": "beds?", "correct": True}
TWO = ("--judge", "wise", "--judge", "vague")
LABELS = {
    (row["question"], row["answer"]): row["correct"]
    for row in map(json.loads, JUDGED.read_text(encoding="utf-8").splitlines())
}
OLD = {"id": "b", "competency": "retrieval", "truth": "1", "answer": "1"}


@pytest.fixture
def graded(command, tmp_path: Path):
    """What `grade` says of some lines."""

    def grade_lines(*lines: object, words: Sequence[str] = ()):
        file = tmp_path / "rows.jsonl"
        rows = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        file.write_bytes(b"\n".join(rows))
        return command("grade", file, *words)

    return grade_lines


def test_the_shared_cases_get_the_verdicts_of_the_grader(command) -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    for case, row in zip(cases, command("grade", CASES).rows(), strict=True):
        verdict = grade(case["question_type"], case["truth"], case["answer"])
        assert row == {"id": case["id"], "correct": verdict.correct, "reason": verdict.reason}


def test_a_wrong_answer_is_not_an_error(graded) -> None:
    outcome = graded({**ROW, "answer": "7"}, b"", ROW, OLD)
    assert outcome.status == 0 and [row["correct"] for row in outcome.rows()] == [False, True, True]


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (b'{"id": "b", "truth"', "Expecting ':'"),
        (b"[1]", "not a JSON object"),
        ({"id": "b", "truth": "1", "answer": "1"}, "'question_type' is missing"),
        ({**OLD, "truth": 1}, "'truth' is not a string"),
        ({**OLD, "truth": ""}, "the truth ''"),
        (b"\xff\xfe\xfa", "decode"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_row_is_named_and_the_rest_graded(damaged: object, said: str, graded) -> None:
    outcome = graded(ROW, damaged, ROW)
    assert outcome.status == 2 and len(outcome.rows()) == 2
    assert "rows.jsonl, line 2:" in outcome.err and said in outcome.err


def test_a_dash_reads_stdin(command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(ROW).encode())))
    assert json.loads(command("grade", "-").out)["correct"] is True


def test_lone_surrogates_come_out_as_json(graded) -> None:
    (row,) = graded({**ROW, "id": "\ud800", "answer": "\ud800"}).rows()
    assert row["id"] == "\ud800"


def said(messages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    data = str(messages[-1]["content"]).partition("<data>")[2].partition("</data>")[0]
    return json.loads(data)


def verdict(row: Mapping[str, str], *, correct: bool) -> Action:
    return json.dumps({"quote": row["answer"], "correct": correct}), []


def wise(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that knows the labels."""
    row = said(messages)
    return verdict(row, correct=LABELS[row["question"], row["answer"]])


def lavish(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that accepts everything if the prompt is lenient, and right answers if strict."""
    is_lenient = "fair reader" in str(messages[0]["content"])
    return verdict(said(messages), correct=True) if is_lenient else wise(messages, tools)


def vague(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that never replies in the requested form."""
    return "I think that it is correct.", []


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(wise=wise, lavish=lavish, vague=vague) as running:
        yield running


@pytest.fixture
def measure(command, server: Server):
    """What `grade` says of the shipped rows with these judges."""
    return lambda *words: command("grade", JUDGED, *words, "--api-base", server.url)


def test_labelled_rows_are_followed_by_the_agreement_of_the_grader(command) -> None:
    status, out, err = command("grade", JUDGED)
    assert (status, len(out.splitlines())) == (0, 93)
    assert err == (
        "the typed grader, 93 labelled rows: kappa 0.70; accepts 0 of 53 wrong answers, rejects"
        " 13 of 40 right ones\n"
    )


def test_a_judge_that_knows_the_labels_repairs_only_what_the_grader_may_have_misread(
    measure,
) -> None:
    outcome = measure("--judge", "wise")
    grader, judge, both = outcome.err.splitlines()
    assert judge.endswith("kappa 1.00; accepts 0 of 53 wrong answers, rejects 0 of 40 right ones")
    assert "rejects 13 of" in grader and "rejects 3 of" in both and "accepts 0 of" in both
    row = next(row for row in outcome.rows() if row["correct"] and "votes" in row)
    assert row["votes"][0][:2] == ["wise", "yes"]


def test_a_judge_that_accepts_everything_changes_no_final_verdict(measure) -> None:
    lines = measure("--judge", "lavish", "--judge-prompt", "lenient").err.splitlines()
    accepted = [int(line.partition("accepts ")[2].split()[0]) for line in lines]
    assert accepted[0] == 0 < accepted[2] < accepted[1] == 53


def test_several_models_vote_and_unreadable_votes_count_for_nothing(measure) -> None:
    alone, several = (measure(*words) for words in (TWO[:2], TWO))
    assert several.err == alone.err
    assert several.rows()[0]["votes"][1][:2] == ["vague", "unreadable"]
    assert "the judge, 93 labelled rows: kappa undefined" in measure(*TWO[2:]).err
    assert "; 93 not judged" in measure(*TWO[2:]).err


def test_recorded_replies_give_the_same_verdicts_without_an_endpoint(
    measure, command, server: Server, tmp_path: Path
) -> None:
    kept = tmp_path / "replies.jsonl"
    first, asked = measure("--judge", "wise", "--record", kept), len(server.bodies)
    assert measure("--judge", "wise", "--record", kept) == first and len(server.bodies) == asked
    assert command("grade", JUDGED, "--judge", "wise", "--replay", kept) == first
    assert server.bodies[-1]["temperature"] == 0


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"correct": 1}, "the field 'correct' is neither true nor false"),
        ({"answer": None}, "the field 'answer' is not a string"),
        ({"question_type": "multi_constraint", "truth": "few"}, "'few', which is not a number"),
    ],
)
def test_a_bad_labelled_row_is_named_and_the_others_count(bad: Any, why: str, graded) -> None:
    status, _, err = graded(JUDGED_ROW, JUDGED_ROW | bad, JUDGED_ROW)
    assert status == 2 and "2 labelled rows" in err
    assert "rows.jsonl, line 2: " in err and why in err


@pytest.mark.parametrize("failure", ["401", "404"])
def test_an_endpoint_that_fails_is_an_error_at_once_and_no_verdict(
    failure: str, measure, server: Server
) -> None:
    asked = len(server.bodies)
    status, out, err = measure("--judge", f"wise+{failure}")
    assert (status, out, len(server.bodies) - asked) == (3, "", 1)
    assert err.startswith("memorygym: ")
