"""Tell how far runs are, whether they are being played, and what to do next."""

import argparse
import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from memorygym import registry
from memorygym.commands._command import command_of
from memorygym.commands._run import about_run, read_played
from memorygym.contract import contract
from memorygym.core import JSON
from memorygym.disk import is_locked
from memorygym.page import fit
from memorygym.results.consistency import planned
from memorygym.results.file import read_results
from memorygym.results.summary import Row, by_who, by_world
from memorygym.runs.folder import Run
from memorygym.runs.results import score_of
from memorygym.scoring import outcomes
from memorygym.tables import ACCURACY, COMPOSITE, heading

HOUR, MINUTE = 3_600, 60


@dataclass(frozen=True, slots=True)
class State:
    """How far a run is, as its folder tells at one moment."""

    path: Path
    about: Mapping[str, Any]
    running: bool
    planned: int
    ended: int
    failures: Sequence[Mapping[str, Any]]
    """Of episodes that failed when they were last played; the same command tries them again."""
    damaged: Sequence[str]
    """What is wrong with traces; the same command plays these episodes again."""
    composites: Mapping[str, tuple[float, int]]
    """By agent or system: the composite of what ended, and its worlds."""
    seconds: float
    """Of all episodes together."""
    remaining: float | None
    """Seconds until the run ends, roughly; None before the first episode ended."""

    @property
    def left(self) -> int:
        """Episodes still to play."""
        return self.planned - self.ended

    @property
    def finished(self) -> bool:
        """Whether there is nothing left to play, and its results are written."""
        return not self.left and (self.path / "results.json").exists()

    def to_json(self) -> dict[str, JSON]:
        """As --json prints it; composites as shares."""
        return {
            "run": str(self.path), "contract": self.about["contract"], "running": self.running,
            "finished": self.finished, "planned": self.planned, "ended": self.ended,
            "failed": [dict(failure) for failure in self.failures], "left": self.left,
            "damaged": list(self.damaged), "seconds": round(self.seconds, 3),
            "remaining": None if self.remaining is None else round(self.remaining, 1),
            "provisional": {
                agent: {"composite": round(mean, 6), "worlds": worlds}
                for agent, (mean, worlds) in self.composites.items()
            },
            "next": list(_next(self)),
        }  # fmt: skip


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("run", nargs="+", type=Path, metavar="RUN", help="the folder of a run")
    parser.add_argument("--json", action="store_true", help="one JSON object a run")


def run(args: argparse.Namespace) -> int:
    """Prints the state of each run."""
    for state in map(_state, args.run):
        if args.json:
            print(json.dumps(state.to_json(), ensure_ascii=False))
        else:
            print("\n".join(_lines(state)))
    return 0


def _state(folder: Path) -> State:
    found, about = Run(folder), about_run(folder)
    running = is_locked(folder)
    places = {place.episode for place in planned(about["recipe"])}
    rows: list[Row] = []
    damaged: list[str] = []
    for played, damage in read_played(map(found.trace_path, found.kept)):
        if played is None:
            damaged.append(damage)
        elif played.path != found.trace_path(played.place.episode):
            damaged.append(f"{played.path}: holds the trace of {played.place.episode}")
        elif played.place.episode not in places:
            damaged.append(f"{played.path}: is no episode of this run")
        else:
            scored = score_of(played.trace, outcomes(played.trace))
            rows.append({**played.place.to_json(), "composite": scored.composite})
    kept = {row["episode"] for row in rows}
    seconds, remaining = _times(folder, len(places) - len(rows))
    return State(
        path=folder,
        about=about,
        running=running,
        planned=len(places),
        ended=len(rows),
        failures=[one for one in _failures(folder) if one["episode"] not in kept],
        damaged=damaged,
        composites=_composites(rows),
        seconds=seconds,
        remaining=remaining,
    )


def _failures(folder: Path) -> Sequence[Mapping[str, Any]]:
    """Of the last time that the run came to its end."""
    if not (folder / "results.json").exists():
        return ()
    found: Sequence[Mapping[str, Any]] = read_results(folder)["failures"]
    return found


def _composites(rows: Sequence[Row]) -> dict[str, tuple[float, int]]:
    """The mean over worlds, of which each is the mean over its repeats."""
    found = {agent: by_world(group, "composite") for agent, group in by_who(rows).items()}
    return {agent: (sum(each.values()) / len(each), len(each)) for agent, each in found.items()}


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


def _lines(state: State) -> Iterator[str]:
    now = "being played now" if state.running else "not being played"
    yield f"{state.path}: {'finished' if state.finished else now}"
    yield from fit(heading(state.about))
    yield (
        f"{state.planned} episodes planned: {state.ended} ended, {len(state.failures)} failed,"
        f" {state.left} left to play"
    )
    if state.ended:
        time = f"episodes took {_span(state.seconds)} together"
        if state.left and state.remaining is not None:
            time += f"; about {_span(state.remaining)} left at that pace"
        yield time
        kind = COMPOSITE if state.about["recipe"]["kind"] == "bench" else ACCURACY
        kind = kind if state.finished else f"provisional {kind} of what ended"
        told = (f"{agent} {100 * mean:.1f} ({worlds} {'world' if worlds == 1 else 'worlds'})"
                for agent, (mean, worlds) in state.composites.items())  # fmt: skip
        yield from fit(f"{kind}: {', '.join(told)}")
    for failure in state.failures:
        yield from fit(f"failed: {failure['episode']}, {failure['kind']}: {failure['error']}")
    for damage in state.damaged:
        yield from fit(f"damaged: {damage}")
    for command in _next(state):
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


def _next(state: State) -> Iterator[str]:
    """Commands that finish the run, or look at it."""
    folder, recipe = shlex.quote(str(state.path)), state.about["recipe"]
    if spec := registry.given().get(("tracks", recipe["track"])):
        folder = f"{folder} --plug {shlex.quote(spec)}"
    if not state.running and not state.finished:
        if state.about["contract"] != (now := contract(recipe["track"])):
            yield f"none goes on: this version plays {now}, another contract"
        else:
            yield shlex.join(command_of(recipe, state.path))
    if state.ended:
        yield f"memorygym failures {folder}"
    if state.finished and recipe["kind"] == "bench":
        yield f"memorygym leaderboard {folder}"
