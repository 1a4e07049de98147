"""List the misses of a run by cause; show where the facts of one were lost, or play it again."""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from memorygym.cli._checks import given_path, refuse
from memorygym.cli._settings import add_options, settings_of
from memorygym.core.errors import BadSettings
from memorygym.reports import stored_runs
from memorygym.reports.misses import Misses, MissFilter, history_of, misses_of
from memorygym.runs.settings import BenchSettings, options
from memorygym.scoring.attribution import CAUSES

OF_LIST = (*options(MissFilter), "json")
OF_PLAY = ("again", "replay", "api_base", "salt")
"""Options that only apply to the list of misses, and only to `--play`."""
RUN = "the folder of a run (bench -o, compare -o), or a folder or file of traces"
ID = (
    "NAME#N as the list prints it: the history of the facts of question N; the end of NAME may be"
    " left out; NAME alone lists the misses of those episodes (default: list all)"
)
ENTRY = (
    "with the NAME of an episode: which messages an entry of the memory can come from; its number"
    " is in the history of a fact"
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("run", type=given_path, metavar="RUN", help=RUN)
    parser.add_argument("id", nargs="?", default="", metavar="ID", help=ID)
    parser.add_argument("--entry", metavar="ENTRY", help=ENTRY)
    listed = parser.add_argument_group("which misses are listed")
    add_options(listed, MissFilter, cause=f"one of: {', '.join(CAUSES)}")
    listed.add_argument("--json", action="store_true", help="one JSON object per miss")
    play = parser.add_argument_group("play the episode of ID again")
    play.add_argument("--play", action="store_true", help="as the run played it, and show it")
    play.add_argument(
        "--again", action="store_true", help="ask the endpoint instead of using recorded replies"
    )
    add_options(
        play,
        BenchSettings,
        *("replay", "api_base", "salt"),
        replay="use recorded replies in FILE",
        api_base="endpoint (default: OPENAI_BASE_URL)",
        salt="the secret of a private test set",
    )
    add_options(parser, BenchSettings, "quiet")
    parser.epilog = (
        "Example: `memorygym explain duel` lists the misses of a comparison, and `memorygym explain"
        " duel company+0+strong+bm25#4` shows the history of one of them."
    )


def run(args: argparse.Namespace) -> int:
    """Prints misses, the history of a fact or an episode.

    Returns 1 if an episode played again misses the question or differs from its trace, 2 if a trace
    cannot be read.
    """
    filter = settings_of(MissFilter, args)
    with suppress(OSError):  # An ID may be longer than any path.
        if args.id and Path(args.id).is_dir():
            raise BadSettings(f"{args.id} is a folder, not an ID: explain one run at a time")
    name, number = stored_runs.numbered(args.id)
    if number and args.entry is not None:
        raise BadSettings(f"--entry is of an episode, not of a question: leave #{number} out")
    if args.play:
        refuse(args, (*OF_LIST, "entry"), "the list; leave it or --play out")
        from memorygym.reports.replay import play_again

        args.salt = args.salt or ""
        return play_again(args, name, number)
    refuse(args, OF_PLAY, "--play")
    if number is None and args.entry is None:
        return _list(misses_of(args.run, name, filter, quiet=args.quiet), json_lines=args.json)
    refuse(args, OF_LIST, "the list of misses; leave it out")
    print(history_of(args.run, name, number, args.entry))
    return 0


def _list(misses: Misses, *, json_lines: bool) -> int:
    """Prints the misses; returns 2 if a trace cannot be read."""
    for damage in misses.damaged:
        print(f"memorygym: {damage}; left out", file=sys.stderr)
    if json_lines:
        if misses.unfinished:
            print(f"memorygym: {misses.unfinished}", file=sys.stderr)
        for row in misses.rows():
            print(json.dumps(row, ensure_ascii=False))
    else:
        print(misses.text())
    return 2 if misses.damaged else 0
