"""Say how many tasks a difference needs, and how large a difference the tasks of a run show."""

import argparse
import json
from math import isfinite
from typing import Any

from memorygym.cli._checks import RUN, given_path
from memorygym.core.errors import BadSettings
from memorygym.reports.stored_runs import readable
from memorygym.reports.table import plain, to_rounded_json
from memorygym.reports.terminal import fit
from memorygym.runs.power import sample_sizes
from memorygym.runs.results import load


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("run", nargs="?", type=given_path, metavar="RUN", help=RUN)
    number: dict[str, Any] = {"type": float, "metavar": "X"}
    parser.add_argument("--sd", **number, help="deviation between tasks, in points, without RUN")
    parser.add_argument("--delta", default=3.0, **number, help="points to detect (default: 3)")
    parser.add_argument("--power", default=0.8, **number, help="chance to detect them (0.8)")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Prints the table and returns 0."""
    if (args.run is None) == (args.sd is None):
        raise BadSettings("give either RUN or --sd, the deviation between tasks in points")
    if args.sd is not None and not (args.sd > 0 and isfinite(args.sd)):
        raise BadSettings(f"--sd {args.sd:g}: give points above 0")
    systems = load(args.run).summaries if args.run else []
    try:
        made = [*sample_sizes(systems, args.delta, args.power, args.sd)]
    except ValueError as error:
        raise BadSettings(str(error)) from error
    if args.json:
        print(json.dumps([to_rounded_json(size._asdict()) for size in made], indent=1))
        return 0
    rows = [
        (
            readable(size.compared),
            size.tasks or "",
            f"{size.deviation:.1f}",
            "" if size.detectable is None else f"{size.detectable:.1f}",
            f"{size.needed:,}" if size.deviation else "–",  # They never differ.
        )
        for size in made
    ]
    heads = (
        "two agents",
        "tasks",
        "deviation",
        "these\nshow",
        f"needed for\n{args.delta:g} points",
    )
    note = (
        "In points of the composite, or of accuracy in a comparison of memories; detected with"
        f" {100 * args.power:.0f} % power by a two-sided t test at 5 %. The deviation between tasks"
        " is that of the differences, or of the scores where one agent was measured."
    )
    print(*plain(heads, rows).lines(), "", *fit(note), sep="\n")
    return 0
