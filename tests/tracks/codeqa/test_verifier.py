"""The checks accept generated tasks, and each planted defect fails the right checks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.json_values import thaw
from memorygym.core.types import Task
from memorygym.tracks import codeqa
from memorygym.tracks._qa import ablation
from tests.tracks.codeqa.instances import generated


def altered(task: Task, alter: Callable[[str], str]) -> Task:
    """The task with other texts."""
    events = tuple(replace(event, text=alter(event.text)) for event in task.events)
    return replace(task, events=events)


def with_question(task: Task, number: int, **changes: Any) -> Task:
    """The task with another question, also in its text."""
    questions = list(task.gold.questions)
    old = questions[number]
    questions[number] = new = replace(old, **changes)
    gold = replace(task.gold, questions=tuple(questions))
    return replace(altered(task, lambda text: text.replace(old.text, new.text)), gold=gold)


def fact_lost(task: Task) -> Task:
    word = task.gold.facts[-1].subject.rpartition(".")[2][1:]
    questions = {question.text for question in task.gold.questions}

    def without(text: str) -> str:
        if any(question in text for question in questions):
            return text
        return "\n\n".join(part for part in text.split("\n\n") if word not in part)

    return altered(task, without)


def value_in_question(task: Task) -> Task:
    question = task.gold.questions[1]
    return with_question(task, 1, text=f"{question.text}\nIs it {question.truth}?")


def spare_fact(task: Task) -> Task:
    first, second = task.gold.questions[:2]
    return with_question(task, 0, needs=(*first.needs, *second.needs))


def another_length(task: Task) -> Task:
    recipe: Any = thaw(task.recipe)
    recipe["parameters"]["tokens"] = 13_000
    return replace(task, recipe=recipe)


DEFECTS: dict[str, tuple[Callable[[Task], Task], set[str]]] = {
    "a fact that is not stated": (fact_lost, {"solvable", "full", "leave_one_out"}),
    "another truth": (lambda task: with_question(task, 0, truth="4711"), {"solvable", "full"}),
    "a value in the question": (value_in_question, {"question_leakage"}),
    "a fact that is not needed": (spare_fact, {"leave_one_out"}),
    "a needed fact that is not listed": (
        lambda task: with_question(task, 3, needs=task.gold.questions[3].needs[1:]), {"solvable"},
    ),
    "another length": (another_length, {"length"}),
    "a question that nobody understands": (
        lambda task: with_question(task, 0, text="Why?"), {"solvable", "full", "stale"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_fails_its_checks(defect: str) -> None:
    task = generated(seed=3)
    assert not ablation.failed(codeqa.verification(task))
    plant, checks = DEFECTS[defect]
    assert checks <= set(ablation.failed(codeqa.verification(plant(task))))
