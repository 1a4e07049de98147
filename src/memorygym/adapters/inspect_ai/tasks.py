"""The entry point: one task a registered track, the solver, the scorers, our agents as models.

`inspect eval memorygym/worlds -T template=company -T tier=lite -T seeds=3 --model openai/NAME`
"""

from collections.abc import Callable
from typing import Any

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample

from memorygym import registry
from memorygym.adapters.inspect_ai import answers, scoring
from memorygym.adapters.inspect_ai.answers import ANSWERS
from memorygym.adapters.inspect_ai.instances import about as about_instances
from memorygym.adapters.inspect_ai.instances import instances
from memorygym.adapters.inspect_ai.looks import looks
from memorygym.adapters.inspect_ai.playing import PLAY
from memorygym.adapters.inspect_ai.recipes import about, chosen_seeds, recipes
from memorygym.adapters.inspect_ai.refusing import refusing
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.adapters.inspect_ai.sampling import Sampled
from memorygym.adapters.inspect_ai.scoring import AXES
from memorygym.adapters.inspect_ai.scripted import PROVIDER
from memorygym.adapters.inspect_ai.sources import is_dealt
from memorygym.contract import contract

__all__ = ["ANSWERS", "AXES", "PLAY", "PROVIDER", "TASKS"]

WORLDS = "worlds"


def task_of(track: str) -> Callable[..., Task]:
    """The task of a track, as Inspect calls it with `-T` arguments."""
    dealt = worlds_of(track)

    def make(**given: Any) -> Task:
        with refusing():
            if not is_dealt(track):  # Only now is the track's code looked at.
                return dealt(**given)
            found = instances(track, given)
        return Task(
            dataset=MemoryDataset([_sample(one) for one in found], name=track),
            solver=PLAY(),
            scorer=ANSWERS(),
            version=contract(track),
            viewer=looks(track, "answers", answers.SHOWN),
            metadata=about_instances(found[0]),
        )

    made = dealt if track == WORLDS else make
    made.__name__ = track
    return made


def worlds_of(track: str) -> Callable[..., Task]:
    """The task of a track that deals worlds."""

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
            dataset=MemoryDataset([_sample(recipe, recipe.tier) for recipe in dealt], name=track),
            solver=PLAY(),
            scorer=AXES(),
            version=contract(),
            viewer=looks(WORLDS, "axes", scoring.SHOWN),
            metadata=about(dealt[0], contract()),
        )

    return make


def _sample(one: Sampled, *more: str) -> Sample:
    """The recipe only: the solver deals the task, and truths stay with the scorer."""
    told = " · ".join((one.track, one.template, f"seed {one.seed}", *more))
    return Sample(input=told, id=one.name, metadata=one.to_json())


TASKS = {
    track: registered(lambda name: task(name=name), task_of(track), track)
    for track in registry.names("tracks")
}
