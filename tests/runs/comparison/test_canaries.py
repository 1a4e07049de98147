"""Episodes that show whether a set-up can be trusted."""

from collections.abc import Sequence
from typing import ClassVar

from memorygym.core.track import TaskOptions, find
from memorygym.core.types import Memory, Message
from memorygym.memories.bm25 import make as bm25
from memorygym.memories.full import Full
from memorygym.memories.none import Nothing
from memorygym.models.extractive import write
from memorygym.runs.comparison.sanity_checks import mixes, returns
from tests.episodes import generated
from tests.runs.comparison.small_runs import gossip


class Listening(Memory):
    """Keeps the messages that it observes where a test can read them."""

    observed: ClassVar[list[str]] = []

    def observe(self, new: Sequence[Message]) -> None:
        self.observed += [message.content for message in new]


class Echo(Memory):
    """Shows the running event again."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return live


def test_a_canary_comes_back_from_whoever_keeps_all() -> None:
    task = generated("company", 0, "lite")
    assert returns(Full, task, write)
    assert not returns(Nothing, task, write)


def test_episodes_that_see_each_other_are_found() -> None:
    task = generated("company", 0, "lite")
    assert mixes(gossip(), task, write)
    assert not any(mixes(make, task, write) for make in (Full, bm25, Nothing, Echo))


def test_canaries_use_the_environment_that_is_played() -> None:
    parameters = {"hops": "2", "tokens": "10k", "mode": "agentic"}
    (recipe,) = find("research").tasks(TaskOptions(range(1), "", parameters))
    task = recipe.generate()
    assert not returns(Listening, task, write)
    texts = "\n".join(Listening.observed)
    assert task.events[0].text in texts and "Nothing was called." in texts
    assert returns(Full, task, write) and not mixes(Full, task, write)
    assert mixes(gossip(), task, write)
