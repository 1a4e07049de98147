"""What the tests of the Inspect adapter share: evals without a display, and what bench makes."""

from functools import cache
from pathlib import Path
from typing import Any

from memorygym.runner import Plan, Result, Settings, play_task

AXES = ("composite", "breadth", "maintenance", "reasoning", "efficiency", "abstention")
WARNINGS = (
    "ignore:Exception ignored in.*MemoryObject",
    "ignore:Unclosed .MemoryObject:ResourceWarning",
    "ignore:The 'initial' parameter:DeprecationWarning",
)
"""Those that Inspect's own code gives rise to."""


def evaluate(logs: Path, models: Any, track: str = "worlds", **options: Any) -> list[Any]:
    """The logs of an eval, one a model; task arguments come in `task_args`."""
    from inspect_ai import eval as run

    arguments = {"template": "company", "tier": "lite", "seeds": 1} | options.pop("task_args", {})
    found: list[Any] = run(
        f"memorygym/{track}", model=models, task_args=arguments, display="none",
        log_dir=str(logs), log_realtime=False, **options,
    )  # fmt: skip
    return found


@cache
def benched(agent: str, template: str, seed: int = 0, tier: str = "lite") -> Result:
    """What `bench` makes of an agent, with its trace."""
    return play_task(Settings(template, seed, tier), Plan((agent,), traced=True))[0]


def values(result: Result) -> dict[str, float | None]:
    """The figures of a result, by the names that Inspect shows."""
    score = result.score
    return {"composite": score.composite, **score.axes, "abstention": score.abstention}


def evaluate_track(logs: Path, models: Any, track: str, given: Any, **options: Any) -> list[Any]:
    """The same of a track whose arguments are its own."""
    from inspect_ai import eval as run

    found: list[Any] = run(
        f"memorygym/{track}", model=models, task_args=given, display="none", log_dir=str(logs),
        log_realtime=False, **options,
    )  # fmt: skip
    return found
