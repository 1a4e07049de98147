"""What the tests of the Inspect adapter share: evals without a display, and what bench makes."""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from memorygym.core.track import TaskOptions
from memorygym.models.model import Model
from memorygym.runs.comparison.memory_specs import plug_all
from memorygym.runs.comparison.run import Comparison
from memorygym.runs.comparison.system_specs import ComparisonLimits
from memorygym.runs.episode_result import Played
from memorygym.runs.evaluation import Evaluation
from memorygym.runs.metrics import Measurement
from memorygym.runs.model_roles import ModelRoles
from memorygym.runs.results import perform as bench
from memorygym.runs.tasks import Tasks, generated

AXES = ("composite", "breadth", "maintenance", "reasoning", "efficiency", "correct_refusals")
WARNINGS = (
    "ignore:Exception ignored in.*MemoryObject",
    "ignore:Exception ignored in.*_SelectorTransport",
    "ignore:Unclosed .MemoryObject:ResourceWarning",
    "ignore:unclosed transport:ResourceWarning",
    "ignore:The 'initial' parameter:DeprecationWarning",
)
"""Warnings of Inspect's own code."""


def evaluate(logs: Path, models: Any, track: str = "worlds", **options: Any) -> list[Any]:
    """The logs of an eval, one a model; task arguments come in `task_args`."""
    from inspect_ai import eval as run

    arguments = {"template": "company", "tier": "lite", "seeds": 1} | options.pop("task_args", {})
    logs_of_models: list[Any] = run(
        f"memorygym/{track}", model=models, task_args=arguments, display="none",
        log_dir=str(logs), log_realtime=False, **options,
    )  # fmt: skip
    return logs_of_models


@cache
def benched(agent: str, template: str, seed: int = 0, tier: str = "lite") -> Played:
    """What `bench` makes of an agent, with its trace."""
    parameters = {"template": template, "tier": tier}
    tasks = generated("worlds", TaskOptions(range(seed, seed + 1), parameters=parameters))
    run = bench(Evaluation(tasks=tasks, agents=(agent,)), traced=True)
    (result,) = run.results
    return Played(result, trace=run.traces[result.place.episode])


def values(result: Played) -> dict[str, float | None]:
    """The figures of a result, by the names that Inspect shows."""
    score = result.result.score
    return {"composite": score.composite, **score.axes, "correct_refusals": score.correct_refusals}


def played(logs: Path, model: Any, track: str, arguments: Mapping[str, Any], **options: Any) -> Any:
    """The log of an eval of a track whose arguments are its own; it must end with `status`."""
    from inspect_ai import eval as run

    status = options.pop("status", "success")
    (log,) = run(
        f"memorygym/{track}", model=model, task_args={**arguments}, display="none",
        log_dir=str(logs), log_realtime=False, **options,
    )  # fmt: skip
    assert log.status == status, log.error
    return log


def compared(
    tasks: Tasks,
    memory: str,
    budget: int,
    reasoner: str = "strong",
    model: Model | None = None,
) -> list[Measurement]:
    """The measurements of `compare` for every system on these tasks; a `model` is the reasoner."""
    model_roles = ModelRoles({reasoner: model} if model else {})
    memories = plug_all([memory])
    asked = Comparison(tasks, memories, [ComparisonLimits(budget)], (reasoner,), model_roles)
    return bench(asked).measured


def environment(*paths: Path) -> dict[str, str]:
    """Of a process that also finds what lies there."""
    return {**os.environ, "PYTHONPATH": ":".join(map(str, paths))}
