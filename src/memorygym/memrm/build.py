"""`memorygym rm build`: the file of compaction events, made again from seeds to the same bytes."""

import gzip
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from time import monotonic
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON
from memorygym.memrm.balance import chosen
from memorygym.memrm.compactions import family
from memorygym.memrm.events import CandidateEvent, MinedTask, mine
from memorygym.memrm.played import TaskSource
from memorygym.memrm.recipes import TaskRecipes, joint_digest, recipe_of, recipe_row
from memorygym.memrm.splits import SEEN, UNSEEN, MiningJob, jobs, plan
from memorygym.runs.executors import over_processes, watched
from memorygym.runs.objects import source_hash

FORMAT = "memorygym-memrm-events-1"
FROZEN = files("memorygym.memrm").joinpath("data", "events.jsonl.gz")
"""The events that ship."""


@dataclass(slots=True)
class BuildReport:
    """What a build made."""

    events: int = 0
    tasks: int = 0
    dropped: int = 0
    """Tasks whose control did not reach every goal."""
    too_small: int = 0
    """Tasks that their track could not make with these parameters."""
    seconds: float = 0.0
    safe: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    """By "split", "split track", "strategy" and "reason": how many are SAFE, and how many there
    are, by name."""

    def to_json(self) -> dict[str, JSON]:
        """As JSON."""
        return {
            "events": self.events,
            "tasks": self.tasks,
            "dropped_controls": self.dropped,
            "too_small": self.too_small,
            "seconds": round(self.seconds, 1),
            "safe": {
                kind: {name: [*pair] for name, pair in sorted(rows.items())}
                for kind, rows in self.safe.items()
            },
        }


def build(
    path: Path,
    *,
    seen: Sequence[str] = SEEN,
    unseen: Sequence[str] = UNSEEN,
    scale: float = 1.0,
    workers: int = 1,
    quiet: bool = True,
) -> BuildReport:
    """Mines, labels, balances and writes the events of all splits to a file of recipes.

    `seen` are the tracks of training, `unseen` those of scenario-OOD alone; a track that this
    package does not know takes part with its default tasks. Mined tasks are kept beside the file,
    in *.mined, so that the same command of the same code goes on where it was stopped.
    Raises BadSettings or UnknownPart.
    """
    start, sizes = monotonic(), plan(seen, unseen, scale)
    planned = [job for (split, track), size in sizes.items() for job in jobs(split, track, size)]
    kept = path.with_name(f"{path.name}.{source_hash()}.mined")
    mined = _mined(kept, planned, workers, quiet=quiet)
    states = Counter(task.state for task in mined)
    report = BuildReport(dropped=states["dropped"], too_small=states["too small"])
    tasks: list[TaskRecipes] = []
    splits: dict[str, str] = {}
    for (split, track), size in sizes.items():
        own = [t for t in mined if (t.job.split, t.job.source.track) == (split, track)]
        if not any(task.candidates for task in own):
            raise BadSettings(f"{track}: none of its {len(own)} tasks for {split} gave an event")
        for task, picked in zip(own, chosen(own, size, f"{split} {track}"), strict=True):
            if picked:
                _check_apart(splits, split, picked)
                recipes = tuple(candidate.recipe for candidate in picked)
                joint = joint_digest(candidate.digest for candidate in picked)
                tasks.append(TaskRecipes(split, task.job.source, recipes, joint))
    write(path, tasks)
    _count(report, tasks)
    report.seconds = monotonic() - start
    return report


def _check_apart(splits: dict[str, str], split: str, picked: Sequence[CandidateEvent]) -> None:
    """Raises BadSettings if a text, whatever its punctuation, is in two splits."""
    for candidate in picked:
        if (other := splits.setdefault(candidate.content, split)) != split:
            raise BadSettings(
                f"an event of {split} has the words of one of {other}: give other seeds or sizes"
            )


def _mined(
    path: Path, planned: Sequence[MiningJob], workers: int, *, quiet: bool
) -> list[MinedTask]:
    """The mined tasks, in order; those that a stopped build left in the file are kept."""
    text = path.read_text("utf-8") if path.exists() else ""
    whole = text[: text.rfind("\n") + 1]  # A killed build may have left part of a line.
    done = {task.job: task for task in map(_task_of, whole.splitlines())}
    rest = [job for job in planned if job not in done]
    with path.open("w", encoding="utf-8") as file:
        file.write(whole)
        results = ([task] for task in over_processes(mine, rest, workers))
        for task in watched(results, len(rest), quiet=quiet):
            file.write(canonical(_line_of(task)) + "\n")
            file.flush()
            done[task.job] = task
    return [done[job] for job in planned]


def _line_of(task: MinedTask) -> Any:
    source, own = task.job.source, task.candidates
    rows = [[recipe_row(c.recipe), c.ratio, c.digest, c.content] for c in own]
    named = [task.job.split, source.track, dict(source.parameters), source.seed]
    return [*named, task.state, rows]


def _task_of(line: str) -> MinedTask:
    split, track, parameters, seed, state, rows = json.loads(line)
    candidates = tuple(CandidateEvent(recipe_of(row), *rest) for row, *rest in rows)
    job = MiningJob(split, TaskSource(track, tuple(parameters.items()), seed))
    return MinedTask(job, state, candidates)


def write(path: Path, tasks: Sequence[TaskRecipes]) -> None:
    """Writes a file of recipes; the same recipes give the same bytes."""
    lines = [canonical({"format": FORMAT, "tasks": len(tasks)})]
    lines += [canonical(task.to_json()) for task in tasks]
    text = "".join(f"{line}\n" for line in lines)
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def read(path: Path | None = None, splits: Sequence[str] = ()) -> list[TaskRecipes]:
    """The tasks of a file, by default the one that ships, and of some splits, by default all.

    Raises BadSettings if it is no such file.
    """
    data = (path or FROZEN).read_bytes()
    try:
        header, *rows = map(json.loads, gzip.decompress(data).decode().splitlines())
        if header["format"] != FORMAT or header["tasks"] != len(rows):
            raise ValueError(f"its header is {header}, it has {len(rows)} tasks")
        tasks = [TaskRecipes.from_json(row) for row in rows]
    except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
        raise BadSettings(
            f"{path or FROZEN} is no file of events ({error}); make one with memorygym rm build"
        ) from error
    return [task for task in tasks if not splits or task.split in splits]


def _count(report: BuildReport, tasks: Sequence[TaskRecipes]) -> None:
    counts: dict[str, Counter[str]] = {}
    for task in tasks:
        for recipe in task.recipes:
            names = {
                "split": task.split,
                "split and track": f"{task.split} {task.source.track}",
                "strategy": family(recipe.memory, recipe.edits),
                "reason": recipe.reason or "safe",
            }
            for kind, name in names.items():
                count = counts.setdefault(kind, Counter())
                count[f"{name}"] += 1
                count[f"{name}\0safe"] += not recipe.lost
    report.events, report.tasks = sum(len(task.recipes) for task in tasks), len(tasks)
    report.safe = {
        kind: {n: (count[f"{n}\0safe"], count[n]) for n in count if "\0" not in n}
        for kind, count in counts.items()
    }
