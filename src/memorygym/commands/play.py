"""Play one episode and show it as it happens."""

import argparse
import os
import sys
from functools import partial
from pathlib import Path

from memorygym.commands._human import HELP, Human
from memorygym.commands._recipe import add_task, settings_of
from memorygym.commands._screen import Screen, Watched
from memorygym.core import Policy
from memorygym.episode import Episode, play
from memorygym.page import wrapped
from memorygym.results.summary import summaries
from memorygym.runs.folder import write_trace
from memorygym.runs.results import Wanted, place_in, result_of
from memorygym.runs.seats import AgentSeat, played
from memorygym.sandbox.choosing import check as check_memory
from memorygym.tables import causes_table, questions_text, results_table
from memorygym.trace import Trace


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    who = parser.add_mutually_exclusive_group(required=True)
    who.add_argument("--agent", help="see `memorygym list agents`")
    who.add_argument("--human", action="store_true", help="you play, under the same budgets")
    add_task(parser)
    parser.add_argument("--memory", default="markdown", help="markdown unless given")
    parser.add_argument(
        "--trace", type=Path, metavar="FILE", help="keep the trace: .jsonl or .jsonl.gz"
    )
    parser.add_argument("--no-color", action="store_true", help="plain text (as with NO_COLOR set)")


def run(args: argparse.Namespace) -> int:
    """Plays, then tells what was right and why the rest was missed."""
    recipe = settings_of(args)
    check_memory(args.memory)
    task = recipe.deal()
    seat = AgentSeat("human" if args.human else args.agent, args.memory)
    policy = Human() if args.human else seat.policy(task)
    plain = args.no_color or "NO_COLOR" in os.environ or not sys.stdout.isatty()
    screen = Screen(colour=not plain, whole=args.human)
    print(screen.opening(task))
    if args.human:
        print(f"\n{HELP}")
    labels = seat.seat.labels(task.track, 0)
    trace = played(seat.begin(task, []), policy, task, labels, partial(_watched, screen))
    if args.trace:
        write_trace(args.trace, trace)
    print(_verdicts(trace))
    return 0


def _watched(screen: Screen, episode: Episode, policy: Policy) -> Trace:
    """The episode, each record printed as it comes; a person may leave before the end."""
    watched = Watched(policy, episode.trace, screen.show)
    try:
        play(episode, watched)
    except EOFError:
        print("\nend of input; a question without an answer counts as wrong")
    watched.catch_up()
    return episode.trace


def _verdicts(trace: Trace) -> str:
    """Every question with its verdict, the axes, and why each miss was missed."""
    found = summaries([result_of(place_in(trace), trace, Wanted()).to_json()])
    parts = [questions_text(trace), results_table(found), causes_table(found)]
    return "\n" + "\n\n".join(wrapped(part) for part in parts if part)
