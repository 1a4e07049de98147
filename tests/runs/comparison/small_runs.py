"""A comparison in this process, small enough to be played in every test."""

from collections.abc import Callable, Sequence
from pathlib import Path

from memorygym.core.track import TaskOptions, TaskRecipe
from memorygym.core.types import Memory, Message
from memorygym.runs.comparison.memory_specs import MemorySpec, plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.system_specs import ComparisonLimits
from memorygym.runs.engine import Runner
from memorygym.runs.episode_result import Failure, Result
from memorygym.runs.metrics import Measurement
from memorygym.runs.store import Run
from memorygym.runs.tasks import Tasks, generated


def world(salt: str = "") -> Tasks:
    """One small world, from a secret salt if one is given."""
    parameters = {"template": "company", "tier": "lite"}
    return generated("worlds", TaskOptions(range(1), salt, parameters))


WORLD = world()


def comparison(
    *specs: str, budgets: Sequence[int] = (500,), tasks: Tasks = WORLD, **made: MemorySpec
) -> Comparison:
    """The references and these memories, with the strong reasoner; `made` are memories by spec."""
    memories = {**plug_all(specs), **made}
    return Comparison(tasks, memories, [ComparisonLimits(budget) for budget in budgets])


def play(
    asked: Comparison, recipe: TaskRecipe = WORLD.recipes[0], folder: Path | None = None
) -> list[Result | Failure]:
    """Every arm on one task, kept in a folder if one is given."""
    run = Run(folder) if folder else None
    players = tuple(asked.players(asked.model_roles))
    return Runner(asked.tasks.track, players, run, asked.job().wanted).play_unit((recipe, 0))


def measured(found: Sequence[Result | Failure]) -> list[Measurement]:
    """What the episodes that ended tell."""
    return [one.measured for one in found if isinstance(one, Result) and one.measured]


class Gossip(Memory):
    """Shows what all who share its list observed."""

    def __init__(self, heard: list[Message]) -> None:
        self.heard = heard

    def observe(self, new: Sequence[Message]) -> None:
        self.heard.extend(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return [message for message in self.heard if message not in live][:2]


def gossip() -> Callable[[], Memory]:
    """Makes memories that tell each other all, and nothing to those of another call."""
    heard: list[Message] = []
    return lambda: Gossip(heard)
