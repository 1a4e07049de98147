"""Score stored traces again, or check results files against their traces."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path

from memorygym.cli._checks import add_quiet, given_path
from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.json_types import from_json
from memorygym.core.trace import Trace
from memorygym.core.track import find, version_of
from memorygym.reports.checks import examine
from memorygym.reports.exports import result_row
from memorygym.reports.stored_runs import checked, read_known, readable
from memorygym.reports.tables import ACCURACY, COMPOSITE, questions_text, results_table
from memorygym.reports.terminal import fit, wrapped
from memorygym.runs.episode_result import EpisodeKey, Result, ResultOptions, place_in, result_of
from memorygym.runs.executors import watched
from memorygym.runs.results import schema
from memorygym.runs.store import trace_files
from memorygym.runs.summary import summaries
from memorygym.runs.tasks import Limits

TASK_PARAMETERS = ("template", "seed")
"""Recipes may differ in these within a table; traces that differ elsewhere are not averaged."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A trace with its path and its result."""

    path: Path
    trace: Trace
    damage: str
    result: Result

    @property
    def group(self) -> str:
        """The heading of its table."""
        labels, place = self.trace.labels, self.result.place
        played, now = labels.get("version", "unknown"), version_of(place.track)
        other = "" if played == now else f" (scored by {now})"
        damaged = "DAMAGED TRACES, scored on what could be read: " if self.damage else ""
        memory = f"memory {place.memory}"
        if place.compared:
            memory = f"comparison, {f'{place.budget:,} tokens' if place.budget else 'no budget'}"
        return f"{damaged}version {played}{other}, {', '.join([memory, *_parameters(self.trace)])}"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "files", nargs="*", type=given_path, metavar="FILE",
        help="traces (.jsonl, .jsonl.gz), or the folder of a run or of traces;"
        " with --check the folder of a run",
    )  # fmt: skip
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object per trace, with causes")
    how.add_argument("--verbose", "-v", action="store_true", help="show every question")
    how.add_argument(
        "--check", action="store_true",
        help="check runs: play each again, and compare its traces and measurements",
    )  # fmt: skip
    how.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of a line of measurements"
    )
    add_quiet(parser)


def run(args: argparse.Namespace) -> int:
    """Prints scores; 1 if a run comes out otherwise, 2 if a trace is damaged or cannot be
    scored."""
    if args.schema:
        print(json.dumps(schema(), indent=1, ensure_ascii=False))
        return 0
    if not args.files:
        raise BadSettings("no FILE given: name traces, or a run with --check, or give --schema")
    if args.check:
        return max([_checked(path, quiet=args.quiet) for path in args.files])
    results: list[Scored] = []
    total = damaged = 0
    for scored, damage in _scored(args):
        total += 1
        damaged += bool(damage)
        if damage:
            print(f"memorygym: {damage}", file=sys.stderr)
        if scored:
            results.append(scored)
    if args.json:
        for scored in results:
            row = {"trace": str(scored.path), "damage": scored.damage or None}
            version = str(scored.trace.labels.get("version", "unknown"))
            print(json.dumps({**row, **result_row(scored.result, version)}, ensure_ascii=False))
    else:
        print(f"traces: {total} found, {len(results)} scored, {damaged} damaged")
        _print(results, verbose=args.verbose)
    return 2 if damaged else 0


def _checked(path: Path, *, quiet: bool) -> int:
    """Makes a run again; prints how far it is verified, or each problem."""
    try:
        evidence = examine(path, workers=cpu_count() or 1, quiet=quiet)
        problems = [*evidence.problems]
        found = "; ".join([evidence.standing, *evidence.limits])
    except BadSettings as error:
        problems = [str(error)]
    many = f"{len(problems)} problem{'s' * (len(problems) > 1)}"
    print(wrapped(f"{path}: {many if problems else found}"))
    for problem in problems:
        print(wrapped(problem, "    "))
    return int(bool(problems))


def _print(results: Sequence[Scored], *, verbose: bool) -> None:
    """The tables, after every question if these are asked for."""
    for scored in results if verbose else ():
        print(_questions(scored))
    for title, group in _groups(results).items():
        summed = summaries(scored.result for scored in group)
        head = ACCURACY if group[0].result.place.compared else COMPOSITE
        print("\n" + wrapped(title) + "\n\n" + results_table(summed, head=head))


def _parameters(trace: Trace) -> list[str]:
    """The other parameters of its recipe, as its track names them."""
    known = {*find(trace.track).parameters(), "salted", *Limits.__slots__} - {*TASK_PARAMETERS}
    inner = [value for value in trace.recipe.values() if isinstance(value, Mapping)]
    stated = {name: value for part in (trace.recipe, *inner) for name, value in part.items()}
    shown = {k: v for k, v in stated.items() if k in known and v not in (None, False)}
    return [f"{name} {value}" for name, value in shown.items()]


def _scored(args: argparse.Namespace) -> Iterator[tuple[Scored | None, str]]:
    """Every trace scored as far as it can be, with its error."""
    total = len(trace_files(args.files))
    rows = ([row] for row in read_known(args.files))
    for path, trace, damage in watched(rows, total, quiet=args.quiet):
        if not trace:
            yield None, damage
            continue
        try:
            place = _place(trace)
            result = result_of(place, trace, ResultOptions(causes=args.json))
            yield Scored(path, trace, damage, result), damage
        except BadTrace as error:
            yield None, f"{path}: {error}"


def _place(trace: Trace) -> EpisodeKey:
    """The episode of a trace. Raises BadTrace if its header lacks what a score needs."""
    try:
        from_json(str, trace.labels.get("version", "unknown"), "labels.version")
        return place_in(checked(trace))
    except ValueError as error:
        raise BadTrace(f"the header is damaged ({error})") from error


def _questions(scored: Scored) -> str:
    result = scored.result
    place = result.place
    where = f"{place.template}, seed {place.seed}: {scored.path}"
    title = f"\n== {readable(place.who)} on {where}"
    return "\n".join([*fit(title), *questions_text(scored.trace)])


def _groups(results: Sequence[Scored]) -> dict[str, list[Scored]]:
    """Traces that are averaged together, by heading; of an episode only the first trace counts."""
    groups: dict[str, list[Scored]] = {}
    firsts: dict[tuple[object, ...], Path] = {}
    for scored in results:
        place = scored.result.place
        key = (scored.group, scored.trace.task, place.who, place.repeat)
        if (first := firsts.setdefault(key, scored.path)) is scored.path:
            groups.setdefault(scored.group, []).append(scored)
        else:
            print(
                f"memorygym: {scored.path} repeats {first}; left out of the table", file=sys.stderr
            )
    return groups
