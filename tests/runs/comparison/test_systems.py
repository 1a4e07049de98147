"""The systems of a comparison: how their memories are made, what they see, and what is clocked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from memorygym.core.episode import Episode
from memorygym.core.errors import MemoryFault
from memorygym.core.types import Budget, Entry, Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.markdown import Markdown
from memorygym.runs.comparison.memory_specs import TimedMemory, memory_of, plug, plug_all
from memorygym.runs.comparison.system_specs import ComparisonLimits, MemorySpec, budget_of, systems
from memorygym.runs.episode_result import Played
from memorygym.runs.objects import SOURCES, identities
from tests.episodes import begin, generated
from tests.reports.own_parts import Broken
from tests.runs.comparison.small_runs import comparison, play

LIMITS = ComparisonLimits(500, 900)
FREE = {"writes": None, "slot": None}
REFERENCES = ["none", "full", "recency", "oracle"]
NOTES = "from memorygym.core.types import Memory\nclass Notes(Memory):\n    pass\n"


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of somebody else's memory `notes:Notes`."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "notes.py"
    path.write_text(NOTES)
    return path


def test_the_references_are_always_there_and_each_spec_once() -> None:
    memory_specs = plug_all(["bm25", "full", "bm25", "markdown"])
    assert [*memory_specs] == [*REFERENCES, "bm25", "markdown"]
    assert [spec for spec, memory in memory_specs.items() if memory.tools] == ["markdown"]
    rows = [system.name for system in systems(memory_specs, LIMITS)]
    own = ["bm25", "held:bm25", "markdown+writer", "held:markdown+writer"]
    assert rows == [*REFERENCES, *own]
    assert [system.name for system in systems(plug_all([]), LIMITS)] == REFERENCES


def test_controls_are_the_memories_that_may_ask_a_model() -> None:
    specs = ["bm25", "naive", "simplemem-lite", "markdown", "tests.memories.attackers:Mirror"]
    asked = comparison(*specs)
    controlled = replace(asked, settings=replace(asked.settings, controls=True))
    names = [system.name for system in controlled.systems() if system.role == "control"]
    # One from outside may hide from a probe that it asks.
    assert names == [f"muted:{specs[n]}" for n in (1, 2, 4)]
    assert not [system for system in asked.systems() if system.role == "control"]


def test_the_model_of_a_control_writes_nothing() -> None:
    asked = comparison("llm_summarizing")
    asked = replace(asked, settings=replace(asked.settings, controls=True))
    calls = {
        measured.system: (measured.ingest.calls + measured.query.calls, measured.empty)
        for played in play(asked)
        if isinstance(played, Played) and (measured := played.result.measured)
    }
    assert calls["llm_summarizing"][0] > calls["llm_summarizing"][1] == 0
    assert calls["muted:llm_summarizing"][0] == calls["muted:llm_summarizing"][1] > 0


@pytest.mark.parametrize("spec", ["notes:Notes", "add_search:notes:Notes"])
def test_the_identity_of_another_packages_memory_is_its_file(outside: Path, spec: str) -> None:
    assert identities([("tracks", "worlds"), ("memory", "bm25:top_k=3")], []) == {}
    before = identities([("memory", spec)], [])
    assert [*before[SOURCES]] == [spec]
    outside.write_text(f"{NOTES}# changed")
    assert identities([("memory", spec)], []) != before


def test_a_memory_of_another_package_is_made_in_its_own_process(outside: Path) -> None:
    memory, own = plug("notes:Notes"), plug("bm25:top_k=3")
    assert memory.foreign and not memory.tools and not own.foreign
    assert type(memory.make()).__name__ == "Remote"
    first, second = own.make(), own.make()
    assert first is not second and vars(first)["top_k"] == vars(second)["top_k"] == 3


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("none", {"view": None, "capacity": None, **FREE}),
        ("full", {"view": None, "capacity": None, **FREE}),
        ("recency", {"view": 500, "capacity": 900, **FREE}),
        ("oracle", {"view": 500, "capacity": 900, **FREE}),
        ("bm25", {"view": 500, "capacity": 900, **FREE}),
        ("held:bm25", {"view": None, "capacity": 900, **FREE}),
        # It keeps the writes of the track, and holds no more than a view.
        ("markdown+writer", {"view": 500, "capacity": 500}),
    ],
)
def test_the_budget_of_a_system(name: str, changes: dict[str, Any]) -> None:
    rows = {row.name: row for row in systems(plug_all(["bm25", "markdown"]), LIMITS)}
    task = generated("company", 0, "lite")
    assert budget_of(rows[name], task) == replace(task.budget, **changes)


def contexts(episode: Episode) -> list[list[str]]:
    """What each event of an episode shows, without the instructions."""
    shown = []
    while not episode.done:
        shown.append([message.content for message in episode.view()[1:]])
        episode.step(Message("assistant", ""))
    return shown


def test_what_is_held_is_shown_in_full_but_not_twice() -> None:
    (*_, system) = systems(plug_all(["bm25:top_k=1"]), LIMITS)
    make = memory_of(system, generated("company", 0, "lite"))
    texts = ("one fact", "other facts", "a question")
    assert contexts(begin(*texts, memory=make, budget=Budget()))[-1] == [*texts]


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
    met, shown, task = [], [], generated("company", 0, "lite")
    for row in (-2, -1):
        inner = Noting()
        theirs = MemorySpec(lambda inner=inner: inner, tools=False, foreign=True)
        system = systems({**plug_all([]), "their:Memory": theirs}, LIMITS)[row]
        make, budget = memory_of(system, task), budget_of(system, task)
        shown += [texts[0] for texts in contexts(begin("a", "b", memory=make, budget=budget))]
        met.append(inner.asked)
    assert met[0] == met[1] and shown == ["composed", "composed", "held", "held"]


@pytest.mark.parametrize("make", [bm25, Markdown])
def test_a_timed_memory_does_what_it_does_untimed_and_every_view_is_a_step(
    make: Callable[[], Memory],
) -> None:
    steps: list[float] = []
    timed = begin("a fact", "facts", memory=lambda: TimedMemory(make(), steps), budget=Budget())
    untimed = begin("a fact", "facts", memory=make, budget=Budget())
    assert contexts(timed) == contexts(untimed)
    assert [*timed.trace.lines()] == [*untimed.trace.lines()]
    assert len(steps) == 2 and all(step >= 0 for step in steps)


def test_a_timed_memory_fails_under_its_own_name() -> None:
    with pytest.raises(MemoryFault, match=r"memory Broken: compose\(\) raised KeyError: 'lost'"):
        begin("one fact", memory=lambda: TimedMemory(Broken(), [])).view()
