"""The entry point: one task a registered track, the solver, the scorer, our agents as models.

`inspect eval memorygym/worlds -T template=company -T tier=lite -T seeds=3 --model openai/NAME`
"""

from collections.abc import Callable
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from memorygym import registry
from memorygym.adapters.inspect_ai.looks import looks
from memorygym.adapters.inspect_ai.playing import PLAY
from memorygym.adapters.inspect_ai.recipes import Recipe, about, chosen_seeds, recipes
from memorygym.adapters.inspect_ai.refusing import refusing
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.adapters.inspect_ai.scoring import AXES
from memorygym.adapters.inspect_ai.scripted import PROVIDER
from memorygym.contract import contract

__all__ = ["AXES", "PLAY", "PROVIDER", "TASKS"]


def task_of(track: str) -> Callable[..., Task]:
    """The task of a track, as Inspect calls it with `-T` arguments."""

    def make(
        template: str | list[str] = "all",
        tier: str = "standard",
        seed: int | None = None,
        seeds: int = 10,
        memory: str = "markdown",
        **more: Any,
    ) -> Task:
        with refusing():
            chosen = chosen_seeds(seed, seeds)
            dealt = recipes(track, template, chosen, str(tier), str(memory), **more)
        return Task(
            dataset=MemoryDataset([_sample(recipe) for recipe in dealt], name=track),
            solver=PLAY(),
            scorer=AXES(),
            version=contract(),
            viewer=looks(),
            metadata=about(dealt[0], contract()),
        )

    make.__name__ = track
    return make


def _sample(recipe: Recipe) -> Sample:
    """The recipe only: the solver deals the task, and truths stay with the scorer."""
    told = f"{recipe.track} · {recipe.template} · seed {recipe.seed} · {recipe.tier}"
    return Sample(input=told, id=recipe.name, metadata=recipe.to_json())


TASKS = {
    track: registered(lambda name: task(name=name), task_of(track), track)
    for track in registry.names("tracks")
}
