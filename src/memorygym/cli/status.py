"""Show the progress of runs, whether they are being played, and what to do next."""

import argparse
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.cli._checks import given_path
from memorygym.cli._task_options import PARAMETERS, WORLDS
from memorygym.core import registry
from memorygym.core.files import is_locked
from memorygym.core.track import find
from memorygym.reports.stored_runs import about_run, read_played, readable
from memorygym.reports.tables import ACCURACY, COMPOSITE, heading
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.system_specs import REFERENCES, named
from memorygym.runs.episode_result import score_of
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.results_file import read_results
from memorygym.runs.results.summary import Row, by_task, by_who
from memorygym.runs.store import Run
from memorygym.runs.version import version_hash
from memorygym.scoring.episode_scores import outcomes

HOUR, MINUTE = 3_600, 60
Recipe = Mapping[str, Any]
"""The recipe in run.json."""
Option = tuple[str, Any]
"""An option and its value; None and False leave it out."""


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
    state = {
        "run": str(folder), "version_hash": about["version_hash"], "running": running,
        "finished": not left and results, "planned": len(places), "ended": len(rows),
        "failed": [row for row in failures if row["episode"] not in kept], "left": left,
        "damaged": damaged, "seconds": seconds, "remaining": remaining,
        "provisional": _composites(rows),
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


def _composites(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """By agent or system: the mean over tasks; of a task the mean over its repeats."""
    scores = {agent: by_task(group, "composite") for agent, group in by_who(rows).items()}
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
        kind = COMPOSITE if about["recipe"]["kind"] == "bench" else ACCURACY
        kind = kind if state["finished"] else f"provisional {kind} of the finished episodes"
        scores = (
            f"{readable(agent)} {100 * figures['composite']:.1f} ({figures['tasks']}"
            f" task{'s' * (figures['tasks'] != 1)})"
            for agent, figures in state["provisional"].items()
        )
        yield from fit(f"{kind}: {', '.join(scores)}")
    for failure in state["failed"]:
        yield from fit(
            f"failed: {readable(failure['episode'])}, {failure['kind']}: {failure['error']}"
        )
    for damage in state["damaged"]:
        yield from fit(f"damaged: {damage}")
    for command in state["next"]:
        yield f"next: {command}"


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
        if about["version_hash"] != (now := version_hash(recipe["track"])):
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


def command_of(recipe: Recipe, folder: Path) -> list[str]:
    """The command that plays the rest of a run. A secret or the path of a file, which run.json does
    not keep, is written in capitals: replace it."""
    words = ["memorygym", recipe["kind"]]
    for name, value in (_bench if recipe["kind"] == "bench" else _compare)(recipe, folder):
        if value is True:
            words.append(name)
        elif value is not None and value is not False:
            words += [name, *(map(str, value) if isinstance(value, list) else [str(value)])]
    return words


def _bench(recipe: Recipe, folder: Path) -> Iterator[Option]:
    yield "-o", folder
    yield from _tasks(recipe)
    if recipe["models"]:
        asked = next(iter(recipe["models"].values()))
        yield "--model", recipe["agents"]
        yield from _sampling(recipe)
        yield "--tools", asked["tool_mode"] if asked["tool_mode"] != "auto" else None
        yield "--keep-reasoning", asked["reasoning"] == "kept"
        yield from _judge(recipe)
    elif recipe["agents"] != list(agents_of(find(recipe["track"]))):
        yield "--agent", recipe["agents"]
    yield from _sizes(recipe)
    yield from ((f"--{name}", recipe[name]) for name in ("turns", "patience", "capacity"))
    yield "--salt", recipe["salt"] and "SALT"
    yield "--memory", recipe["memory"] if recipe["memory"] != "markdown" else None
    yield "--repeats", recipe["repeats"] if recipe["repeats"] > 1 else None


def _compare(recipe: Recipe, folder: Path) -> Iterator[Option]:
    reasoners, writer = ",".join(recipe["reasoners"]), recipe["memory_model"]
    yield "-o", folder
    yield "--memory", ",".join(named(recipe) or REFERENCES[:1])
    yield "--budget", ",".join(map(str, recipe["budgets"]))
    yield from _tasks(recipe)
    yield from _sizes(recipe)
    yield "--reasoner", reasoners if reasoners != "strong" else None
    yield "--memory-model", writer and _spec(writer)
    yield from _sampling(recipe)
    yield from _judge(recipe)
    yield "--capacity", recipe["capacity"]
    yield "--salt", recipe["salt"] and "SALT"


def _tasks(recipe: Recipe) -> Iterator[Option]:
    """The tasks, without the parameters of the track worlds other than tier and template."""
    parameters, seeds = recipe["parameters"], recipe["seeds"]
    if recipe["data"]:
        yield "--data", "DATA"
        # Of files, --seed counts the tasks; all are played unless the recipe says where they begin.
        first, many = recipe["data"].get("from"), len(recipe["data"]["tasks"])
        seeds = [] if first is None else list(range(first, first + many))
    elif recipe["track"] == WORLDS:
        yield "--tier", parameters["tier"]
        yield "-t", parameters.get("template")
    else:
        stated = "".join(f":{name}={value}" for name, value in parameters.items())
        spec = registry.remembered_specs().get(("tracks", recipe["track"]), recipe["track"])
        yield "--track", f"{spec}{stated}"
    many = len(seeds)
    yield ("--seeds", many or None) if seeds == list(range(many)) else ("--seed", seeds)


def _sizes(recipe: Recipe) -> Iterator[Option]:
    """The other parameters of the track worlds."""
    for name in PARAMETERS[2:] if recipe["track"] == WORLDS else ():
        yield f"--{name}", recipe["parameters"].get(name)


def _sampling(recipe: Recipe) -> Iterator[Option]:
    """The sampling options, which are the same for all models."""
    asked: Recipe = next(iter(recipe["models"].values()), recipe["memory_model"]) or {}
    yield "--temperature", asked.get("temperature")
    yield "--max-tokens", asked.get("max_tokens")
    yield "--model-seed", asked.get("seed")


def _judge(recipe: Recipe) -> Iterator[Option]:
    if judge := recipe["judge"]:
        yield from (("--judge", _spec(asked)) for asked in judge["models"])
        yield "--judge-prompt", judge["prompt"]


def _spec(asked: Recipe) -> str:
    """A model as it is named on the command line."""
    return f"{asked['provider']}:{asked['name']}"
