"""Pack a finished run into one file that can be shipped: the same bytes for the same run."""

import argparse
import os
from pathlib import Path

from memorygym.commands._model import workers_of
from memorygym.commands._recipe import add_salt, check_counts
from memorygym.commands._run import about_run
from memorygym.errors import BadSettings
from memorygym.isolation.reporting import DOCUMENT
from memorygym.models.tape import Tape
from memorygym.page import wrapped
from memorygym.publishing.evidence import examine, opens
from memorygym.publishing.packs import files_of, leaks, secrets_of, write_pack
from memorygym.results.consistency import planned
from memorygym.results.file import read_results
from memorygym.runs.folder import Run

SHOWN = 5
"""Missing episodes or secrets that are named."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "run", type=Path, metavar="RUN", help="the folder of a run (bench --run, compare -o)"
    )
    parser.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="default: RUN.tar.gz, beside the folder"
    )
    add_salt(parser, "the secret of a sealed set, to check its run")
    parser.add_argument("--workers", type=int, metavar="N", help="processes")
    parser.epilog = (
        "First the run is checked from its traces, as verify-pack does without --play: that of 39"
        " agents on the official set takes about 40 s. A sealed run is checked with its salt."
    )


def run(args: argparse.Namespace) -> int:
    """Packs; 2 if the run is incomplete, holds a secret, or is not what its traces show."""
    check_counts(args, "workers")
    folder = args.run.resolve()
    _check_finished(folder)
    document, files = read_results(folder), files_of(folder)
    recipe = document["recipe"]
    if not document["episodes"]:
        raise BadSettings(f"{args.run} is not packed: nothing was scored")
    if args.salt and not opens(recipe, args.salt):
        raise BadSettings(f"--salt is not that of {args.run}")
    if leaked := leaks([folder / name for name in files], secrets_of(os.environ), recipe["salt"]):
        raise BadSettings(f"{args.run} is not packed, for it holds secrets: {_some(leaked)}")
    found = examine(folder, "traces", args.salt, workers_of(args, waits=False))
    if problems := [*found.problems, *_tape_problems(folder)]:
        raise BadSettings(f"{args.run} is not packed: {_some(problems)}")
    path = args.output or folder.with_name(f"{folder.name}.tar.gz")
    digest = write_pack(folder, path)
    failed = len(found.document["failures"])
    print(wrapped(
        f"{path}: episodes: {len(found.document['episodes'])} scored, {failed} failed; {len(files)}"
        f" files, {path.stat().st_size:,} bytes; {found.standing}\n"
        f"digest, to cite: sha256:{digest}"
    ))  # fmt: skip
    return 0


def _check_finished(folder: Path) -> None:
    """Raises BadSettings, which names episodes that lack."""
    about = about_run(folder)
    if (folder / "results.json").exists():
        return
    if (folder / DOCUMENT).exists():
        raise BadSettings(f"{folder} has no scores: its set-up is invalid, as {DOCUMENT} tells")
    names = [place.episode for place in planned(about["recipe"])]
    lacking = sorted({*names} - {*Run(folder).kept})
    raise BadSettings(
        f"{folder} is not finished: of {len(names)} episodes {len(lacking)} lack"
        f" ({_some(lacking) or 'only the results'}); play it to its end with the same command"
    )


def _tape_problems(folder: Path) -> list[str]:
    """Whether a model's replies can be read, which its traces do not tell."""
    tape = folder / "replies.jsonl"
    try:
        if tape.exists():
            Tape(tape, record=False).close()
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    return []


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return "; ".join(items[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")
