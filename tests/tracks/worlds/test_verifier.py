"""What is wrong with one task is reported by the check that is for it, and nothing else is."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from memorygym.core.types import Task
from memorygym.tracks.worlds.generator.gold import WorldsGold
from memorygym.tracks.worlds.settings import WorldsSettings
from memorygym.tracks.worlds.verifier import verify
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
            if kind != "documents" or place != gold(task).events[question.needs[0].subject]
        )
        name = question.needs[0].subject
        return with_text(place, old, new.format(value=question.truth, name=name))(task)

    return alter


DEFECTS: dict[str, tuple[str, Alter]] = {
    "a day before the last": ("days", with_text(1, "January 2031", "January 2030")),
    "two days": ("days", with_text(0, "· 9 January", "· 10 January")),
    "two near figures": ("misleading", with_line(f"{FIGURES} 1,050 of them left.")),
    "a sentence without its value": ("unclear", with_line("Larkin Harbor has no shareholders.")),
    "another capacity": ("budget", with_budget(capacity=620)),
    "a small slot": ("budget", with_budget(slot=30)),
    "fewer questions": ("sizes", with_gold(lambda table: {"questions": table.questions[:-1]})),
    "another value": ("not stated", with_gold(other_value)),
    "no question": ("not parsed", asking_nothing),
    "a memo with an answer": ("leak", telling("noise", "[Memo", "Heard at noon: {value}. [Memo")),
    "an answer in a memo": ("leak", telling("noise", "]\n", "]\nThey say {value}. ")),
    "a title with an answer": ("leak", telling("documents", "\n[", "\n[{value} ")),
    "a hint with an answer": ("leak", telling("documents", "To end", "Note {value}. To end")),
    "an answer beside another name": ("leak", telling("documents", "]\n", "]\n{name}: {value}. ")),
    "a heading with an answer": ("leak", telling("documents", " · event", " {value} · event")),
    "a question with an answer": ("leak", telling("question", "?", ", is it {value}?")),
}


def checks(task: Task, tier: str = "lite") -> set[str]:
    """The checks that the task fails."""
    return {failure.check for failure in verify(WorldsSettings("company", 0, tier), task).failures}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_of_a_task_is_reported(name: str) -> None:
    check, alter = DEFECTS[name]
    assert check in checks(alter(generated()))


@pytest.mark.parametrize("tier", ["lite", "multi"])
def test_a_sound_task_fails_no_check(tier: str) -> None:
    assert checks(generated(tier=tier), tier) == set()


def test_figures_further_apart_do_not_mislead() -> None:
    assert "misleading" not in checks(with_line(f"{FIGURES} 1,053 of them left.")(generated()))


def test_a_change_in_the_session_of_its_fact_is_reported() -> None:
    task = generated(tier="multi")
    change = gold(task).changes[0]
    same = change._replace(event=gold(task).events[change.new.subject])
    altered = replace(task, gold=replace(gold(task), changes=(same, *gold(task).changes[1:])))
    assert "same session" in checks(altered, "multi")


def test_a_missing_limit_is_said_as_such() -> None:
    task = with_budget(writes=None)(generated())
    found = verify(WorldsSettings("company", 0, "lite"), task).failures
    assert ("budget", "a limit is missing") in {
        (failure.check, failure.detail) for failure in found
    }


def test_each_message_is_left_out_once_and_counted() -> None:
    counts = verify(WorldsSettings("company", 0, "lite"), generated()).counts
    asked = counts["retrieval", "asked"]
    assert counts["retrieval", "removals"] == counts["retrieval", "needed"] == asked != 0
    assert sum(n for (_, column), n in counts.items() if column == "careless") > 0
