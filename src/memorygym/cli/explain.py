"""List the misses of a run by cause; of one, tell where its facts were lost, or play it again."""

import argparse
import json
import sys
from contextlib import suppress
from pathlib import Path

from memorygym.cli._checks import add_salt, check_counts, refuse
from memorygym.core.errors import BadSettings
from memorygym.reports import stored_runs
from memorygym.reports.misses import EVERY, Misses, MissFilter, history_of, misses_of
from memorygym.scoring.attribution import CAUSES

OF_LIST = ("agent", "system", "template", "cause", "question_type", "limit", "json")
OF_PLAY = ("again", "replay", "api_base", "salt")
"""Options that only the one or the other obeys."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", type=Path, metavar="RUN",
        help="the folder of a run (bench --run) or of a comparison (compare -o), or traces",
    )  # fmt: skip
    parser.add_argument(
        "id", nargs="?", default="", metavar="ID",
        help="NAME#N as the list prints it: the way of question N's facts; the end of NAME may be"
        " left out; NAME alone lists the misses of those episodes (default: list all)",
    )  # fmt: skip
    parser.add_argument(
        "--entry", metavar="ENTRY",
        help="the number of an entry of the memory, as the way of a fact prints it: which messages"
        " of the episode ID it can come from",
    )  # fmt: skip
    _add_list(parser.add_argument_group("which misses are listed"))
    play = parser.add_argument_group("the episode or question ID of a run, played again")
    play.add_argument("--play", action="store_true", help="as it was played there, and show it")
    play.add_argument(
        "--again", action="store_true", help="ask the endpoint, not the replies kept there"
    )
    play.add_argument("--replay", type=Path, metavar="FILE", help="recorded replies from there")
    play.add_argument("--api-base", metavar="URL", help="endpoint (default: OPENAI_BASE_URL)")
    add_salt(play, "the secret of a sealed set")
    parser.epilog = (
        "Example: `memorygym explain duel` lists the misses of a comparison, and `memorygym explain"
        " duel company+0+strong+bm25#4` follows one of them."
    )


def _add_list(which: argparse._ArgumentGroup) -> None:
    which.add_argument("--agent", help="of this agent or reasoner only")
    which.add_argument(
        "--system", metavar="S",
        help=f"of a comparison: of this memory, or reference; {EVERY} of every one (default: of the"
        " memories)",
    )  # fmt: skip
    which.add_argument("--template", "-t", help="of this world only")
    which.add_argument("--cause", help=f"one of: {', '.join(CAUSES)}")
    which.add_argument(
        "--competency", dest="question_type", metavar="K", help="a question type, or a kind of them"
    )
    which.add_argument(
        "--limit", type=int, metavar="N", help="show the first N, of each system (default: all)"
    )
    which.add_argument("--json", action="store_true", help="one JSON object a miss")


def run(args: argparse.Namespace) -> int:
    """Prints misses, a chain or an episode; 1 if what is played again is missed or comes out
    otherwise, 2 if a trace cannot be read."""
    check_counts(args, "limit")
    with suppress(OSError):  # An ID may be longer than any path.
        if args.id and Path(args.id).is_dir():
            raise BadSettings(f"{args.id} is a folder, not an ID: explain one run at a time")
    name, number = stored_runs.numbered(args.id)
    if number and args.entry is not None:
        raise BadSettings(f"--entry is of an episode, not of a question: leave #{number} out")
    if args.play:
        refuse(args, (*OF_LIST, "entry"), "what was played; leave --play or it out")
        from memorygym.reports.replay import play_again

        return play_again(args, name, number)
    refuse(args, OF_PLAY, "--play")
    if number is None and args.entry is None:
        wanted = MissFilter(**{option: getattr(args, option) for option in MissFilter.__slots__})
        return _list(misses_of(args.run, name, wanted), json_lines=args.json)
    refuse(args, OF_LIST, "the list of misses; leave it out")
    print(history_of(args.run, name, number, args.entry))
    return 0


def _list(found: Misses, *, json_lines: bool) -> int:
    """Prints them; 2 if a trace cannot be read."""
    for damage in found.damaged:
        print(f"memorygym: {damage}; left out", file=sys.stderr)
    if json_lines:
        for row in found.rows():
            print(json.dumps(row, ensure_ascii=False))
    else:
        print(found.text())
    return 2 if found.damaged else 0
