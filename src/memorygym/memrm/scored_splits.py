"""A judge's answers to a split or to a user's file, and the figures of them."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.datasets._chat import ignore
from memorygym.memrm.build import read
from memorygym.memrm.compactions import family
from memorygym.memrm.evaluation import evaluation
from memorygym.memrm.model import RewardModel
from memorygym.memrm.openings import FINAL, log_opening
from memorygym.memrm.recipes import TaskRecipes, replayed
from memorygym.memrm.reward_rows import any_row
from memorygym.memrm.rows import REQUIRED, missing_fields, read_rows
from memorygym.memrm.scored_rows import ScoredSplit, joined, score
from memorygym.memrm.settings import NAMES, EvaluateSettings
from memorygym.runs.executors import over_processes, watched


def evaluated(
    judge: RewardModel,
    settings: EvaluateSettings,
    note: Callable[[str], None],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """The figures of the splits or the file that is named, by title.

    `note` is told of the rows that are left out, `tell` of the openings of final splits. Raises
    BadSettings.
    """
    splits: dict[str, Any] = {}
    for name in FINAL if settings.split == "all" else [settings.split]:
        title, scored = scored_split(judge, name, settings, note)
        splits[title] = evaluation(judge, scored, title)
        if title in FINAL and name in NAMES:
            about = {"split": title, "mode": scored.mode, "model": judge.hash, "data": scored.data}
            tell(log_opening(about))
        for reason, many in scored.left_out.items():
            note(f"{many} rows left out: {reason}")
    return splits


def scored_split(
    judge: RewardModel, name: str, settings: EvaluateSettings, note: Callable[[str], None]
) -> tuple[str, ScoredSplit]:
    """The title of a split or file, and its rows with the judge's answers. Raises BadSettings."""
    mode = settings.mode
    if title := NAMES.get(name):
        function = partial(_scored_task, judge, mode or "blind", _rates(settings.events))
        tasks = read(settings.events, (title,))
        parts = over_processes(function, tasks, settings.processes)
        return title, joined(watched(([part] for part in parts), len(tasks), quiet=settings.quiet))
    path = Path(name)
    if not path.is_file():
        raise BadSettings(
            f"--split {name}: no such split or file; choose from {', '.join([*NAMES, 'all'])}, or"
            " give a file of JSON lines"
        )
    if mode is None:
        first = next(read_rows(path, any_row, ignore), None)
        mode = next((m for m in REQUIRED if first and not missing_fields(first, m)), "blind")
    stem = path.name.removesuffix(".gz").rpartition(".")[0] or path.name
    return stem, score(judge, read_rows(path, any_row, note), mode)


def _rates(events: Path | None) -> dict[str, float]:
    """The share of HARMFUL rows of each strategy in the train split, and of all of it."""
    harmful: dict[str, list[bool]] = {"": []}
    for task in read(events, ("train",)):
        for recipe in task.recipes:
            for name in ("", family(recipe.memory, recipe.edits)):
                harmful.setdefault(name, []).append(bool(recipe.lost))
    return {name: sum(labels) / len(labels) for name, labels in harmful.items() if labels}


def _scored_task(
    judge: RewardModel, mode: str, rates: Mapping[str, float], task: TaskRecipes
) -> ScoredSplit:
    events = replayed([task], actions=mode in ("recorded", "pair"))
    return score(judge, (event.compaction for event in events), mode, rates)
