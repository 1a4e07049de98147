"""Prove that worlds, or the instances in DIR, are fair: answerable, needed, not guessable."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from memorygym.commands import check_counts
from memorygym.commands._instances import verify_folder
from memorygym.commands._options import add_salt
from memorygym.errors import BadSettings, UnknownPart
from memorygym.runs.executors import over_processes
from memorygym.track import Options
from memorygym.tracks.worlds.dealing.tiers import TIERS
from memorygym.tracks.worlds.settings import settings_of
from memorygym.tracks.worlds.verifier import Proof, verify

MOST_SHOWN = 50
OF_WORLDS = {"track": "worlds", "template": None, "tier": "standard", "seeds": 3, "salt": ""}
OF_MODELS = {"samples": 1, "api_base": None}
OF_FOLDERS = {"llm": None, "again": False, **OF_MODELS}
"""Options that only the one or the other obeys, and what they are unless given."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR",
        help="a folder that `memorygym generate` wrote (default: worlds are dealt and proven)",
    )  # fmt: skip
    parser.add_argument("--track", default="worlds", help="the track (default: worlds)")
    parser.add_argument("--template", "-t", help="one world (default: all)")
    parser.add_argument("--tier", default="standard", help=f"one of {', '.join(TIERS)}")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1 (default: 3)")
    add_salt(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--again", action="store_true",
        help="of DIR: deal every instance again from the manifest, and compare the bytes",
    )  # fmt: skip
    model = parser.add_argument_group("of DIR: what a model answers from the questions alone")
    model.add_argument("--llm", metavar="MODEL", help="asks it (default: no model is asked)")
    model.add_argument(
        "--samples", type=int, default=1, metavar="K", help="of each question (default: 1)"
    )
    model.add_argument("--api-base", metavar="URL", help="the model's endpoint")


def run(args: argparse.Namespace) -> int:
    """0 if nothing is found, else 1."""
    if args.folder:
        check_counts(args, "workers", "samples")
        if not args.llm:
            _refuse(args, OF_MODELS, "is for --llm; no model is asked")
        _refuse(args, OF_WORLDS, "is for worlds; DIR is proven as it is")
        return verify_folder(args)
    _refuse(args, OF_FOLDERS, "is for DIR; worlds are proven without it")
    if args.track != "worlds":
        raise UnknownPart("track to verify", args.track, ["worlds"])
    check_counts(args, "seeds", "workers")
    knobs = {"tier": args.tier, "template": args.template or ""}
    tasks = settings_of(Options(range(args.seeds), args.salt, knobs))
    total = Proof()
    for proof in over_processes(verify, tasks, args.workers):
        total.add(proof)
    total.close()
    print(json.dumps(total.to_json(), indent=1) if args.json else as_text(total))
    return 1 if total.failures else 0


def _refuse(args: argparse.Namespace, options: Mapping[str, object], why: str) -> None:
    for name, default in options.items():
        if getattr(args, name) != default:
            raise BadSettings(f"--{name.replace('_', '-')} {why}")


def as_text(proof: Proof) -> str:
    """Counts by competency, then every failure with its seed."""
    lines = [
        f"{'competency':<20}{'asked':>7}{'right':>7}{'removed':>9}{'needed':>8}"
        f"{'careless':>10}{'guessed':>9}{'stale':>7}"
    ]
    for name, t in sorted(proof.tallies.items()):
        lines.append(
            f"{name:<20}{t.asked:7}{t.right:7}{t.removals:9}{t.needed:8}"
            f"{t.careless:10}{t.guessed:9}{t.stale_right:7}"
        )
    lines += [
        "right: with everything told. removed: messages taken away one at a time;",
        "needed: the reader then refuses or errs; careless: a reader who answers anyway",
        "is still right. guessed: right from the question alone. stale: right with the",
        "replaced value.",
        f"{proof.heldout} sentences in held-out phrasings, {proof.heldout_misread} misread.",
    ]
    for failure in proof.failures[:MOST_SHOWN]:
        lines.append(
            f"FAILS {failure.check}: {failure.template} seed {failure.seed} event"
            f" {failure.event}: {failure.detail}"
        )
    more = len(proof.failures) - MOST_SHOWN
    lines += [f"… and {more} more"] if more > 0 else []
    lines.append(f"{proof.worlds} worlds, {len(proof.failures)} failures")
    return "\n".join(lines)
