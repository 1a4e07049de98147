"""How `inspect view` shows our logs unless its user chose otherwise: the axes in the first view."""

from inspect_ai.viewer import (
    SampleScoreView,
    ScoreColorScale,
    TaskSamplesColumn,
    TaskSamplesView,
    ViewerConfig,
)

from memorygym.scoring import WEIGHTS

SCORER = "axes"
SHOWN = ("composite", *WEIGHTS, "abstention")


def looks() -> ViewerConfig:
    """One line a world; a colour goes from 0 to 1, whatever was reached."""
    built_in = ("sampleStatus", "sampleId", "epoch", "answer")
    columns = [TaskSamplesColumn(id=name) for name in built_in]
    columns += [TaskSamplesColumn.score(SCORER, name) for name in SHOWN]
    columns += [TaskSamplesColumn(id=name) for name in ("tokens", "duration", "error", "limit")]
    scale = ScoreColorScale(palette="good-high", min=0, max=1)
    return ViewerConfig(
        sample_score_view=SampleScoreView(default="grid"),
        task_samples_view=TaskSamplesView(
            name="worlds",
            columns=columns,
            multiline=False,
            score_color_scales=dict.fromkeys(SHOWN, scale),
            color_scales_enabled=True,
        ),
    )
