"""How `inspect view` shows our logs unless its user chose otherwise: all figures at first sight."""

from collections.abc import Sequence

from inspect_ai.viewer import (
    SampleScoreView,
    ScoreColorScale,
    TaskSamplesColumn,
    TaskSamplesView,
    ViewerConfig,
)


def looks(tasks: str, scorer: str, shown: Sequence[str]) -> ViewerConfig:
    """One line a task; a colour goes from 0 to 1, whatever was reached."""
    built_in = ("sampleStatus", "sampleId", "epoch", "answer")
    columns = [TaskSamplesColumn(id=name) for name in built_in]
    columns += [TaskSamplesColumn.score(scorer, name) for name in shown]
    columns += [TaskSamplesColumn(id=name) for name in ("tokens", "duration", "error", "limit")]
    scale = ScoreColorScale(palette="good-high", min=0, max=1)
    return ViewerConfig(
        sample_score_view=SampleScoreView(default="grid"),
        task_samples_view=TaskSamplesView(
            name=tasks,
            columns=columns,
            multiline=False,
            score_color_scales=dict.fromkeys(shown, scale),
            color_scales_enabled=True,
        ),
    )
