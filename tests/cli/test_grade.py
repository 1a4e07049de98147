"""`memorygym grade` gives one verdict per row and continues after a damaged row."""

import io
import json
from pathlib import Path

import pytest

from memorygym.scoring.grading import grade

CASES = Path(__file__).parents[1] / "cases" / "grading_cases.jsonl"
ROW = {
    "id": "a",
    "question_type": "retrieval",
    "truth": "8412",
    "answer": "8,412",
    "note": "ignored",
}


def test_the_shared_cases_get_the_verdicts_of_the_grader(command) -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    status, out, err = command("grade", str(CASES))
    assert (status, err) == (0, "")
    for case, line in zip(cases, out.splitlines(), strict=True):
        verdict = grade(case["question_type"], case["truth"], case["answer"])
        wanted = {"id": case["id"], "correct": verdict.correct, "reason": verdict.reason}
        assert json.loads(line) == wanted


def test_a_wrong_answer_is_not_an_error(command, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**ROW, "answer": "7"}) + "\n\n" + json.dumps(ROW))
    status, out, _ = command("grade", str(file))
    assert status == 0
    assert [json.loads(line)["correct"] for line in out.splitlines()] == [False, True]


@pytest.mark.parametrize(
    ("damaged", "said"),
    [
        (b'{"id": "b", "truth"', "Expecting ':'"),
        (b"[1]", "not a JSON object"),
        (b'{"id": "b", "truth": "1", "answer": "1"}', "'question_type' is missing"),
        (
            b'{"id": "b", "competency": "retrieval", "truth": 1, "answer": "1"}',
            "'truth' is not a string",
        ),
        (b'{"id": "b", "competency": "retrieval", "truth": "", "answer": "1"}', "the truth ''"),
        (b"\xff\xfe\xfa", "decode"),
        (b"[" * 100_000, "recursion"),
    ],
)
def test_a_damaged_row_is_named_and_the_rest_graded(
    damaged: bytes, said: str, command, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    whole = json.dumps(ROW).encode()
    file.write_bytes(b"\n".join([whole, damaged, whole]))
    status, out, err = command("grade", str(file))
    assert status == 2
    assert len(out.splitlines()) == 2
    assert f"{file}, line 2:" in err and said in err


def test_a_dash_reads_stdin(command, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(ROW).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert json.loads(command("grade", "-").out)["correct"] is True


def test_lone_surrogates_come_out_as_json(command, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(json.dumps({**ROW, "id": "\ud800", "answer": "\ud800"}))
    status, out, _ = command("grade", str(file))
    assert status == 0
    assert json.loads(out)["id"] == "\ud800"
