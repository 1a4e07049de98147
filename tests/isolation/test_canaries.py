"""Episodes that show whether a set-up can be trusted."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from memorygym.core import Memory, Message, Task
from memorygym.isolation.canaries import mixes, returns
from memorygym.memory.bm25 import BM25
from memorygym.memory.full import Full
from memorygym.memory.none import Nothing
from memorygym.models.extractive import write


class Gossip(Memory):
    """Shows every episode what all episodes observed."""

    heard: ClassVar[list[Message]] = []

    def observe(self, new: Sequence[Message]) -> None:
        self.heard.extend(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [message for message in self.heard if message not in live][:2]


def test_a_canary_comes_back_from_whoever_keeps_all(dealt: Callable[..., Task]) -> None:
    task = dealt("company", 0, "lite")
    assert returns(Full, task, write)
    assert not returns(Nothing, task, write)


def test_episodes_that_see_each_other_are_found(dealt: Callable[..., Task]) -> None:
    task = dealt("company", 0, "lite")
    assert mixes(Gossip, task, write)
    assert not any(mixes(make, task, write) for make in (Full, BM25, Nothing))
