"""The state of a run at one moment: how far it is, its scores so far, and what to do next."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from memorygym.core import registry
from memorygym.core.files import is_locked
from memorygym.core.track import version_of
from memorygym.reports.exports import failure_row
from memorygym.reports.stored_runs import readable, scored_traces
from memorygym.reports.table import plain
from memorygym.reports.tables import heading
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.system_specs import UNBOUNDED, role_of
from memorygym.runs.episode_result import ALL, Result
from memorygym.runs.objects import TRUSTED
from memorygym.runs.results import FILE, RunResults, load, plan_of
from memorygym.runs.store import Run, episode_name, name_parts
from memorygym.runs.summary import summaries
from memorygym.stats import NOTHING

HOUR, MINUTE = 3_600, 60
State = Mapping[str, Any]


def state_of(folder: Path, about: Mapping[str, Any]) -> dict[str, Any]:
    """The state of a run, as --json prints it.

    Resuming it plays episodes again that failed or whose traces are damaged.
    """
    places = {place.episode for place in plan_of(folder, about)}
    running, finished = is_locked(folder), (folder / FILE).exists()
    scored, damaged = _ended(Run(folder), places)
    kept = {result.place.episode for result in scored}
    run = load(folder) if finished else None
    failures = run.failures if run else []
    left = len(places) - len(scored)
    finished = finished and not left
    seconds, remaining = _times(Run(folder), left)
    scores = _accuracies(run) if run and run.compared and finished else _composites(scored)
    state = {
        "run": str(folder),
        "version": about["version"],
        "running": running,
        "finished": finished,
        "planned": len(places),
        "ended": len(scored),
        "failed": [failure_row(f) for f in failures if f.place.episode not in kept],
        "left": left,
        "damaged": damaged,
        "seconds": round(seconds, 3),
        "remaining": None if remaining is None else round(remaining, 1),
        "provisional": scores,
    }
    return {**state, "next": list(_next(state, folder, about))}


def _ended(run: Run, places: set[str]) -> tuple[list[Result], list[str]]:
    """The results of the finished episodes of a run, and the errors of its other traces."""
    results: list[Result] = []
    damaged: list[str] = []
    for scored, damage in scored_traces(map(run.trace_path, run.kept), causes=False):
        if scored is None or damage:
            damaged.append(damage)
        elif scored.name != scored.place.episode:
            damaged.append(f"{scored.path}: holds the trace of {scored.place.episode}")
        elif scored.name not in places:
            damaged.append(f"{scored.path}: is no episode of this run")
        else:
            results.append(scored.result)
    return results, damaged


def _accuracies(run: RunResults) -> dict[str, dict[str, Any]]:
    """By system: the accuracy of the comparison's table, which leaves some questions out."""
    return {
        episode_name(
            report.reasoner, row.system, ALL if row.system in UNBOUNDED else report.budget
        ): {"composite": round(accuracy.mean, 6), "tasks": len(row.scores)}
        for report in run.reports
        for row in report.rows
        if row.role != "unlimited" and (accuracy := row["accuracy"])
    }


def _composites(results: Sequence[Result]) -> dict[str, dict[str, Any]]:
    """By agent or system: its composite. Memories with unlimited context are left out."""
    listed = [result for result in results if role_of(result.place.memory) != "unlimited"]
    by_who = {summary.who: summary for summary in summaries(listed)}
    return {
        who: {"composite": round(by_who[who].composite.mean, 6), "tasks": by_who[who].tasks}
        for who in dict.fromkeys(result.place.who for result in listed)
    }


def _times(run: Run, left: int) -> tuple[float, float | None]:
    """Seconds of all episodes together, and a rough time until the run ends."""
    rows = sorted((float(row["ended"]), float(row["seconds"])) for row in run.timings())
    if not rows:
        return 0.0, None
    longest = max(seconds for _, seconds in rows)
    # A gap longer than any episode is a pause between two commands.
    gaps = (min(b[0] - a[0], longest) for a, b in pairwise(rows))
    elapsed = rows[0][1] + sum(gaps)
    return sum(seconds for _, seconds in rows), elapsed * left / len(rows)


def state_lines(state: State, about: Mapping[str, Any]) -> Iterator[str]:
    """The state as text."""
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


def _scores(state: State, recipe: Mapping[str, Any]) -> Iterator[str]:
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
        (name, *(own.get(head, own.get(ALL, NOTHING)) for head in heads), _range(tasks[name]))
        for name, own in cells.items()
    ]
    title = "accuracy by budget, %" if compared else "composite, %"
    title = title if state["finished"] else f"provisional {title}"
    yield from plain([title, *heads, "tasks"], rows).lines()
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


def _next(state: State, path: Path, about: Mapping[str, Any]) -> Iterator[str]:
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
            secret = " --salt SALT" if recipe["salt"] else ""
            yield f"memorygym resume {folder}{secret}{' --data DATA' if recipe['data'] else ''}"
    if state["ended"]:
        yield f"memorygym explain {folder}"
    if state["finished"] and recipe["kind"] == "bench":
        yield f"memorygym leaderboard {folder}"
