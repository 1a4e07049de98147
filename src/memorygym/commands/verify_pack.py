"""Check a packed run: complete, unaltered, and its scores those of its traces."""

import argparse
from pathlib import Path

from memorygym.commands._model import workers_of
from memorygym.commands._recipe import add_salt, check_counts
from memorygym.errors import BadSettings
from memorygym.page import wrapped
from memorygym.publishing.evidence import REPORTED, Evidence, examine, opens
from memorygym.publishing.packs import opened, pack_digest
from memorygym.results.file import read_results
from memorygym.tables import heading


class WrongSalt(BadSettings):
    """A salt that did not seal the worlds of the pack."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `memorygym pack` wrote")
    add_salt(parser, "the secret of a sealed set")
    parser.add_argument(
        "--play", action="store_true",
        help="also play the agents again, or the model from its recorded replies",
    )  # fmt: skip
    parser.add_argument("--workers", type=int, metavar="N", help="processes, or threads of a model")


def run(args: argparse.Namespace) -> int:
    """Prints what fails and how far the run is shown; 1 if anything fails, 2 if it is no pack."""
    check_counts(args, "workers")
    with opened(args.file) as (folder, damage):
        print(f"{args.file}\ndigest sha256:{pack_digest(folder)}")
        problems = damage or _examined(folder, args)
    for problem in problems:
        print(wrapped(f"FAILS  {problem}"))
    if problems:
        print(f"{len(problems)} check{'s' * (len(problems) > 1)} failed; {REPORTED}")
    return 1 if problems else 0


def _examined(folder: Path, args: argparse.Namespace) -> list[str]:
    """What fails; if nothing does, how far the run is shown is printed."""
    try:
        recipe = read_results(folder)["recipe"]
        if args.salt and not opens(recipe, args.salt):
            told = f"the hash of its salt is {recipe['salt']}" if recipe["salt"] else "it has none"
            raise WrongSalt(f"--salt is not that of {args.file}: {told}")
        check = "play" if args.play else "traces"
        found = examine(folder, check, args.salt, workers_of(args, waits=False))
    except WrongSalt:
        raise
    except BadSettings as error:
        return [str(error).replace(f"{folder}/", "")]
    if not found.problems:
        print(wrapped(_report(found)))
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
