"""Play one episode and show it as it happens."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from memorygym.commands._human import HELP, Human
from memorygym.commands._recipe import add_task, settings_of
from memorygym.commands._screen import Screen, Watched
from memorygym.core import Memory, Policy, Task
from memorygym.episode import play
from memorygym.page import wrapped
from memorygym.results.summary import summaries
from memorygym.runs.folder import write_trace
from memorygym.runs.results import Wanted, place_in, result_of
from memorygym.runs.seats import AgentSeat, episode_for, policy_for
from memorygym.sandbox.choosing import check as check_memory
from memorygym.sandbox.choosing import memory_factory
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
    agent = "human" if args.human else args.agent
    policy = Human() if args.human else policy_for(agent, task)
    plain = args.no_color or "NO_COLOR" in os.environ or not sys.stdout.isatty()
    screen = Screen(colour=not plain, whole=args.human)
    print(screen.opening(task))
    if args.human:
        print(f"\n{HELP}")
    trace = _played(task, agent, policy, memory_factory(args.memory), screen)
    trace.labels.update(AgentSeat(agent, args.memory).labels(task.track, 0))
    if args.trace:
        write_trace(args.trace, trace)
    print(_verdicts(trace))
    return 0


def _played(
    task: Task, agent: str, policy: Policy, memory: Callable[[], Memory], screen: Screen
) -> Trace:
    """The episode, each record printed as it comes; a person may leave before the end."""
    episode = episode_for(agent, task, memory)
    watched = Watched(policy, episode.trace, screen.show)
    try:
        play(episode, watched)
    except EOFError:
        print("\nend of input; a question without an answer counts as wrong")
    watched.catch_up()
    episode.trace.gold = task.gold
    return episode.trace


def _verdicts(trace: Trace) -> str:
    """Every question with its verdict, the axes, and why each miss was missed."""
    found = summaries([result_of(place_in(trace), trace, Wanted()).to_json()])
    parts = [questions_text(trace), results_table(found), causes_table(found)]
    return "\n" + "\n\n".join(wrapped(part) for part in parts if part)
