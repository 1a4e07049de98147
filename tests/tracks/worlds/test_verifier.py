"""What is wrong with one task is reported by the check that is for it, and nothing else is."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import failed
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verifier import verification, verify
from tests.episodes import generated, gold

Alter = Callable[[Task], Task]
FIGURES = "Larkin Harbor saw 1,000 guests and"


def with_text(place: int, old: str, new: str) -> Alter:
    """Replaces the first such part of the text of an event."""

    def alter(task: Task) -> Task:
        events = [*task.events]
        events[place] = replace(events[place], text=events[place].text.replace(old, new, 1))
        return replace(task, events=tuple(events))

    return alter


def with_line(line: str) -> Alter:
    """States one more sentence of the first document."""
    return with_text(0, "]\n", f"]\n{line} ")


def with_budget(**limits: Any) -> Alter:
    return lambda task: replace(task, budget=replace(task.budget, **limits))


def with_gold(change: Callable[[WorldsGold], dict[str, Any]]) -> Alter:
    return lambda task: replace(task, gold=replace(gold(task), **change(gold(task))))


def other_value(table: WorldsGold) -> dict[str, Any]:
    """Another value of an entity."""
    category, first, *others = table.facts
    return {"facts": (category, first._replace(value=-1), *others)}


def asking_nothing(task: Task) -> Task:
    question = gold(task).questions[0]
    return with_text(question.event, question.text, "What about it?")(task)


def telling(kind: str, old: str, new: str) -> Alter:
    """States the answer of a question about one number in an event of that kind before it."""

    def alter(task: Task) -> Task:
        question, place = next(
            (question, place)
            for question in gold(task).questions
            if question.kind in ("retrieval", "update")
            if re.fullmatch(r"\$?[\d,.]{3,}M?", question.truth)
            for place in range(question.event + (kind == "question"))
            if task.events[place].kind == kind and old in task.events[place].text
            if kind != "question" or place == question.event
            if kind != "documents" or place != gold(task).events[question.needs[0][:2]]
        )
        name = question.needs[0].subject
        return with_text(place, old, new.format(value=question.truth, name=name))(task)

    return alter


DEFECTS: dict[str, tuple[str, Alter]] = {
    "a day before the last": ("days", with_text(1, "January 2031", "January 2030")),
    "two days": ("days", with_text(0, "· 9 January", "· 10 January")),
    "two near figures": ("distractors", with_line(f"{FIGURES} 1,050 of them left.")),
    "a sentence without its value": ("clear", with_line("Larkin Harbor has no shareholders.")),
    "another capacity": ("budget", with_budget(capacity=620)),
    "a small slot": ("budget", with_budget(slot=30)),
    "fewer questions": ("sizes", with_gold(lambda table: {"questions": table.questions[:-1]})),
    "another value": ("statements", with_gold(other_value)),
    "no question": ("full", asking_nothing),
    "a memo with an answer": ("leaks", telling("noise", "[Memo", "Heard at noon: {value}. [Memo")),
    "an answer in a memo": ("leaks", telling("noise", "]\n", "]\nThey say {value}. ")),
    "a title with an answer": ("leaks", telling("documents", "\n[", "\n[{value} ")),
    "a hint with an answer": ("leaks", telling("documents", "To end", "Note {value}. To end")),
    "an answer beside another name": ("leaks", telling("documents", "]\n", "]\n{name}: {value}. ")),
    "a heading with an answer": ("leaks", telling("documents", " · event", " {value} · event")),
    "a question with an answer": ("leaks", telling("question", "?", ", is it {value}?")),
}


def checks(task: Task) -> set[str]:
    """The checks that the task fails."""
    return set(failed(verification(task)))


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_a_task_is_reported(name: str) -> None:
    check, alter = DEFECTS[name]
    assert check in checks(alter(generated()))


@pytest.mark.parametrize("tier", ["lite", "multi"])
def test_a_sound_task_fails_no_check(tier: str) -> None:
    assert checks(generated(tier=tier)) == set()


def test_figures_further_apart_do_not_mislead() -> None:
    assert "distractors" not in checks(with_line(f"{FIGURES} 1,053 of them left.")(generated()))


def test_a_change_in_the_session_of_its_fact_is_reported() -> None:
    task = generated(tier="multi")
    change = gold(task).changes[0]
    same = change._replace(event=gold(task).events[change.new[:2]])
    altered = replace(task, gold=replace(gold(task), changes=(same, *gold(task).changes[1:])))
    assert "sizes" in checks(altered)


def test_a_missing_limit_is_said_as_such() -> None:
    budget = verification(with_budget(writes=None)(generated()))["budget"]
    assert budget["wrong"] == ["a limit is missing"]


def test_each_message_is_left_out_once_and_counted() -> None:
    table = gold(generated())
    retrievals = tuple(q for q in table.questions if q.kind == "retrieval")
    task = replace(generated(), gold=replace(table, questions=retrievals))
    needs = verification(task)["needs"]
    assert needs["removed"] == needs["needed"] == len(retrievals) > 0


def test_a_task_that_cannot_be_read_fails_with_its_place_and_the_reason() -> None:
    recipe = WorldsSettings("company", 0, "lite")

    class Broken:
        template, seed = "company", 0

        def generate(self) -> Task:
            return asking_nothing(recipe.generate())

    (failure, *_), lines = verify([Broken()], map).failures, verify([recipe], map).summary
    assert failure.startswith("full: company seed 0: error ValueError: q0: the reader finds no")
    assert lines[:3] == ["1 tasks", "check                   ok  failed", lines[2]]
    assert lines[2].split() == ["full", "1", "0", "asked", "10"]
