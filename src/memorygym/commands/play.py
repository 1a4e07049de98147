"""Play one episode and show it as it happens."""

import argparse
import os
import sys
from pathlib import Path

from memorygym.commands._human import HELP, Human
from memorygym.commands._recipe import add_task, settings_of
from memorygym.commands._screen import Screen, Watched
from memorygym.core import Policy, Task
from memorygym.episode import play
from memorygym.page import wrapped
from memorygym.results.summary import summaries
from memorygym.runner import Plan, episode_for, judged, labels_of, policy_for
from memorygym.runs.folder import write_trace
from memorygym.tables import causes_table, questions_text, results_table
from memorygym.trace import Trace
from memorygym.tracks.worlds.settings import Settings


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
    settings = settings_of(args, memory=args.memory)
    task = settings.deal()
    agent = "human" if args.human else args.agent
    policy = Human() if args.human else policy_for(agent, task)
    plain = args.no_color or "NO_COLOR" in os.environ or not sys.stdout.isatty()
    screen = Screen(colour=not plain, whole=args.human)
    print(screen.opening(task))
    if args.human:
        print(f"\n{HELP}")
    trace = _played(task, policy, settings, screen)
    trace.labels.update(labels_of(settings, agent))
    if args.trace:
        write_trace(args.trace, trace)
    print(_verdicts(trace, settings, agent))
    return 0


def _played(task: Task, policy: Policy, settings: Settings, screen: Screen) -> Trace:
    """The episode, each record printed as it comes; a person may leave before the end."""
    episode = episode_for(task, policy, settings.make_memory)
    watched = Watched(policy, episode.trace, screen.show)
    try:
        play(episode, watched)
    except EOFError:
        print("\nend of input; a question without an answer counts as wrong")
    watched.catch_up()
    episode.trace.gold = task.gold
    return episode.trace


def _verdicts(trace: Trace, settings: Settings, agent: str) -> str:
    """Every question with its verdict, the axes, and why each miss was missed."""
    found = summaries([judged(settings, agent, trace, Plan()).to_json()])
    parts = [questions_text(trace), results_table(found), causes_table(found)]
    return "\n" + "\n\n".join(wrapped(part) for part in parts if part)
