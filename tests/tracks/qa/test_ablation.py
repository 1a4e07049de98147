"""Checks of an instance: a sound one passes, and each planted defect fails the right checks."""

import json
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.ablation import CHECKS, TaskReadings, run_checks
from memorygym.tracks._qa.questions import Found, Missing
from tests.tracks.qa.chains import (
    FACTS,
    QUESTION,
    TEXTS,
    Chains,
    instance,
)


def failed(data: TaskReadings) -> list[str]:
    """The names of the checks that are not ok."""
    checks: Any = run_checks(data)
    return [name for name, check in checks.items() if not check["ok"]]


def asking(**changes: Any) -> dict[str, Any]:
    """The standard question with some fields changed."""
    return {"questions": [replace(QUESTION, **changes)]}


def test_a_sound_instance_is_accepted_with_its_numbers() -> None:
    verification: Any = run_checks(instance())
    assert verification == json.loads(json.dumps(verification))
    assert list(verification) == list(CHECKS) and failed(instance()) == []
    assert verification["leave_one_out"] == {"ok": True, "facts": 2, "not_needed": []}
    assert verification["stale"]["values"] == 1


DEFECTS = {
    "an untold fact": (
        instance(TEXTS[0], "", "", ""),
        ["solvable", "full", "leave_one_out"],
    ),
    "a newer value that the truth does not know": (
        instance(*TEXTS[:3], "The city of Orion is Porto (rank 3)."),
        ["full"],
    ),
    "the evidence still in view": (
        instance(TEXTS[1], TEXTS[1], TEXTS[1], f"{TEXTS[0]} {TEXTS[2]}"),
        ["no_memory"],
    ),
    "a fact that is not needed": (
        instance(
            **asking(needs=(*FACTS, Statement("Vega", "city", "Rome"))),
        ),
        ["leave_one_out"],
    ),
    "a needed fact left out of the list": (
        instance(**asking(needs=FACTS[:1])),
        ["solvable"],
    ),
    "an answer stated without the needed facts": (
        instance(
            TEXTS[0], TEXTS[2], "The lab of Ada Byron is Vega.", "The city of Vega is Lisbon."
        ),
        ["leave_one_out", "distractors_only"],
    ),
    "a shortcut through one document": (
        instance(
            "The lab of Ada Byron is Mira. The city of Mira is Lisbon.", TEXTS[0], TEXTS[2], ""
        ),
        ["leave_one_out", "distractors_only", "single_document"],
    ),
    "a truth that is guessed": (
        instance(guess=lambda *_: "lisbon"),
        ["closed_book"],
    ),
    "a bridge named in the question": (
        instance(**asking(text="What is the city of Orion, the lab of Ada Byron?")),
        ["question_leakage"],
    ),
    "a truth named in the question": (
        instance(**asking(text="What is the city of lab of Ada Byron? Is it Lisbon?")),
        ["question_leakage"],
    ),
    "a truth in look-alike letters": (
        instance(**asking(text="What is the city of lab of Ada Byron? Is it L\u0456s\u200bbon?")),
        ["question_leakage"],
    ),
    "a truth in the pinned message": (
        instance(system="Bear in mind: lisbon."),
        ["question_leakage"],
    ),
    "a truth beside the question": (
        instance(asked=f"{QUESTION.text}\n\nA hint: LISBON"),
        ["question_leakage"],
    ),
    "a refusal that is right": (
        instance(**asking(aliases=("I have no record of that.",))),
        ["no_memory", "leave_one_out", "distractors_only", "single_document", "closed_book"],
    ),
    "the words of the evidence": (
        instance(
            sentence=lambda *_: "Ada works behind green doors at Orion.",
            **asking(text="Which city, as she works behind green doors, is hers?"),
        ),
        ["question_leakage"],
    ),
    "an old value that is right": (
        instance(**asking(aliases=("Porto",))),
        ["leave_one_out", "stale"],
    ),
    "a rival that is right": (
        instance(**asking(rivals=("The Lisbon",))),
        ["stale"],
    ),
    "a length that is missed by over 1 %": (instance(*TEXTS, "on " * 2_000, longer=23), ["length"]),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_named_by_its_check(defect: str) -> None:
    data, checks = DEFECTS[defect]
    assert failed(data) == checks


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"parts": lambda text: [f"unreadable: {text}"]}, "ValueError: an unreadable text"),
        ({"asked": "Good morning."}, "ValueError: q0: the reader finds no question in"),
    ],
)  # fmt: skip
def test_every_check_of_the_reader_rejects_input_that_cannot_be_read(
    changes: dict[str, Any], error: str
) -> None:
    checks: Any = run_checks(instance(**changes))
    assert checks.pop("length")["ok"]
    assert all(check["error"].startswith(error) for check in checks.values())


def test_a_check_that_raises_an_error_rejects_with_its_message() -> None:
    def guess(*_: object) -> str:
        raise ZeroDivisionError("no candidates")

    verification: Any = run_checks(instance(guess=guess))
    assert verification["closed_book"] == {
        "ok": False, "error": "ZeroDivisionError: no candidates"
    }  # fmt: skip


def test_an_instance_without_questions_is_rejected() -> None:
    assert failed(instance(questions=[])) == [
        "solvable", "full", "no_memory", "leave_one_out", "distractors_only", "closed_book"
    ]  # fmt: skip


def test_documents_after_a_question_count_only_for_the_length() -> None:
    assert failed(instance(*TEXTS, "on " * 2_000, longer=19)) == []
    assert failed(instance(*TEXTS, "", "The city of Orion is Oslo (rank 9).")) == []


def test_a_one_hop_question_is_answered_by_its_document_and_by_no_other() -> None:
    short = replace(
        QUESTION, text="What is the lab of Ada Byron?", truth="Orion", needs=FACTS[:1], hops=1
    )
    data = instance(questions=[short], asked=short.text)
    assert failed(data) == []
    conflicting = "The lab of Ada is Lyra. The lab of Ada Byron is the Orion."
    assert failed(instance(conflicting, *TEXTS, questions=[short], asked=short.text)) == [
        "leave_one_out", "distractors_only", "single_document", "stale"
    ]  # fmt: skip


def test_a_question_may_contain_the_name_it_starts_from() -> None:
    assert failed(instance(**asking(text="The lab of Ada Byron: in which city?"))) == []


def test_single_document_tries_only_documents_that_the_reader_looks_up() -> None:
    class Counting(Chains):
        calls = 0

        def answer(self, query: Any, known: StatementIndex) -> Found | Missing:
            self.calls += 1
            return super().answer(query, known)

    reader = Counting()
    assert failed(instance(*TEXTS[:3], *["The lab of Bob is Vega."] * 1000, reader=reader)) == []
    assert reader.calls < 20
