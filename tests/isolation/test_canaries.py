"""Episodes that show whether a set-up can be trusted."""

from collections.abc import Callable, Sequence

from memorygym.core import Memory, Message, Task
from memorygym.isolation.canaries import mixes, returns
from memorygym.memory.bm25 import BM25
from memorygym.memory.full import Full
from memorygym.memory.none import Nothing
from memorygym.models.extractive import write
from tests.isolation.comparing import gossip


class Echo(Memory):
    """Shows the running event again."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return live


def test_a_canary_comes_back_from_whoever_keeps_all(dealt: Callable[..., Task]) -> None:
    task = dealt("company", 0, "lite")
    assert returns(Full, task, write)
    assert not returns(Nothing, task, write)


def test_episodes_that_see_each_other_are_found(dealt: Callable[..., Task]) -> None:
    task = dealt("company", 0, "lite")
    assert mixes(gossip(), task, write)
    assert not any(mixes(make, task, write) for make in (Full, BM25, Nothing, Echo))
