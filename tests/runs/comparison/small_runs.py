"""A comparison in this process, small enough to be played in every test."""

from collections.abc import Callable, Sequence
from pathlib import Path

from memorygym.core.track import TaskRecipe
from memorygym.core.types import Memory, Message
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.system_specs import MemorySpec
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, Played, ResultOptions
from memorygym.runs.metrics import Measurement
from memorygym.runs.settings import CompareSettings
from memorygym.runs.store import Run
from memorygym.runs.tasks import Tasks
from tests.episodes import worlds

WORLD = worlds()
"""One small task."""


def comparison(
    *specs: str, budgets: Sequence[int] = (500,), tasks: Tasks = WORLD, **memory_specs: MemorySpec
) -> Comparison:
    """The references and these memories, with the strong reasoner; and `memory_specs` by name."""
    memories = {**plug_all(specs), **memory_specs}
    return Comparison(tasks, memories, CompareSettings(budget=budgets))


def play(
    asked: Comparison, recipe: TaskRecipe = WORLD.recipes[0], folder: Path | None = None
) -> list[Played | Failure]:
    """A run of every system on one task, kept in the folder, if any."""
    run = Run(folder) if folder else None
    players = tuple(asked.players(asked.model_roles))
    wanted = asked.options(ResultOptions())
    return Runner(asked.tasks.track, players, run, wanted).play_unit((recipe, 0))


def measured(outcomes: Sequence[Played | Failure]) -> list[Measurement]:
    """The measurements of the episodes that ended."""
    return [
        outcome.result.measured
        for outcome in outcomes
        if isinstance(outcome, Played) and outcome.result.measured
    ]


class Gossip(Memory):
    """Shows what all who share its list observed."""

    def __init__(self, messages: list[Message]) -> None:
        self.messages = messages

    def observe(self, new: Sequence[Message]) -> None:
        self.messages.extend(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [message for message in self.messages if message not in live][:2]


def gossip() -> Callable[[], Memory]:
    """A factory of memories that share all messages, but nothing with those of another call."""
    messages: list[Message] = []
    return lambda: Gossip(messages)
