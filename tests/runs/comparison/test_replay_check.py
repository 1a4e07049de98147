"""A copy of a memory is rebuilt from its dump once an episode, unnoticed, and must act alike."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import count

import pytest

from memorygym.core import registry
from memorygym.core.episode import Episode, play
from memorygym.core.errors import MemoryFault
from memorygym.core.trace import Trace
from memorygym.core.types import Entry, Memory, Message, Task, Writer
from memorygym.models import extractive
from memorygym.runs.comparison.replay_check import Remembered, play_rebuilt
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.reasoners import note_taker, strong
from tests.episodes import generated
from tests.memories.attackers import Mirror


class Actor(Mirror):
    """Dumps what it hides only where nobody plays with it: as it is dumped twice in an event."""

    dumped = 0

    def observe(self, new: Sequence[Message]) -> None:
        super().observe(new)
        self.dumped = 0

    def dump(self) -> list[Entry]:
        self.dumped += 1
        return [Entry(str(i), t) for i, t in enumerate(self._all)] if self.dumped > 1 else []


def played(task: Task, make: Callable[[], Memory], writer: Writer = extractive.write) -> Trace:
    writer = Remembered(writer)
    episode = Episode(WorldsEnv(replace(task, gold=None)), make, writer=writer)
    policy = note_taker(strong(task), task)
    return play_rebuilt(episode, policy, task, make, "theirs", writer.again)


@pytest.mark.parametrize("memory", [Mirror, Actor])
def test_a_memory_that_holds_more_than_it_dumps_is_found_in_play(
    memory: Callable[[], Memory],
) -> None:
    with pytest.raises(MemoryFault, match="in worlds company, seed 0, after") as caught:
        played(generated("company", 0, "lite"), memory)
    assert "for dump() returned no entry at event" in str(caught.value)
    assert "rebuild in restore() what is derived from it" in str(caught.value)


@pytest.mark.parametrize("spec", ["bm25", "llm_summarizing", "amem-lite", "markdown", "none"])
def test_the_replay_check_changes_nothing_for_a_memory_with_a_complete_dump(spec: str) -> None:
    task, make = generated("company", 0, "lite"), partial(registry.make, "memory", spec)
    alone = Episode(WorldsEnv(replace(task, gold=None)), make, writer=extractive.write)
    assert [*played(task, make).lines()] == [*play(alone, note_taker(strong(task), task)).lines()]


@pytest.mark.parametrize("spec", ["llm_summarizing", "amem-lite"])
def test_the_replay_check_holds_though_a_providers_replies_vary(spec: str) -> None:
    numbers = count()

    def vary(task: str, text: str, most: int) -> str:
        return f"{extractive.write(task, text, most)} {next(numbers)}"

    played(generated("company", 0, "lite"), partial(registry.make, "memory", spec), vary)
