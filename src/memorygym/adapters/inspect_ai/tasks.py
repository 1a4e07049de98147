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
from memorygym.adapters.inspect_ai.looks import looks
from memorygym.adapters.inspect_ai.playing import PLAY
from memorygym.adapters.inspect_ai.recipes import AGENT, Recipe, about, recipes
from memorygym.adapters.inspect_ai.refusing import refusing
from memorygym.adapters.inspect_ai.registering import registered
from memorygym.adapters.inspect_ai.scoring import AXES
from memorygym.adapters.inspect_ai.scripted import PROVIDER
from memorygym.contract import contract
from memorygym.track import find

__all__ = ["ANSWERS", "AXES", "PLAY", "PROVIDER", "TASKS"]


def task_of(track: str) -> Callable[..., Task]:
    """The task of a track, as Inspect calls it with `-T` arguments."""

    def make(**given: Any) -> Task:
        with refusing():  # Only now is the track's code looked at.
            found = recipes(track, given)
            as_agent = found[0].role == AGENT
            shown = scoring.shown(find(track)) if as_agent else answers.SHOWN
        return Task(
            dataset=MemoryDataset([_sample(one) for one in found], name=track),
            solver=PLAY(),
            scorer=AXES() if as_agent else ANSWERS(),
            version=contract(track),
            viewer=looks(track, "axes" if as_agent else "answers", shown),
            metadata=about(found[0]),
        )

    make.__name__ = track
    return make


def _sample(one: Recipe) -> Sample:
    """The recipe only: the solver deals the task, and truths stay with the scorer."""
    return Sample(input=one.told, id=one.name, metadata=one.to_json())


TASKS = {
    track: registered(lambda name: task(name=name), task_of(track), track)
    for track in registry.names("tracks")
}
