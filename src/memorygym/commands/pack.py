"""Pack a finished run into one file that can be shipped: the same bytes for the same run."""

import argparse
import os
from pathlib import Path

from memorygym.commands._page import wrapped
from memorygym.commands._run import about_run
from memorygym.errors import BadSettings
from memorygym.journal import Run
from memorygym.publishing.evidence import examine
from memorygym.publishing.leaks import leaks, secrets_of
from memorygym.publishing.packs import files_of, write_pack
from memorygym.results.consistency import planned

SHOWN = 5
"""Missing episodes or secrets that are named."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument("run", type=Path, metavar="RUN", help="the folder of a run (bench --run)")
    parser.add_argument(
        "--output", "-o", type=Path, metavar="FILE", help="default: RUN.tar.gz, beside the folder"
    )


def run(args: argparse.Namespace) -> int:
    """Packs; 2 if the run is incomplete, holds a secret, or does not agree with itself."""
    folder = args.run.resolve()
    _check_finished(folder)
    found = examine(folder, "none")
    if found.problems:
        raise BadSettings(f"{args.run} is not packed: {_some(found.problems)}")
    files = files_of(folder)
    salt = found.document["recipe"]["salt"]
    if leaked := leaks([folder / name for name in files], secrets_of(os.environ), salt):
        raise BadSettings(f"{args.run} is not packed, for it holds secrets: {_some(leaked)}")
    path = args.output or folder.with_name(f"{folder.name}.tar.gz")
    digest = write_pack(folder, path)
    failed = len(found.document["failures"])
    print(wrapped(
        f"{path}: episodes: {len(found.document['episodes'])} scored, {failed} failed; {len(files)}"
        f" files, {path.stat().st_size:,} bytes\ndigest, to cite: sha256:{digest}"
    ))  # fmt: skip
    return 0


def _check_finished(folder: Path) -> None:
    """Raises BadSettings, which names episodes that lack."""
    about = about_run(folder)
    if (folder / "results.json").exists():
        return
    names = [settings.episode(agent) for settings, agent in planned(about["recipe"])]
    lacking = sorted({*names} - {*Run(folder).kept})
    raise BadSettings(
        f"{folder} is not finished: of {len(names)} episodes {len(lacking)} lack"
        f" ({_some(lacking) or 'only the results'}); play it to its end with the same command"
    )


def _some(items: list[str] | tuple[str, ...]) -> str:
    rest = len(items) - SHOWN
    return "; ".join(items[:SHOWN]) + (f"; and {rest} more" if rest > 0 else "")
