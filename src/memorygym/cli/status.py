"""Show the progress of runs, whether they are being played, and what to do next."""

import argparse
import json

from memorygym.cli._checks import RUN, given_path
from memorygym.reports.run_status import state_lines, state_of
from memorygym.runs.results import about_run


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("run", nargs="+", type=given_path, metavar="RUN", help=RUN)
    parser.add_argument("--json", action="store_true", help="one JSON object per run")


def run(args: argparse.Namespace) -> int:
    """Prints the state of each run."""
    for folder in args.run:
        about = about_run(folder)
        state = state_of(folder, about)
        text = json.dumps(state, ensure_ascii=False)
        print(text if args.json else "\n".join(state_lines(state, about)))
    return 0
