"""List the misses of a run by cause; of one, tell where its facts were lost, or play it again."""

import argparse
from pathlib import Path

from memorygym.attribution import CAUSES
from memorygym.commands import check_counts, refuse
from memorygym.commands._journey import entry_lines, question_lines
from memorygym.commands._misses import EVERY, Listing
from memorygym.commands._options import add_salt
from memorygym.commands._run import check_folder, matching, numbered, read_played, single
from memorygym.errors import BadSettings, BadTrace
from memorygym.runs.folder import trace_files

OF_LIST = ("agent", "system", "template", "cause", "competency", "limit", "json")
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
    which.add_argument("--competency", metavar="K", help="a competency, or a kind of questions")
    which.add_argument(
        "--limit", type=int, metavar="N", help="show the first N, of each system (default: all)"
    )
    which.add_argument("--json", action="store_true", help="one JSON object a miss")


def run(args: argparse.Namespace) -> int:
    """Prints misses, a chain or an episode; 1 if what is played again is missed or comes out
    otherwise, 2 if a trace cannot be read."""
    check_counts(args, "limit")
    name, number = numbered(args.id)
    if number and args.entry is not None:
        raise BadSettings(f"--entry is of an episode, not of a question: leave #{number} out")
    if args.play:
        refuse(args, (*OF_LIST, "entry"), "what was played; leave --play or it out")
        from memorygym.commands._again import play_again

        return play_again(args, name, number)
    refuse(args, OF_PLAY, "--play")
    check_folder(args.run)
    traces = {path.name.partition(".jsonl")[0]: path for path in trace_files([args.run])}
    if number is None and args.entry is None:
        paths = [traces[episode] for episode in matching(name, traces, args.run)]
        return Listing(args, every=bool(name) or args.run.is_file()).print_all(paths)
    refuse(args, OF_LIST, "the list of misses; leave it out")
    name = single(name, traces, args.run)
    ((played, damage),) = read_played([traces[name]])
    if played is None:
        raise BadTrace(damage)
    trace = played.trace
    lines = question_lines(trace, name, number) if number else entry_lines(trace, args.entry)
    print("\n".join(lines))
    return 0
