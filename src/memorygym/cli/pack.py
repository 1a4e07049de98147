"""Pack a finished run into one file that can be shipped, or check a packed one.

The same run gives the same bytes.
"""

import argparse
import os
from pathlib import Path

from memorygym.cli._checks import add_salt, check_counts, refuse, workers_of
from memorygym.core.errors import BadSettings
from memorygym.core.text import wrap_text
from memorygym.models.reply_log import ReplyLog
from memorygym.reports.comparison_report import DOCUMENT
from memorygym.reports.evidence import REPORTED, Evidence, examine, opens
from memorygym.reports.packs import (
    files_of,
    leaks,
    opened,
    pack_digest,
    secrets_of,
    write_pack,
)
from memorygym.reports.stored_runs import about_run
from memorygym.reports.tables import heading
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.results_file import read_results
from memorygym.runs.store import Run

SHOWN = 5
"""Missing episodes or secrets that are named."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "run", nargs="?", type=Path, metavar="RUN",
        help="the folder of a run (bench --run, compare -o)",
    )  # fmt: skip
    what.add_argument(
        "--check", type=Path, metavar="FILE",
        help="of a pack: complete, unaltered, and its scores those of its traces?",
    )  # fmt: skip
    parser.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="default: RUN.tar.gz, beside the folder"
    )
    parser.add_argument(
        "--play", action="store_true",
        help="of a pack: also play the agents again, or the model from its recorded replies",
    )  # fmt: skip
    add_salt(parser, "the secret of a sealed set, to check its run")
    parser.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    parser.epilog = (
        "First the run is checked from its traces, as --check does without --play: that of 39"
        " agents on the official set takes about 40 s. A sealed run is checked with its salt."
    )


def run(args: argparse.Namespace) -> int:
    """Packs, or checks a pack; 1 if a check of a pack fails, 2 if the run is incomplete, holds a
    secret or is not what its traces show, or if the file is no pack."""
    check_counts(args, "workers")
    if args.check:
        refuse(args, ("output",), "RUN; --check writes nothing")
        return _check(args)
    refuse(args, ("play",), "--check")
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
    print(wrap_text(
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
    reply_log = folder / "replies.jsonl"
    try:
        if reply_log.exists():
            ReplyLog(reply_log, record=False).close()
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    return []


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return "; ".join(items[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")


def _check(args: argparse.Namespace) -> int:
    """Prints what fails of a pack and how far the run is shown."""
    with opened(args.check) as (folder, damage):
        print(f"{args.check}\ndigest sha256:{pack_digest(folder)}")
        problems = damage or _examined(folder, args)
    for problem in problems:
        print(wrap_text(f"FAILS  {problem}"))
    if problems:
        print(f"{len(problems)} check{'s' * (len(problems) > 1)} failed; {REPORTED}")
    return 1 if problems else 0


def _examined(folder: Path, args: argparse.Namespace) -> list[str]:
    """What fails; if nothing does, how far the run is shown is printed."""
    try:
        recipe = read_results(folder)["recipe"]
        how = "play" if args.play else "traces"
        is_its = not args.salt or opens(recipe, args.salt)
        found = examine(folder, how, args.salt, workers_of(args, waits=False)) if is_its else None
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    if not found:
        told = f"the hash of its salt is {recipe['salt']}" if recipe["salt"] else "it has none"
        raise BadSettings(f"--salt is not that of {args.check}: {told}")
    if not found.problems:
        print(wrap_text(_report(found)))
    return list(found.problems)


def _report(found: Evidence) -> str:
    document = found.document
    lines = [
        heading(document),
        f"episodes: {len(document['episodes'])} scored, {len(document['failures'])} failed, of"
        f" {document['episodes_planned']} planned; every hash is right",
        found.standing,
    ]
    lines += [f"not shown: {limit}" for limit in found.limits]
    lines += [f"rests on the submitter's word: {found.word}"] if found.word else []
    return "\n".join(lines)
