"""The entry point: one task a registered track, the solver, the scorers, our agents as models.

`inspect eval memorygym/worlds -T template=company -T tier=lite -T seeds=3 --model openai/NAME`
"""

from collections.abc import Callable, Sequence
from typing import Any

from inspect_ai import Task, task, viewer
from inspect_ai.dataset import MemoryDataset, Sample

from memorygym.adapters.inspect_ai.recipes import AGENT, about, recipes
from memorygym.adapters.inspect_ai.registry_names import refusing, registered
from memorygym.adapters.inspect_ai.scorers import ANSWERS, AXES, SHOWN, shown
from memorygym.adapters.inspect_ai.scripted_models import PROVIDER
from memorygym.adapters.inspect_ai.solver import PLAY
from memorygym.core import registry
from memorygym.core.track import find
from memorygym.runs.version import version_hash

__all__ = ["ANSWERS", "AXES", "PLAY", "PROVIDER", "TASKS"]


def task_of(track: str) -> Callable[..., Task]:
    """The task of a track, as Inspect calls it with `-T` arguments."""

    def make(**given: Any) -> Task:
        with refusing():  # Only now is the track's code looked at.
            found = recipes(track, given)
            as_agent = found[0].role == AGENT
            figures = shown(find(track)) if as_agent else SHOWN
        # The recipes only: the solver deals the tasks, and truths stay with the scorer.
        samples = [Sample(input=one.told, id=one.name, metadata=one.to_json()) for one in found]
        return Task(
            dataset=MemoryDataset(samples, name=track),
            solver=PLAY(),
            scorer=AXES() if as_agent else ANSWERS(),
            version=version_hash(track),
            viewer=_looks(track, "axes" if as_agent else "answers", figures),
            metadata=about(found[0]),
        )

    make.__name__ = track
    return make


def _looks(tasks: str, scorer: str, figures: Sequence[str]) -> viewer.ViewerConfig:
    """How `inspect view` shows our logs unless its user chose otherwise: one line a task, all
    figures at first sight; a colour goes from 0 to 1, whatever was reached."""
    column = viewer.TaskSamplesColumn
    columns = [column(id=name) for name in ("sampleStatus", "sampleId", "epoch", "answer")]
    columns += [column.score(scorer, name) for name in figures]
    columns += [column(id=name) for name in ("tokens", "duration", "error", "limit")]
    scale = viewer.ScoreColorScale(palette="good-high", min=0, max=1)
    return viewer.ViewerConfig(
        sample_score_view=viewer.SampleScoreView(default="grid"),
        task_samples_view=viewer.TaskSamplesView(
            name=tasks,
            columns=columns,
            multiline=False,
            score_color_scales=dict.fromkeys(figures, scale),
            color_scales_enabled=True,
        ),
    )


TASKS = {
    track: registered(lambda name: task(name=name), task_of(track), track)
    for track in registry.names("tracks")
}
