"""Pack a finished run into one file, or check a packed one.

The same run gives the same bytes.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from memorygym.cli._checks import RUN, given_path, refuse
from memorygym.cli._settings import add_options, settings_of
from memorygym.core.errors import BadSettings
from memorygym.reports.checks import REPORTED, Evidence, examine, examined_text, opens
from memorygym.reports.packs import files_of, leaks, opened, pack_digest, secrets_of, write_pack
from memorygym.reports.terminal import RED, paint, wrapped
from memorygym.runs.results import RunResults, load
from memorygym.runs.settings import TaskSettings

SHOWN = 5
"""Problems or secrets that are printed."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("run", nargs="?", type=given_path, metavar="RUN", help=RUN)
    check = "check a pack: it is complete and unaltered, and its run, made again, is the same"
    source.add_argument("--check", type=given_path, metavar="FILE", help=check)
    beside = "default: RUN.tar.gz, beside the folder"
    parser.add_argument("--output", "-o", type=given_path, metavar="FILE", help=beside)
    how = parser.add_mutually_exclusive_group()
    quick = "with --check: play the replies in the traces again, not the agents or models"
    how.add_argument("--quick", action="store_true", help=quick)
    how.add_argument("--play", action="store_true", help="the default of --check")
    secret = "the secret of a private test set, to check its run"
    more = {"salt": secret, "workers": "processes, or threads of a model"}
    add_options(parser, TaskSettings, "salt", "workers", "quiet", **more)
    parser.epilog = (
        "The run is first checked from its traces, as with --check --quick: 39 agents on the"
        " official set take about 40 s. A run of a private test set needs its secret as --salt."
    )


def run(args: argparse.Namespace) -> int:
    """Packs a run, or checks a pack.

    Returns 1 if a check of a pack fails, 2 if the run is incomplete, holds a secret or does not
    agree with its traces, or if the file is no pack.
    """
    settings = settings_of(TaskSettings, args)
    if args.check:
        refuse(args, ("output",), "RUN; --check writes nothing")
        return _check(args.check, "traces" if args.quick else "play", settings)
    refuse(args, ("play", "quick"), "--check")
    folder = args.run.resolve()
    run = load(folder)
    _check_salt(run, args.run, settings.salt)
    if not run.results or not run.valid:
        why = run.invalid_text if run.results else "none of its episodes has a score"
        raise BadSettings(f"{args.run} is not packed: {why}")
    files = files_of(folder)
    known = secrets_of(os.environ)
    if leaked := leaks([folder / name for name in files], known, run.recipe["salt"]):
        raise BadSettings(f"{args.run} is not packed, because it holds secrets: {_some(leaked)}")
    evidence = _examined(folder, "traces", settings)
    if evidence.problems:
        raise BadSettings(f"{args.run} is not packed: {_some(evidence.problems)}")
    path = args.output or folder.with_name(f"{folder.name}.tar.gz")
    digest = write_pack(folder, path)
    text = (
        f"{path}: episodes: {len(run.results)} scored, {len(run.failures)} failed;"
        f" {len(files)} files, {path.stat().st_size:,} bytes; {evidence.standing}\n"
        f"digest, to cite: sha256:{digest}"
    )
    print(wrapped(text))
    return 0


def _check_salt(run: RunResults, name: Path, salt: str | None) -> None:
    """Raises BadSettings if this is not the secret of the run."""
    if salt and not opens(run.recipe, salt):
        stated = run.recipe["salt"]
        hint = f"the hash of its secret is {stated}" if stated else "it has none"
        raise BadSettings(f"--salt is not the secret of {name}: {hint}")


def _some(items: Sequence[str]) -> str:
    rest = len(items) - SHOWN
    return "; ".join(items[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _check(path: Path, check: str, settings: TaskSettings) -> int:
    """Prints the failed checks of a pack, or how far the run is verified."""
    with opened(path) as (folder, damage):
        print(f"{path}\ndigest sha256:{pack_digest(folder)}")
        problems = damage or _problems(path, folder, check, settings)
    for problem in problems:
        print(paint(wrapped(f"FAILS  {problem}"), RED))
    if problems:
        print(f"{len(problems)} check{'s' * (len(problems) > 1)} failed; {REPORTED}")
    return 1 if problems else 0


def _problems(path: Path, folder: Path, check: str, settings: TaskSettings) -> Sequence[str]:
    """The failed checks; without any, prints how far the run is verified."""
    try:
        run = load(folder)
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    _check_salt(run, path, settings.salt)
    evidence = _examined(folder, check, settings)
    if not evidence.problems:
        print(wrapped(examined_text(evidence)))
    return evidence.problems


def _examined(folder: Path, check: str, settings: TaskSettings) -> Evidence:
    workers = settings.workers_of(waits=False)
    return examine(folder, check, settings.salt or "", workers, quiet=settings.quiet)
