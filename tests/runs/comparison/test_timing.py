"""What is clocked of a memory, and what becomes of it; never how long anything takes."""

from collections.abc import Callable, Sequence

import pytest

from memorygym.core.errors import MemoryFault
from memorygym.core.types import Budget, Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.markdown import Markdown
from memorygym.runs.comparison.memory_specs import TimedMemory
from tests.episodes import begin

END = Message("assistant", "")


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
