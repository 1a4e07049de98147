"""`memorygym grade --judge` measures a judge on labelled rows, over the loopback."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("openai", reason="needs the extra `llm`")

from tests.servers.brains import Action
from tests.servers.openai import Server, serving

CASES = Path(__file__).parents[1] / "cases" / "judge_rows.jsonl"
LABELS = {
    (row["question"], row["answer"]): row["correct"]
    for row in map(json.loads, CASES.read_text(encoding="utf-8").splitlines())
}
ROW = {"question": "beds?", "truth": "8412", "answer": "8412", "correct": True}


def said(messages: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    data = str(messages[-1]["content"]).partition("<data>")[2].partition("</data>")[0]
    return json.loads(data)


def wise(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that knows the labels."""
    row = said(messages)
    return json.dumps(
        {"quote": row["answer"], "correct": LABELS[row["question"], row["answer"]]}
    ), []


def lavish(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that accepts everything if the prompt is lenient, and right answers if strict."""
    if "fair reader" not in str(messages[0]["content"]):
        return wise(messages, tools)
    return json.dumps({"quote": said(messages)["answer"], "correct": True}), []


def vague(messages: Sequence[Mapping[str, Any]], tools: Collection[str]) -> Action:
    """A judge that never replies in the requested form."""
    return "I think that it is correct.", []


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(wise=wise, lavish=lavish, vague=vague) as running:
        yield running


def rows(*some: Any) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in some)


def test_without_a_judge_the_grader_is_measured_offline(command) -> None:
    status, out, err = command("grade", str(CASES), "--judge", "--worst", "0")
    assert (status, err) == (0, "")
    assert out.startswith(f"93 rows of {CASES}: 40 right, 53 wrong\n")
    assert "typed grader  0/53  0.0 % [0.0, 6.8]" in out


def test_the_shipped_rows_are_of_every_kind() -> None:
    kinds = [json.loads(line)["kind"] for line in CASES.read_text().splitlines()]
    wanted = {"right", "paraphrased", "vague wrong", "specific wrong", "hedged"}
    assert all(kinds.count(kind) >= 15 for kind in wanted)


def test_a_judge_that_knows_the_labels_makes_no_error(command, server: Server) -> None:
    status, out, err = command("grade", str(CASES), "--judge", "wise", "--api-base", server.url)
    assert (status, err) == (0, "")
    table = {line[:18].strip(): line for line in out.splitlines()}
    assert "0/53  0.0 % [0.0, 6.8]" in table["wise"] and "0/40  0.0 % [0.0, 8.8]" in table["wise"]
    assert table["wise"].endswith("1.00")
    assert "wise: 0 replies unreadable, 0 failed" in out
    assert max(map(len, out.splitlines()[1:])) <= 80


def test_repairs_lower_false_rejects_and_never_change_final_verdicts(
    command, server: Server, tmp_path: Path
) -> None:
    output = tmp_path / "audit.json"
    command("grade", str(CASES), "--judge", "lavish", "--prompt", "both",
            "--api-base", server.url, "-o", str(output))  # fmt: skip
    strict, lenient = json.loads(output.read_text())["audits"]
    grader, repaired = (
        strict["agreements"][n]["false_rejects"]["k"]
        for n in ("typed grader", "grader, then judge")
    )
    assert grader > repaired == 3
    kept = lenient["agreements"]["grader, then judge"]["false_accepts"]
    assert kept["k"] < lenient["agreements"]["lavish"]["false_accepts"]["k"] == 53


def test_both_prompts_show_the_difference_in_accepted_rows(command, server: Server) -> None:
    out = command("grade", str(CASES), "--judge", "lavish", "--prompt", "both",
                  "--api-base", server.url).out  # fmt: skip
    assert "lenient accepts +57.0 points more of the rows than strict" in out
    assert "worst rows, prompt lenient: 10 of 53" in out


def test_several_models_vote_and_unreadable_votes_are_counted(
    command, server: Server, tmp_path: Path
) -> None:
    output = tmp_path / "audit.json"
    status, out, _ = command("grade", str(CASES), "--judge", "wise", "--judge", "vague",
        "--api-base", server.url, "-o", str(output))  # fmt: skip
    audit = json.loads(output.read_text())["audits"][0]
    assert status == 0 and "vague: 93 replies unreadable, 0 failed" in out
    assert audit["agreements"]["majority"] == audit["agreements"]["wise"]
    assert audit["agreements"]["vague"]["not_judged"] == 93
    assert [model["name"] for model in audit["judge"]["models"]] == ["wise", "vague"]


def test_recorded_replies_give_the_same_page_without_an_endpoint(
    command, server: Server, tmp_path: Path
) -> None:
    words = ("grade", str(CASES), "--judge", "wise")
    kept = str(tmp_path / "replies.jsonl")
    first = command(*words, "--api-base", server.url, "--record", kept)
    assert command(*words, "--replay", kept) == first


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ("[1]", "not a JSON object"),
        ('{"question"', "Expecting ':'"),
        ({**ROW, "correct": 1}, "the field 'correct' is neither true nor false"),
        ({**ROW, "answer": None}, "the field 'answer' is not a string"),
        ({"question": "beds?", "truth": "1", "answer": "1"}, "the field 'correct' is missing"),
        (
            {**ROW, "question_type": "multi_constraint", "truth": "few"},
            "'few', which is not a number",
        ),
        ("[" * 100_000, "recursion"),
    ],
)
def test_a_bad_row_is_named_and_the_others_count(
    bad: Any, why: str, command, tmp_path: Path
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(rows(ROW, bad, {**ROW, "question_type": "retrieval"}))
    status, out, err = command("grade", str(file), "--judge")
    assert status == 2
    assert f"{file}, line 2: " in err and why in err
    assert out.startswith("2 rows") and "0/1" in out


def test_only_the_first_ten_bad_rows_are_named(command, tmp_path: Path) -> None:
    (file := tmp_path / "rows.jsonl").write_text(rows(ROW, *["[1]"] * 1012))
    status, _, err = command("grade", str(file), "--judge")
    assert status == 2 and len(lines := err.splitlines()) == 11
    assert f"{file}, line 11: " in lines[9] and lines[10] == "memorygym: and 1,002 more"


def test_a_number_of_worst_rows_below_0_is_refused(command) -> None:
    status, out, err = command("grade", str(CASES), "--judge", "--worst", "-1")
    assert (status, out, err) == (2, "", "memorygym: --worst -1: give at least 0\n")


def test_a_file_without_rows_is_bad_usage(command, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("\n")
    status, _, err = command("grade", str(tmp_path / "rows.jsonl"), "--judge")
    assert (status, "has no rows" in err) == (2, True)


@pytest.mark.parametrize("words", [["--prompt", "both"], ["--replay", "x"], ["--api-base", "x"]])
def test_options_of_a_judge_need_a_judge(words: list[str], command) -> None:
    status, _, err = command("grade", str(CASES), "--judge", *words)
    assert (status, err) == (
        2, f"memorygym: {words[0]} is for a MODEL after --judge; the typed grader asks no model\n",
    )  # fmt: skip


def test_an_endpoint_that_refuses_the_key_stops_at_once(command, server: Server) -> None:
    asked = len(server.bodies)
    status, out, err = command("grade", str(CASES), "--judge", "wise+401", "--api-base", server.url)
    assert (status, out, len(server.bodies) - asked) == (3, "", 1)
    assert err.startswith("memorygym: ")


def test_a_dead_endpoint_ends_after_some_rows_and_says_so(command, server: Server) -> None:
    status, out, err = command("grade", str(CASES), "--judge", "wise+404", "--api-base", server.url)
    assert status == 3
    assert "wise+404: 0 replies unreadable, 93 failed" in out
    assert "some rows got no reply" in err
