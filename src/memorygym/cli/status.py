"""Show the progress of runs, whether they are being played, and what to do next."""

import argparse
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from memorygym.cli._checks import given_path
from memorygym.cli._recipe_command import Recipe, command_of
from memorygym.core import registry
from memorygym.core.files import is_locked
from memorygym.core.track import version_of
from memorygym.reports.comparison_report import DOCUMENT
from memorygym.reports.stored_runs import about_run, read_played, readable
from memorygym.reports.tables import ACCURACY, COMPOSITE, heading
from memorygym.reports.terminal import fit, table
from memorygym.runs.comparison.system_specs import UNBOUNDED, role_of
from memorygym.runs.episode_result import ALL, score_of
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.results_file import read_json, read_results
from memorygym.runs.results.summary import Row, by_task, by_who
from memorygym.runs.store import Run, episode_name, name_parts
from memorygym.scoring.episode_scores import outcomes
from memorygym.stats import NOTHING

HOUR, MINUTE = 3_600, 60


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", nargs="+", type=given_path, metavar="RUN",
        help="the folder of a run (bench -o, compare -o)",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object per run")


def run(args: argparse.Namespace) -> int:
    """Prints the state of each run."""
    for folder in args.run:
        about = about_run(folder)
        state = _state(folder, about)
        if args.json:
            print(json.dumps(_rounded(state), ensure_ascii=False))
        else:
            print("\n".join(_lines(state, about)))
    return 0


def _state(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a run at one moment, as --json prints it.

    The same command plays episodes again that failed or whose traces are damaged.
    """
    running = is_locked(folder)
    places = {place.episode for place in planned(about["recipe"])}
    rows, damaged = _ended(Run(folder), places)
    kept = {row["episode"] for row in rows}
    left = len(places) - len(rows)
    results = (folder / "results.json").exists()
    failures = read_results(folder)["failures"] if results else ()
    seconds, remaining = _times(folder, left)
    compared = about["recipe"]["kind"] == "compare"
    finished = not left and results
    scores = _accuracies(folder) if compared and finished else _composites(rows)
    state = {
        "run": str(folder), "version": about["version"], "running": running,
        "finished": finished, "planned": len(places), "ended": len(rows),
        "failed": [row for row in failures if row["episode"] not in kept], "left": left,
        "damaged": damaged, "seconds": seconds, "remaining": remaining,
        "provisional": scores,
    }  # fmt: skip
    return {**state, "next": list(_next(state, folder, about))}


def _ended(run: Run, places: set[str]) -> tuple[list[Row], list[str]]:
    """The finished episodes of a run, and the errors of its other traces."""
    rows: list[Row] = []
    damaged: list[str] = []
    for played, damage in read_played(map(run.trace_path, run.kept)):
        if played is None:
            damaged.append(damage)
        elif played.name != played.place.episode:
            damaged.append(f"{played.path}: holds the trace of {played.place.episode}")
        elif played.name not in places:
            damaged.append(f"{played.path}: is no episode of this run")
        else:
            scored = score_of(played.trace, outcomes(played.trace))
            rows.append({**played.place.to_json(), "composite": scored.composite})
    return rows, damaged


def _accuracies(folder: Path) -> dict[str, dict[str, Any]]:
    """By system: the accuracy of the comparison's table, which leaves some questions out."""
    document: Any = read_json(folder / DOCUMENT)
    return {
        episode_name(report["reasoner"], row["system"], _budget(row["system"], report)): {
            "composite": accuracy["mean"], "tasks": row["tasks"]
        }
        for report in document["reports"]
        for row in report["rows"]
        if row["role"] != "unlimited" and (accuracy := row["figures"]["accuracy"])
    }  # fmt: skip


def _budget(system: str, report: Mapping[str, Any]) -> object:
    return ALL if system in UNBOUNDED else report["budget"]


def _composites(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """By agent or system: the mean over tasks; of a task the mean over its repeats. Memories with
    unlimited context are left out."""
    shown = (row for row in rows if role_of(row["memory"]) != "unlimited")
    scores = {agent: by_task(group, "composite") for agent, group in by_who(shown).items()}
    return {
        agent: {"composite": sum(tasks.values()) / len(tasks), "tasks": len(tasks)}
        for agent, tasks in scores.items()
    }


def _rounded(state: Mapping[str, Any]) -> dict[str, Any]:
    remaining = state["remaining"]
    return {
        **state,
        "seconds": round(state["seconds"], 3),
        "remaining": None if remaining is None else round(remaining, 1),
        "provisional": {
            agent: {**figures, "composite": round(figures["composite"], 6)}
            for agent, figures in state["provisional"].items()
        },
    }


def _times(folder: Path, left: int) -> tuple[float, float | None]:
    """Seconds of all episodes together, and a rough time until the run ends."""
    rows = sorted((float(row["ended"]), float(row["seconds"])) for row in Run(folder).timings())
    if not rows:
        return 0.0, None
    longest = max(seconds for _, seconds in rows)
    # A gap longer than any episode is a pause between two commands.
    gaps = (min(b[0] - a[0], longest) for a, b in pairwise(rows))
    elapsed = rows[0][1] + sum(gaps)
    return sum(seconds for _, seconds in rows), elapsed * left / len(rows)


def _lines(state: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[str]:
    now = "being played now" if state["running"] else "not being played"
    yield f"{state['run']}: {'finished' if state['finished'] else now}"
    yield from fit(heading(about))
    yield (
        f"{state['planned']} episodes planned: {state['ended']} ended, {len(state['failed'])}"
        f" failed, {state['left']} left to play"
    )
    if state["ended"]:
        time = f"episodes took {_span(state['seconds'])} together"
        if state["left"] and state["remaining"] is not None:
            time += f"; about {_span(state['remaining'])} left at that pace"
        yield time
        yield from ["", *_scores(state, about["recipe"]), ""]
    for failure in state["failed"]:
        yield from fit(
            f"failed: {readable(failure['episode'])}, {failure['kind']}: {failure['error']}"
        )
    for damage in state["damaged"]:
        yield from fit(f"damaged: {damage}")
    for command in state["next"]:
        yield f"next: {command}"


def _scores(state: Mapping[str, Any], recipe: Recipe) -> Iterator[str]:
    """A row per agent; of a comparison a row per system and a column per budget."""
    compared = recipe["kind"] == "compare"
    cells: dict[str, dict[str, str]] = {}
    tasks: dict[str, list[int]] = {}
    for who, figures in state["provisional"].items():
        reasoner, system, budget = name_parts(who) if compared else ("", readable(who), "mean")
        name = f"{reasoner}, {system}" if compared and len(recipe["reasoners"]) > 1 else system
        cells.setdefault(name, {})[budget] = f"{100 * figures['composite']:.1f}"
        tasks.setdefault(name, []).append(figures["tasks"])
    heads = [*map(str, recipe["budgets"])] if compared else ["mean"]
    rows = [
        (name, [*(own.get(head, own.get(ALL, NOTHING)) for head in heads), _range(tasks[name])])
        for name, own in cells.items()
    ]
    title = f"{ACCURACY} by budget, %" if compared else f"{COMPOSITE}, %"
    title = title if state["finished"] else f"provisional {title}"
    yield from table(title, [*heads, "tasks"], rows)
    if compared and not state["finished"]:
        yield from fit("compare will leave out questions whose facts exceed the budget.")


def _range(counts: Sequence[int]) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else f"{low}–{high}"


def _span(seconds: float) -> str:
    """
    >>> _span(4.31), _span(75), _span(7300)
    ('4.3 s', '1 min 15 s', '2 h 1 min')
    """
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min {seconds % MINUTE:.0f} s"
    return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:.0f} min"


def _next(state: Mapping[str, Any], path: Path, about: Mapping[str, Any]) -> Iterator[str]:
    """Commands that finish the run, or show it."""
    folder, recipe = shlex.quote(str(path)), about["recipe"]
    if spec := registry.remembered_specs().get(("tracks", recipe["track"])):
        folder = f"{folder} --plug {shlex.quote(spec)}"
    if not state["running"] and not state["finished"]:
        if about["version"] != (now := version_of(recipe["track"])):
            yield f"no command resumes it: this version of the code plays {now}"
        elif objects := recipe.get(TRUSTED):
            call = "evaluate" if recipe["kind"] == "bench" else "compare"
            call_text = f"memorygym.{call}(…, output={str(path)!r}) with {', '.join(objects)}"
            yield f"in Python, the same call again: {call_text}"
        else:
            yield shlex.join(command_of(recipe, path))
    if state["ended"]:
        yield f"memorygym explain {folder}"
    if state["finished"] and recipe["kind"] == "bench":
        yield f"memorygym leaderboard {folder}"
