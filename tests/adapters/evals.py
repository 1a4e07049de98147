"""What the tests of the Inspect adapter share: evals without a display, and what bench makes."""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.models.model import Model
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.episode_result import Played, ResultOptions
from memorygym.runs.metrics import Measurement
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import perform
from memorygym.runs.settings import CompareSettings
from memorygym.runs.tasks import Tasks
from memorygym.tracks.worlds.settings import WorldsSettings
from tests.episodes import results_of

AXES = ("composite", "breadth", "maintenance", "reasoning", "efficiency", "correct_refusals")
WARNINGS = (
    "ignore:Exception ignored in.*MemoryObject",
    "ignore:Exception ignored in.*_SelectorTransport",
    "ignore:Unclosed .MemoryObject:ResourceWarning",
    "ignore:unclosed transport:ResourceWarning",
    "ignore:The 'initial' parameter:DeprecationWarning",
)
"""Warnings of Inspect's own code."""
LITE = {"template": "company", "tier": "lite", "seeds": 1}
"""One small task of worlds."""
RESEARCH = {"hops": ["2", "4"], "tokens": "10k", "seeds": 4}
"""Tasks of research, as Inspect reads them from `-T`."""
GIVEN = {"worlds": LITE, "research": RESEARCH}
TRACE = "memorygym_trace"
"""The key of a sample's store that holds its trace."""


def evaluate(logs: Path, models: Any, task: str = "worlds", **options: Any) -> list[Any]:
    """The logs of an eval, one a model; task arguments come in `task_args`."""
    from inspect_ai import eval as run

    quiet = {"display": "none", "log_dir": str(logs), "log_realtime": False}
    logs_of_models: list[Any] = run(f"memorygym/{task}", model=models, **quiet, **options)
    return logs_of_models


def played(
    logs: Path,
    model: Any,
    track: str = "worlds",
    arguments: Mapping[str, Any] = LITE,
    **options: Any,
) -> Any:
    """The log of an eval of a track; it must end with `status`."""
    status = options.pop("status", "success")
    (log,) = evaluate(logs, model, track, task_args={**arguments}, **options)
    assert log.status == status, log.error
    return log


def records(log: Any) -> list[dict[str, Any]]:
    """The lines of the first sample's trace."""
    return [json.loads(line) for line in log.samples[0].store[TRACE]]


@cache
def benched(agent: str, template: str, seed: int = 0, tier: str = "lite") -> Played:
    """What `bench` makes of an agent, with its trace."""
    recipe = WorldsSettings(template, seed, tier)
    (result,) = results_of(recipe, [agent], ResultOptions(traced=True))
    assert isinstance(result, Played)
    return result


def values(result: Played) -> dict[str, float | None]:
    """The figures of a result, by the names that Inspect shows."""
    score = result.result.score
    return {"composite": score.composite, **score.axes, "correct_refusals": score.correct_refusals}


def compared(
    tasks: Tasks, memory: str, budget: int, reasoner: str = "strong", model: Model | None = None
) -> list[Measurement]:
    """The measurements of `compare` for every system on these tasks; a `model` is the reasoner."""
    model_roles = ModelRoles({reasoner: model} if model else {})
    settings = CompareSettings(budget=budget, reasoner=reasoner)
    return perform(
        Comparison(tasks, plug_all([memory]), settings, model_roles=model_roles)
    ).measured


def means(log: Any) -> dict[str, float]:
    """The mean of every figure of a log."""
    scores = (score for score in log.results.scores if "mean" in score.metrics)
    return {score.name: score.metrics["mean"].value for score in scores}


def package(folder: Path, name: str, track: str) -> None:
    """Installs a package into the folder that registers a track."""
    info = folder / f"{name}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (info / "entry_points.txt").write_text(f"[memorygym.tracks]\n{name} = {track}\n")


def environment(*paths: Path) -> dict[str, str]:
    """Of a process that also finds what lies there."""
    return {**os.environ, "PYTHONPATH": ":".join(map(str, paths))}
