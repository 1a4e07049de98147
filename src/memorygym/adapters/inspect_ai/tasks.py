"""The entry point: one task for each track, the solver, the scorers, scripted agents as models.

`inspect eval memorygym/worlds -T template=company -T tier=lite -T seeds=3 --model openai/NAME`
"""

from collections.abc import Callable, Sequence
from typing import Any

from inspect_ai import Task, task, viewer
from inspect_ai.dataset import MemoryDataset, Sample

from memorygym.adapters.inspect_ai.recipes import AGENT, about, recipes
from memorygym.adapters.inspect_ai.registry_names import refusing, registered
from memorygym.adapters.inspect_ai.scorers import ANSWERS, AXES, shown, shown_of_answers
from memorygym.adapters.inspect_ai.solver import PLAY, PROVIDER
from memorygym.core import registry
from memorygym.core.json_types import parts_of
from memorygym.core.track import find, version_of

__all__ = ["ANSWERS", "AXES", "PLAY", "PROVIDER", "TASKS"]


def task_of(track: str) -> Callable[..., Task]:
    """The task of a track, as Inspect calls it with `-T` arguments."""

    def make(**arguments: Any) -> Task:
        with refusing():  # The track is loaded only now.
            samples = recipes(track, arguments)
            as_agent = samples[0].role == AGENT
            figures = (shown if as_agent else shown_of_answers)(find(track))
        # Recipes only: the solver generates the tasks, and truths stay with the scorer.
        dataset = [
            Sample(input=recipe.description, id=recipe.name, metadata=parts_of(recipe))
            for recipe in samples
        ]
        return Task(
            dataset=MemoryDataset(dataset, name=track),
            solver=PLAY(),
            scorer=AXES() if as_agent else ANSWERS(),
            version=version_of(track),
            viewer=_viewer_config(track, "axes" if as_agent else "answers", figures),
            metadata=about(samples[0]),
        )

    make.__name__ = track
    return make


def _viewer_config(tasks: str, scorer: str, figures: Sequence[str]) -> viewer.ViewerConfig:
    """The default layout of `inspect view`: one line for each task with all figures, and colours
    from 0 to 1."""
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
