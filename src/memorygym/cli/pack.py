"""Pack a finished run into one file, or check a packed one.

The same run gives the same bytes.
"""

import argparse
import os
from pathlib import Path

from memorygym.cli._checks import add_quiet, add_salt, check_counts, given_path, refuse, workers_of
from memorygym.core.errors import BadSettings
from memorygym.reports.checks import REPORTED, examine, examined_text, opens
from memorygym.reports.packs import (
    files_of,
    leaks,
    opened,
    pack_digest,
    secrets_of,
    write_pack,
)
from memorygym.reports.terminal import RED, paint, wrapped
from memorygym.runs.results import load

SHOWN = 5
"""Problems or secrets that are printed."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "run",
        nargs="?",
        type=given_path,
        metavar="RUN",
        help="the folder of a run (bench -o, compare -o)",
    )
    source.add_argument(
        "--check",
        type=given_path,
        metavar="FILE",
        help="check a pack: it is complete and unaltered, and its run, made again, is the same",
    )
    parser.add_argument(
        "--output",
        "-o",
        type=given_path,
        metavar="FILE",
        help="default: RUN.tar.gz, beside the folder",
    )
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--quick",
        action="store_true",
        help="with --check: play the replies in the traces again, not the agents or models",
    )
    how.add_argument("--play", action="store_true", help="the default of --check")
    add_salt(parser, "the secret of a private test set, to check its run")
    parser.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    add_quiet(parser)
    parser.epilog = (
        "The run is first checked from its traces, as with --check --quick: 39 agents on the"
        " official set take about 40 s. A run of a private test set needs its secret as --salt."
    )


def run(args: argparse.Namespace) -> int:
    """Packs a run, or checks a pack.

    Returns 1 if a check of a pack fails, 2 if the run is incomplete, holds a secret or does not
    agree with its traces, or if the file is no pack.
    """
    check_counts(args, "workers")
    if args.check:
        refuse(args, ("output",), "RUN; --check writes nothing")
        return _check(args)
    refuse(args, ("play", "quick"), "--check")
    folder = args.run.resolve()
    stored = load(folder)
    if not stored.results or not stored.valid:
        why = stored.invalid_text if stored.results else "none of its episodes has a score"
        raise BadSettings(f"{args.run} is not packed: {why}")
    if args.salt and not opens(stored.recipe, args.salt):
        raise BadSettings(f"--salt is not the secret of {args.run}")
    files, salt = files_of(folder), stored.recipe["salt"]
    if leaked := leaks([folder / name for name in files], secrets_of(os.environ), salt):
        raise BadSettings(f"{args.run} is not packed, because it holds secrets: {_some(leaked)}")
    evidence = examine(folder, "traces", args.salt, workers_of(args, waits=False), quiet=args.quiet)
    if evidence.problems:
        raise BadSettings(f"{args.run} is not packed: {_some([*evidence.problems])}")
    path = args.output or folder.with_name(f"{folder.name}.tar.gz")
    digest = write_pack(folder, path)
    text = (
        f"{path}: episodes: {len(stored.results)} scored, {len(stored.failures)} failed;"
        f" {len(files)} files, {path.stat().st_size:,} bytes; {evidence.standing}\n"
        f"digest, to cite: sha256:{digest}"
    )
    print(wrapped(text))
    return 0


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return "; ".join(items[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _check(args: argparse.Namespace) -> int:
    """Prints the failed checks of a pack, or how far the run is verified."""
    with opened(args.check) as (folder, damage):
        print(f"{args.check}\ndigest sha256:{pack_digest(folder)}")
        problems = damage or _examined(folder, args)
    for problem in problems:
        print(paint(wrapped(f"FAILS  {problem}"), RED))
    if problems:
        print(f"{len(problems)} check{'s' * (len(problems) > 1)} failed; {REPORTED}")
    return 1 if problems else 0


def _examined(folder: Path, args: argparse.Namespace) -> list[str]:
    """The failed checks; without any, prints how far the run is verified."""
    try:
        recipe = load(folder).recipe
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    if args.salt and not opens(recipe, args.salt):
        hint = f"the hash of its secret is {recipe['salt']}" if recipe["salt"] else "it has none"
        raise BadSettings(f"--salt is not the secret of {args.check}: {hint}")
    how, workers = "traces" if args.quick else "play", workers_of(args, waits=False)
    evidence = examine(folder, how, args.salt, workers, quiet=args.quiet)
    if not evidence.problems:
        print(wrapped(examined_text(evidence)))
    return [*evidence.problems]
