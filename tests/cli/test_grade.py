"""`memorygym grade` gives one verdict per row and continues after a damaged row."""

import io
import json
from pathlib import Path

import pytest

from memorygym.scoring.grading import grade

CASES = Path(__file__).parents[1] / "cases" / "grading_cases.jsonl"
ROW = {"id": "a", "question_type": "retrieval", "truth": "8412", "answer": "8,412", "note": "ok"}
OLD = {"id": "b", "competency": "retrieval", "truth": "1", "answer": "1"}


@pytest.fixture
def graded(command, tmp_path: Path):
    """What `grade` says of some lines: exit code, verdicts, errors."""

    def grade_lines(*lines: object):
        file = tmp_path / "rows.jsonl"
        rows = (line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
        file.write_bytes(b"\n".join(rows))
        status, out, err = command("grade", str(file))
        return status, [json.loads(line) for line in out.splitlines()], err

    return grade_lines


def test_the_shared_cases_get_the_verdicts_of_the_grader(command) -> None:
    cases = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    status, out, err = command("grade", str(CASES))
    assert (status, err) == (0, "")
    for case, line in zip(cases, out.splitlines(), strict=True):
        verdict = grade(case["question_type"], case["truth"], case["answer"])
        wanted = {"id": case["id"], "correct": verdict.correct, "reason": verdict.reason}
        assert json.loads(line) == wanted


def test_a_wrong_answer_is_not_an_error(graded) -> None:
    status, verdicts, _ = graded({**ROW, "answer": "7"}, b"", ROW, OLD)
    assert status == 0 and [verdict["correct"] for verdict in verdicts] == [False, True, True]


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
    status, verdicts, err = graded(ROW, damaged, ROW)
    assert status == 2 and len(verdicts) == 2
    assert "rows.jsonl, line 2:" in err and said in err


def test_a_dash_reads_stdin(command, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(json.dumps(ROW).encode()))
    monkeypatch.setattr("sys.stdin", stdin)
    assert json.loads(command("grade", "-").out)["correct"] is True


def test_lone_surrogates_come_out_as_json(graded) -> None:
    status, (verdict,), _ = graded({**ROW, "id": "\ud800", "answer": "\ud800"})
    assert status == 0 and verdict["id"] == "\ud800"
