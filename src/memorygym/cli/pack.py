"""Pack a finished run into one file, or check a packed one.

The same run gives the same bytes.
"""

import argparse
import os
from pathlib import Path

from memorygym.cli._checks import add_quiet, add_salt, check_counts, given_path, refuse, workers_of
from memorygym.core.errors import BadSettings
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
from memorygym.reports.stored_runs import about_run, readable
from memorygym.reports.tables import heading
from memorygym.reports.terminal import RED, paint, wrapped
from memorygym.runs.results.consistency import planned
from memorygym.runs.results.results_file import read_results
from memorygym.runs.store import Run

SHOWN = 5
"""Missing episodes or secrets that are printed."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "run", nargs="?", type=given_path, metavar="RUN",
        help="the folder of a run (bench -o, compare -o)",
    )  # fmt: skip
    source.add_argument(
        "--check", type=given_path, metavar="FILE",
        help="check a pack: is it complete and unaltered, and do its traces give its scores?",
    )  # fmt: skip
    parser.add_argument(
        "--output",
        "-o",
        type=given_path,
        metavar="FILE",
        help="default: RUN.tar.gz, beside the folder",
    )
    parser.add_argument(
        "--play", action="store_true",
        help="with --check: also play the agents again, or the model from its recorded replies",
    )  # fmt: skip
    add_salt(parser, "the secret of a private test set, to check its run")
    parser.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")
    add_quiet(parser)
    parser.epilog = (
        "The run is first checked from its traces, as with --check: 39 agents on the official set"
        " take about 40 s. A run of a private test set needs its secret as --salt."
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
    refuse(args, ("play",), "--check")
    folder = args.run.resolve()
    _check_finished(folder)
    document, files = read_results(folder), files_of(folder)
    recipe = document["recipe"]
    if not document["episodes"]:
        raise BadSettings(f"{args.run} is not packed: none of its episodes has a score")
    if args.salt and not opens(recipe, args.salt):
        raise BadSettings(f"--salt is not the secret of {args.run}")
    if leaked := leaks([folder / name for name in files], secrets_of(os.environ), recipe["salt"]):
        raise BadSettings(f"{args.run} is not packed, because it holds secrets: {_some(leaked)}")
    evidence = examine(folder, "traces", args.salt, workers_of(args, waits=False), quiet=args.quiet)
    if problems := [*evidence.problems, *_reply_log_problems(folder)]:
        raise BadSettings(f"{args.run} is not packed: {_some(problems)}")
    path = args.output or folder.with_name(f"{folder.name}.tar.gz")
    digest = write_pack(folder, path)
    failed = len(evidence.document["failures"])
    print(wrapped(
        f"{path}: episodes: {len(evidence.document['episodes'])} scored, {failed} failed;"
        f" {len(files)} files, {path.stat().st_size:,} bytes; {evidence.standing}\n"
        f"digest, to cite: sha256:{digest}"
    ))  # fmt: skip
    return 0


def _check_finished(folder: Path) -> None:
    """Raises BadSettings with the missing episodes of an unfinished run."""
    about = about_run(folder)
    if (folder / "results.json").exists():
        return
    if (folder / DOCUMENT).exists():
        raise BadSettings(f"{folder} has no scores: a sanity check failed, see {DOCUMENT}")
    names = [place.episode for place in planned(about["recipe"])]
    missing = sorted({*names} - {*Run(folder).kept})
    raise BadSettings(
        f"{folder} is not finished: {len(missing)} of {len(names)} episodes are missing"
        f" ({_some([*map(readable, missing)]) or 'only the results'}); repeat the command that"
        " began it"
    )


def _reply_log_problems(folder: Path) -> list[str]:
    """Why a model's recorded replies cannot be read, which its traces do not show."""
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
        recipe = read_results(folder)["recipe"]
        how = "play" if args.play else "traces"
        is_its = not args.salt or opens(recipe, args.salt)
        workers = workers_of(args, waits=False)
        evidence = examine(folder, how, args.salt, workers, quiet=args.quiet) if is_its else None
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    if not evidence:
        hint = f"the hash of its secret is {recipe['salt']}" if recipe["salt"] else "it has none"
        raise BadSettings(f"--salt is not the secret of {args.check}: {hint}")
    if not evidence.problems:
        print(wrapped(_report(evidence)))
    return list(evidence.problems)


def _report(evidence: Evidence) -> str:
    document = evidence.document
    lines = [
        heading(document),
        f"episodes: {len(document['episodes'])} scored, {len(document['failures'])} failed, of"
        f" {document['episodes_planned']} planned; every file hash is right",
        evidence.standing,
    ]
    lines += [f"not verified: {limit}" for limit in evidence.limits]
    lines += [f"rests on the submitter's word: {evidence.word}"] if evidence.word else []
    return "\n".join(lines)
