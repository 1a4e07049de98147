"""The checks accept generated tasks, and each planted defect fails the right checks."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.types import Task
from memorygym.tracks import codeqa
from tests.tracks.codeqa.instances import generated, gold_of


def failed(task: Task) -> set[str]:
    return {name for name, check in codeqa.verification(task).items() if not check["ok"]}


def with_question(task: Task, number: int, **changes: Any) -> Task:
    """The task with another question; its event shows the text of it."""
    gold = gold_of(task)
    questions, events = [*gold.questions], [*task.events]
    old = questions[number]
    questions[number] = new = replace(old, **changes)
    events[new.event] = replace(
        events[new.event], text=events[new.event].text.replace(old.text, new.text)
    )
    return replace(task, events=tuple(events), gold=replace(gold, questions=tuple(questions)))


def fact_lost(task: Task) -> Task:
    word = gold_of(task).needs[-1].subject.rpartition(".")[2][1:]
    events = [
        event
        if event.kind == "question"
        else replace(
            event, text="\n\n".join(part for part in event.text.split("\n\n") if word not in part)
        )
        for event in task.events
    ]
    return replace(task, events=tuple(events))


def value_in_question(task: Task) -> Task:
    question = gold_of(task).questions[1]
    return with_question(task, 1, text=f"{question.text}\nIs it {question.truth}?")


def another_length(task: Task) -> Task:
    parameters: Any = task.recipe["parameters"]
    return replace(task, recipe={**task.recipe, "parameters": {**parameters, "tokens": 13_000}})


DEFECTS: dict[str, tuple[Callable[[Task], Task], set[str]]] = {
    "a fact that is not stated": (fact_lost, {"solvable", "full", "leave_one_out"}),
    "another truth": (lambda task: with_question(task, 0, truth="4711"), {"solvable", "full"}),
    "a value in the question": (value_in_question, {"question_leakage"}),
    "another length": (another_length, {"length"}),
    "a question that nobody understands": (
        lambda task: with_question(task, 0, text="Why?"), {"solvable", "full", "stale"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_fails_its_checks(defect: str) -> None:
    sound = generated(seed=3)
    plant, checks = DEFECTS[defect]
    assert failed(sound) == set()
    assert checks <= failed(plant(sound))
