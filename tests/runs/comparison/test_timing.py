"""What is clocked of a memory, and what becomes of it; never how long anything takes."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from memorygym.core.errors import MemoryFault
from memorygym.core.types import Budget, Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.markdown import Markdown
from memorygym.reports.comparison_report import clock_of, clocked
from memorygym.runs.comparison.memory_specs import TimedMemory
from memorygym.runs.store import Run
from tests.episodes import begin

END = Message("assistant", "")


def timings(folder: Path, *rows: str) -> Run:
    (folder / "timings.jsonl").write_text("\n".join(rows))
    return Run(folder)


@pytest.mark.parametrize("make", [bm25, Markdown])
def test_a_timed_memory_does_what_it_does_untimed(make: Callable[[], Memory]) -> None:
    traces = []
    for memory in (make, lambda: TimedMemory(make(), [])):
        episode = begin("one fact", "other facts", memory=memory, budget=Budget())
        while not episode.done:
            episode.view()
            episode.step(END)
        traces.append([*episode.trace.lines()])
    assert traces[0] == traces[1]


def test_every_view_is_a_step() -> None:
    steps: list[float] = []
    episode = begin("one fact", memory=lambda: TimedMemory(bm25(), steps), budget=Budget())
    for _ in range(3):
        episode.view()
    assert len(steps) == 3 and all(step >= 0 for step in steps)


class Broken(Memory):
    """Cannot compose."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        raise ValueError("no view")


def test_a_timed_memory_fails_under_its_own_name() -> None:
    with pytest.raises(MemoryFault, match=r"memory Broken: compose\(\) raised ValueError: no"):
        begin("one fact", memory=lambda: TimedMemory(Broken(), [])).view()


def test_times_are_found_by_reasoner_system_and_budget(tmp_path: Path) -> None:
    run = timings(
        tmp_path,
        '{"episode": "company+0+strong+pkg%3Amake+500", "memory_ms": [1, 2]}',
        '{"episode": "city+0+strong+pkg%3Amake+500", "memory_ms": [3]}',
        '{"episode": "company+0+org%2Fmodel+full+all", "memory_ms": [4]}',
    )
    assert clocked(run) == {
        ("strong", "pkg:make", 500): [1, 2, 3],
        ("org/model", "full", None): [4],
    }


def test_the_last_time_of_an_episode_played_twice_counts(tmp_path: Path) -> None:
    row = '{"episode": "company+0+strong+bm25+500", "memory_ms": [%d]}'
    run = timings(tmp_path, row % 1, row % 2, '{"episode": "comp')
    assert clocked(run) == {("strong", "bm25", 500): [2]}


def test_a_run_without_clocks_has_none(tmp_path: Path) -> None:
    assert clocked(Run(tmp_path)) == {}


@pytest.mark.parametrize(
    ("steps", "clock"), [([7], (7, 7)), (range(1, 101), (50, 95)), ([2, 1], (1, 2))]
)
def test_a_clock_is_the_median_and_the_95th_percentile(
    steps: Sequence[float], clock: tuple[float, float]
) -> None:
    assert clock_of({"a": steps}) == {"a": clock}
