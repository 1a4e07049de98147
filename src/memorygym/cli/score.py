"""Score stored traces again, or check runs by playing them again."""

import argparse
import json
import sys
from collections.abc import Sequence
from os import cpu_count
from pathlib import Path

from memorygym.cli._checks import given_path
from memorygym.cli._settings import add_options
from memorygym.core.errors import BadSettings
from memorygym.reports.checks import examine
from memorygym.reports.exports import result_row
from memorygym.reports.stored_runs import Scored, grouped, readable, scored_traces
from memorygym.reports.tables import questions_text, results_table
from memorygym.reports.terminal import fit, wrapped
from memorygym.runs.executors import watched
from memorygym.runs.results import schema
from memorygym.runs.settings import TaskSettings
from memorygym.runs.store import trace_files
from memorygym.runs.summary import summaries


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    files = (
        "traces (.jsonl, .jsonl.gz), or the folder of a run or of traces; with --check the folder"
        " of a run"
    )
    parser.add_argument("files", nargs="*", type=given_path, metavar="FILE", help=files)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object per trace, with causes")
    how.add_argument("--verbose", "-v", action="store_true", help="show every question")
    check = "check runs: play each again, and compare its traces and measurements"
    how.add_argument("--check", action="store_true", help=check)
    lines = "print the JSON Schema of a line of measurements"
    how.add_argument("--schema", action="store_true", help=lines)
    add_options(parser, TaskSettings, "quiet")


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
    traces: list[Scored] = []
    total, damaged = len(trace_files(args.files)), 0
    rows = ([row] for row in scored_traces(args.files, causes=args.json))
    for scored, damage in watched(rows, total, quiet=args.quiet):
        traces += [scored] if scored else []
        if damage:
            damaged += 1
            print(f"memorygym: {damage}", file=sys.stderr)
    if args.json:
        for scored in traces:
            row = {"trace": str(scored.path), "damage": scored.damage or None}
            row |= result_row(scored.result, scored.version)
            print(json.dumps(row, ensure_ascii=False))
    else:
        print(f"traces: {total} found, {len(traces)} scored, {damaged} damaged")
        _print(traces, verbose=args.verbose)
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


def _print(traces: Sequence[Scored], *, verbose: bool) -> None:
    """The tables, after every question if these are asked for."""
    for scored in traces if verbose else ():
        place = scored.result.place
        where = f"{place.template}, seed {place.seed}: {scored.path}"
        title = f"\n== {readable(place.who)} on {where}"
        print("\n".join([*fit(title), *questions_text(scored.trace)]))
    groups, notes = grouped(traces)
    for note in notes:
        print(f"memorygym: {note}", file=sys.stderr)
    for title, group in groups.items():
        summed = summaries(scored.result for scored in group)
        print("\n" + wrapped(title) + "\n\n" + results_table(summed))
