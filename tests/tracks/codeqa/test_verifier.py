"""The checks accept generated instances, and each planted defect fails the right checks."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from memorygym.tracks import codeqa
from tests.tracks.codeqa.instances import instance

Instance = dict[str, Any]


def fresh() -> Instance:
    data: Instance = json.loads(json.dumps(instance(seed=3)))
    return data


def failed(data: Instance) -> set[str]:
    verification = codeqa.verification(data)
    names = {name for name, check in verification["checks"].items() if not check["ok"]}
    assert verification["accepted"] == (not names)
    return names


def fact_lost(data: Instance) -> None:
    last = data["grounding_facts"][-1]
    word = last["subject"].rpartition(".")[2]
    for name, text in data["memory_files"].items():
        paragraphs = [paragraph for paragraph in text.split("\n\n") if word[1:] not in paragraph]
        data["memory_files"][name] = "\n\n".join(paragraphs)


def value_in_question(data: Instance) -> None:
    pair = data["qa_pairs"][1]
    pair["question"] += f"\nIs it {pair['gold_answer']}?"


def spare_fact(data: Instance) -> None:
    first, second = data["qa_pairs"][:2]
    first["linked_fact_ids"] = [*first["linked_fact_ids"], *second["linked_fact_ids"]]


def stale_right(data: Instance) -> None:
    rewritten = [fact for fact in data["grounding_facts"] if fact["rewrites"]]
    for pair in data["qa_pairs"]:
        for fact in rewritten:
            if pair["gold_answer"] == fact["value"]:
                pair["rivals"] = [pair["gold_answer"]]


DEFECTS: dict[str, tuple[Callable[[Instance], object], set[str]]] = {
    "a fact that is not stated": (fact_lost, {"solvable", "full", "leave_one_out"}),
    "another truth": (
        lambda data: data["qa_pairs"][0].update(gold_answer="4711"), {"solvable", "full"},
    ),
    "a value in the question": (value_in_question, {"question_leakage"}),
    "a fact that is not needed": (spare_fact, {"leave_one_out"}),
    "a needed fact that is not listed": (
        lambda data: data["qa_pairs"][3]["linked_fact_ids"].pop(0), {"solvable"},
    ),
    "another length": (lambda data: data.update(target_tokens=13_000), {"length"}),
    "a question that nobody understands": (
        lambda data: data["qa_pairs"][0].update(question="Why?"), {"solvable", "full", "stale"},
    ),
}  # fmt: skip


def test_a_stored_verification_is_reproduced() -> None:
    data = fresh()
    assert json.loads(json.dumps(codeqa.verification(data))) == data["verification"]


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_fails_its_checks(defect: str) -> None:
    data = fresh()
    plant, checks = DEFECTS[defect]
    plant(data)
    assert checks <= failed(data)
