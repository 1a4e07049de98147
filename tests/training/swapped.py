"""A track like worlds whose tasks carry the gold table of another task: only answers differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from memorygym.core.track import TaskOptions, TaskRecipe, find
from memorygym.core.types import Task

WORLDS = find("worlds")


@dataclass(frozen=True)
class Swapped:
    """The recipe of a task with other answers."""

    recipe: TaskRecipe
    template: str
    seed: int

    def generate(self) -> Task:
        task = self.recipe.generate()
        (other,) = WORLDS.tasks(TaskOptions(range(7, 8), "", {"template": "city", "tier": "lite"}))
        return replace(task, track="swapped", gold=other.generate().gold)


def tasks(options: TaskOptions) -> Sequence[TaskRecipe]:
    return [Swapped(task, task.template, task.seed) for task in WORLDS.tasks(options)]


TRACK = replace(WORLDS, name="swapped", tasks=tasks)
