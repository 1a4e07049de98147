"""What each system of a comparison sees, and within which budgets."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from memorygym.core import registry
from memorygym.core.types import Budget, Entry, Memory, Message
from memorygym.runs.comparison.memory_specs import memory_of
from memorygym.runs.comparison.system_specs import ComparisonLimits, budget_of, systems
from tests.episodes import begin, generated

LIMITS = ComparisonLimits(500, 900)
END = Message("assistant", "")


def test_the_references_are_always_there_and_naming_one_changes_nothing() -> None:
    rows = [
        system.name
        for system in systems(["bm25", "full", "markdown", "bm25"], ["markdown"], LIMITS)
    ]
    assert rows == [
        "none", "full", "recency", "oracle",
        "bm25", "held:bm25", "markdown+scribe", "held:markdown+scribe",
    ]  # fmt: skip
    assert [system.name for system in systems(["none", "oracle"], [], LIMITS)] == rows[:4]


@pytest.mark.parametrize(
    ("name", "view", "capacity"),
    [
        ("none", None, None),
        ("full", None, None),
        ("recency", 500, 900),
        ("oracle", 500, 900),
        ("bm25", 500, 900),
        ("held:bm25", None, 900),
    ],
)
def test_the_budget_of_a_system(name: str, view: int | None, capacity: int | None) -> None:
    system = next(system for system in systems(["bm25"], [], LIMITS) if system.name == name)
    budget = budget_of(system, generated("company", 0, "lite"), tools=False)
    assert (budget.view, budget.capacity, budget.writes, budget.slot) == (
        view,
        capacity,
        None,
        None,
    )


def test_a_memory_with_tools_keeps_the_writes_of_the_track_and_holds_no_more_than_a_view() -> None:
    task = generated("company", 0, "lite")
    (*_, system, _) = systems(["markdown"], ["markdown"], LIMITS)
    expected = replace(task.budget, view=500, capacity=500)
    assert budget_of(system, task, tools=True) == expected


def test_what_is_held_is_shown_in_full_but_not_twice() -> None:
    (*_, system) = systems(["bm25:top_k=1"], [], LIMITS)
    make = memory_of(
        system, generated("company", 0, "lite"), partial(registry.make, "memory", system.spec)
    )
    episode = begin("one fact", "other facts", "a question", memory=make, budget=Budget())
    for _ in range(2):
        episode.view()
        episode.step(END)
    shown = [message.content for message in episode.view()[1:]]
    assert shown == ["one fact", "other facts", "a question"]


class Noting(Memory):
    """Notes what it is asked, in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def observe(self, new: Sequence[Message]) -> None:
        self.asked.append("observe")

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        self.asked.append(f"compose {budget}")
        return [Message("user", "composed")]

    def dump(self) -> list[Entry]:
        self.asked.append("dump")
        return [Entry("1", "held")]


def test_another_packages_memory_cannot_notice_that_its_whole_content_is_shown() -> None:
    met, contents = [], []
    for system in systems(["their:Memory"], [], LIMITS)[-2:]:
        inner, task = Noting(), generated("company", 0, "lite")
        make = memory_of(system, task, lambda inner=inner: inner, foreign=True)
        episode = begin("a", "b", memory=make, budget=budget_of(system, task, tools=False))
        for _ in range(2):
            contents.append(episode.view()[1].content)
            episode.step(END)
        met.append(inner.asked)
    assert met[0] == met[1] and contents == ["composed", "composed", "held", "held"]
