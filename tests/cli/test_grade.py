"""`memorygym grade` gives a verdict per row; with --judge it measures a judge on labelled rows."""

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
JUDGED_ROW = {"question": "beds?", "truth": "8412", "answer": "8412", "correct": True}
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


def test_the_shared_cases_get_the_verdicts_of_the_grader(ran) -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    for case, row in zip(cases, ran("grade", CASES).rows(), strict=True):
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
def measure(command, server: Server, tmp_path: Path):
    """Measures judges on the shipped rows: exit code, page, errors, and the audits as JSON."""

    def measured(*words: str):
        file = tmp_path / "audit.json"
        told = ("--api-base", server.url, "-o", str(file))
        status, out, err = command("grade", str(JUDGED), "--judge", *words, *told)
        return status, out, err, json.loads(file.read_text())["audits"] if file.exists() else []

    return measured


def test_without_a_judge_the_grader_is_measured_offline(ran) -> None:
    out = ran("grade", JUDGED, "--judge", "--worst", "0").out
    assert out.startswith(f"93 rows of {JUDGED}: 40 right, 53 wrong\n")
    assert "typed grader  0/53  0.0 % [0.0, 6.8]" in out


def test_a_judge_that_knows_the_labels_makes_no_error(measure) -> None:
    status, out, err, _ = measure("wise")
    assert (status, err) == (0, "")
    row = next(line for line in out.splitlines() if line.startswith("wise "))
    assert "0/53  0.0 % [0.0, 6.8]" in row and "0/40  0.0 % [0.0, 8.8]" in row
    assert row.endswith("1.00") and "wise: 0 replies unreadable, 0 failed" in out
    assert max(map(len, out.splitlines()[1:])) <= 80


def test_repairs_lower_false_rejects_and_never_change_final_verdicts(measure) -> None:
    _, out, _, (strict, lenient) = measure("lavish", "--prompt", "both")
    grader, repaired = (
        strict["agreements"][name]["false_rejects"]["k"]
        for name in ("typed grader", "grader, then judge")
    )
    assert grader > repaired == 3
    accepted = {name: found["false_accepts"]["k"] for name, found in lenient["agreements"].items()}
    assert accepted["grader, then judge"] < accepted["lavish"] == 53
    assert "lenient accepts +57.0 points more of the rows than strict" in out
    assert "worst rows, prompt lenient: 10 of 53" in out


def test_several_models_vote_and_unreadable_votes_are_counted(measure) -> None:
    status, out, _, (audit,) = measure("wise", "--judge", "vague")
    assert status == 0 and "vague: 93 replies unreadable, 0 failed" in out
    assert audit["agreements"]["majority"] == audit["agreements"]["wise"]
    assert audit["agreements"]["vague"]["not_judged"] == 93
    assert [model["name"] for model in audit["judge"]["models"]] == ["wise", "vague"]


def test_recorded_replies_give_the_same_page_without_an_endpoint(
    measure, command, tmp_path: Path
) -> None:
    kept = str(tmp_path / "replies.jsonl")
    first = measure("wise", "--record", kept)[:3]
    assert command("grade", str(JUDGED), "--judge", "wise", "--replay", kept) == first


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"correct": 1}, "the field 'correct' is neither true nor false"),
        ({"answer": None}, "the field 'answer' is not a string"),
        ({"question_type": "multi_constraint", "truth": "few"}, "'few', which is not a number"),
    ],
)
def test_a_bad_labelled_row_is_named_and_the_others_count(bad: Any, why: str, graded) -> None:
    rows = [JUDGED_ROW, JUDGED_ROW | bad, {**JUDGED_ROW, "question_type": "retrieval"}]
    status, out, err = graded(*rows, words=["--judge"])
    assert status == 2 and out.startswith("2 rows") and "0/1" in out
    assert "rows.jsonl, line 2: " in err and why in err


def test_only_the_first_ten_bad_rows_are_named(graded) -> None:
    status, _, err = graded(JUDGED_ROW, *[b"[1]"] * 1012, words=["--judge"])
    assert status == 2 and len(lines := err.splitlines()) == 11
    assert "rows.jsonl, line 11: " in lines[9] and lines[10] == "memorygym: and 1,002 more"


def test_an_endpoint_that_refuses_the_key_stops_at_once(measure, server: Server) -> None:
    asked = len(server.bodies)
    status, out, err, _ = measure("wise+401")
    assert (status, out, len(server.bodies) - asked) == (3, "", 1)
    assert err.startswith("memorygym: ")


def test_a_dead_endpoint_ends_after_some_rows_and_says_so(measure) -> None:
    status, out, err, _ = measure("wise+404")
    assert status == 3 and "some rows got no reply" in err
    assert "wise+404: 0 replies unreadable, 93 failed" in out
