"""The proof over statements: a sound instance passes, and every planted defect has its check."""

import json
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.statements import StatementIndex
from memorygym.tracks._qa.ablation import CHECKS, AblationInput, QuestionEvent, result
from memorygym.tracks._qa.questions import Found, Missing
from tests.tracks.qa.chains import FACTS, QUESTION, TEXTS, Chains, asked, built, fact


def failed(submitted: AblationInput) -> list[str]:
    """The checks that are not ok."""
    checks: Any = result(submitted)["checks"]
    return [name for name, check in checks.items() if not check["ok"]]


def asking(**changes: Any) -> dict[str, Any]:
    """The exhibit's question, changed."""
    return {"questions": [asked(replace(QUESTION, **changes))]}


def test_a_sound_instance_is_accepted_with_its_numbers() -> None:
    found: Any = result(built())
    assert found == json.loads(json.dumps(found))
    assert found["accepted"], found
    assert list(found["checks"]) == list(CHECKS)
    assert found["checks"]["leave_one_out"] == {"ok": True, "facts": 2, "not_needed": []}
    assert found["checks"]["stale"]["values"] == 1
    assert found["llm_closed_book"] == "not run"


DEFECTS = {
    "an untold fact": (
        built(TEXTS[0], "", "", ""),
        ["solvable", "full", "leave_one_out"],
    ),
    "a newer value that the truth does not know": (
        built(*TEXTS[:3], "The city of Orion is Porto (rank 3)."),
        ["full"],
    ),
    "the evidence still in view": (
        built(TEXTS[1], TEXTS[1], TEXTS[1], f"{TEXTS[0]} {TEXTS[2]}"),
        ["no_memory"],
    ),
    "a fact that is not needed": (
        built(
            facts=(*FACTS, fact("f3", "Vega", "city", "Rome")),
            **asking(needs=("f1", "f2", "f3")),
        ),
        ["leave_one_out"],
    ),
    "a needed fact left out of the list": (
        built(**asking(needs=("f1",))),
        ["solvable"],
    ),
    "an answer told without what is needed": (
        built(TEXTS[0], TEXTS[2], "The lab of Ada Byron is Vega.", "The city of Vega is Lisbon."),
        ["leave_one_out", "distractors_only"],
    ),
    "a shortcut through one document": (
        built(
            "The lab of Ada Byron is Mira. The city of Mira is Lisbon.", TEXTS[0], TEXTS[2], ""
        ),
        ["leave_one_out", "distractors_only", "single_document"],
    ),
    "a truth that is guessed": (
        built(guess=lambda query: "lisbon"),
        ["closed_book"],
    ),
    "a bridge named in the question": (
        built(**asking(text="What is the city of Orion, the lab of Ada Byron?")),
        ["question_leakage"],
    ),
    "a truth named in the question": (
        built(**asking(text="What is the city of lab of Ada Byron? Is it Lisbon?")),
        ["question_leakage"],
    ),
    "a truth in look-alike letters": (
        built(**asking(text="What is the city of lab of Ada Byron? Is it L\u0456s\u200bbon?")),
        ["question_leakage"],
    ),
    "a truth in the pinned message": (
        built(pinned="Bear in mind: lisbon."),
        ["question_leakage"],
    ),
    "a truth beside the question": (
        built(questions=[QuestionEvent(QUESTION, f"{QUESTION.text}\n\nA hint: LISBON")]),
        ["question_leakage"],
    ),
    "a refusal that is right": (
        built(**asking(aliases=("I have no record of that.",))),
        ["closed_book"],
    ),
    "the words of the evidence": (
        built(
            facts=(replace(FACTS[0], sentence="Ada works behind green doors at Orion."), FACTS[1]),
            **asking(text="Which city, as she works behind green doors, is hers?"),
        ),
        ["question_leakage"],
    ),
    "an old value that is right": (
        built(**asking(aliases=("Porto",))),
        ["leave_one_out", "stale"],
    ),
    "a rival that is right": (
        built(**asking(rivals=("The Lisbon",))),
        ["stale"],
    ),
    "a rewrite that nobody tells": (
        built(facts=(replace(FACTS[0], rewrites=1), FACTS[1])),
        ["stale"],
    ),
    "a length that is missed": (built(tokens=1011), ["length"]),
    "a target of nothing": (built(target=0), ["length"]),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_named_by_its_check(defect: str) -> None:
    submitted, checks = DEFECTS[defect]
    assert failed(submitted) == checks
    assert not result(submitted)["accepted"]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"documents": built(*TEXTS, "unreadable").documents}, "ValueError: an unreadable text"),
        ({"documents": built().documents[::-1]}, "ValueError: the documents are not in"),
        ({"questions": [QuestionEvent(QUESTION, "Good morning.")]}, "ValueError: q0: the reader f"),
        (asking(needs=("f9",)), "KeyError: 'f9'"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_rejected_by_every_check(
    changes: dict[str, Any], error: str
) -> None:
    checks: Any = result(built(**changes))["checks"]
    assert [name for name, check in checks.items() if check["ok"]] == []
    assert all(check["error"].startswith(error) for check in checks.values())


def test_a_check_that_could_not_run_rejects_with_its_reason() -> None:
    def guess(query: object) -> str:
        raise ZeroDivisionError("no candidates")

    found: Any = result(built(guess=guess))
    assert not found["accepted"]
    assert found["checks"]["closed_book"] == {
        "ok": False, "error": "ZeroDivisionError: no candidates"
    }  # fmt: skip


def test_an_instance_without_questions_proves_nothing() -> None:
    assert failed(built(questions=[])) == [
        "solvable", "full", "no_memory", "leave_one_out", "distractors_only", "closed_book"
    ]  # fmt: skip


def test_a_question_does_not_know_what_is_shown_after_it() -> None:
    assert failed(built(*TEXTS, "", "The city of Orion is Oslo (rank 9).")) == []


def test_a_question_on_one_document_may_be_answered_by_it_and_no_other() -> None:
    short = replace(
        QUESTION, text="What is the lab of Ada Byron?", truth="Orion", needs=("f1",), hops=1
    )
    submitted = built(questions=[QuestionEvent(short, short.text)])
    assert failed(submitted) == []
    again = "The lab of Ada is Lyra. The lab of Ada Byron is the Orion."
    assert failed(built(again, *TEXTS, questions=[QuestionEvent(short, short.text)])) == [
        "leave_one_out", "distractors_only", "single_document", "stale"
    ]  # fmt: skip


def test_a_name_that_the_question_starts_from_may_be_named() -> None:
    assert failed(built(**asking(text="The lab of Ada Byron: in which city?"))) == []


def test_only_documents_that_are_looked_for_are_tried_alone() -> None:
    class Counting(Chains):
        asked = 0

        def answer(self, query: Any, known: StatementIndex) -> Found | Missing:
            self.asked += 1
            return super().answer(query, known)

    reader = Counting()
    assert failed(built(*TEXTS[:3], *["The lab of Bob is Vega."] * 1000, reader=reader)) == []
    assert reader.asked < 20
