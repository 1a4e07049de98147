"""Compare two runs question by question; regressions come first."""

import argparse
import json
import sys

from memorygym.cli._checks import given_path
from memorygym.reports import run_difference as difference
from memorygym.runs.results import load, source_note

SHOWN = 10
"""Questions of a list without --verbose."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    before = "before: the folder of a finished run"
    parser.add_argument("a", type=given_path, metavar="A", help=before)
    parser.add_argument("b", type=given_path, metavar="B", help="now: the same")
    agent = "only this agent; of comparisons REASONER+MEMORY+BUDGET (default: the memories)"
    parser.add_argument("--agent", metavar="AGENT", help=agent)
    parser.add_argument("--memory", metavar="MEMORY", help="of comparisons: only this memory")
    fail = "exit 1 if any question became wrong (default: if a composite is significantly lower)"
    parser.add_argument("--fail-on-regression", action="store_true", help=fail)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--verbose", "-v", action="store_true", help="show every changed question")
    how.add_argument("--json", action="store_true", help="one JSON object per agent")


def run(args: argparse.Namespace) -> int:
    """Prints the changes; returns 1 if B is worse, 2 if a trace is damaged or was edited."""
    before, now = load(args.a), load(args.b)
    every = difference.differences(now, before)
    pairs = difference.chosen(every, args.agent, args.memory, compared=now.compared)
    a, b = difference.Questions(before), difference.Questions(now)
    if args.json:
        for pair in pairs:
            print(json.dumps(difference.difference_row(pair), ensure_ascii=False))
    else:
        most = None if args.verbose else SHOWN
        texts = ["\n".join(difference.difference_lines(pair, a, b, most)) for pair in pairs]
        print("\n\n".join(filter(None, [*texts, source_note([before, now])])))
    for error in [*a.damaged.values(), *b.damaged.values()]:
        print(f"memorygym: {error}; `memorygym score --check` gives the details", file=sys.stderr)
    if a.damaged or b.damaged:
        return 2
    regressed = args.fail_on_regression and any(pair.regressed for pair in pairs)
    return int(regressed or any(pair.worse for pair in pairs))
