"""Generate instances of a track into a folder, each checked as rendered."""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from memorygym.cli._settings import add_settings, settings_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import find
from memorygym.datasets.instances.folder import (
    InstanceFile,
    finish,
    generating_tracks,
    make,
    manifest_header,
    open_folder,
)
from memorygym.reports.table import plain
from memorygym.runs.executors import over_processes, watched
from memorygym.runs.settings import GenerateSettings
from memorygym.runs.tasks import check_seed

MOST_INSTANCES = 1_000_000
"""Most instances of a folder."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options, and lists the parameters of every track that writes instances."""
    add_settings(parser, GenerateSettings)
    for name, track in generating_tracks().items():
        known = track.parameters().items()
        parser.add_argument_group(
            f"parameters of {name}", "; ".join(f"{parameter}: {text}" for parameter, text in known)
        )


def run(args: argparse.Namespace) -> int:
    """Generates the missing instances."""
    settings = settings_of(GenerateSettings, args)
    if not settings.track:
        names = ", ".join(generating_tracks())
        raise BadSettings(f"no track: give --track TRACK, one of {names}")
    if settings.package:
        return _fetched(settings.track, settings.package)
    track, parameters = registry.split_spec(settings.track)
    if ":" in track:  # A track of one's own; it has its name from here on.
        track = find(track).name
    if track not in (tracks := generating_tracks()):
        raise UnknownPart("track that writes instances", track, tracks)
    if not args.output:
        raise BadSettings("no folder to write to: give -o DIR")
    check_seed(settings.seed or 0)
    instances = tracks[track].instances
    assert instances
    n, seed = settings.n, settings.seed or 0
    if n > MOST_INSTANCES:
        raise BadSettings(f"--n {n}: give at most {MOST_INSTANCES:,}, and the rest other seeds")
    recipes = instances.recipes(parameters, n, seed)
    folder = args.output[-1]
    new = manifest_header(track, {"parameters": parameters, "n": n, "seed": seed})
    rows: list[InstanceFile] = []
    with open_folder(folder, new):
        jobs = [*enumerate(recipes)]
        made = over_processes(partial(make, folder), jobs, settings.workers or 2)
        try:
            rows += watched(([row] for row in made), len(jobs), quiet=settings.quiet)
        except KeyboardInterrupt:
            print("\nstopped; the same command goes on", file=sys.stderr)
            raise
        finish(folder, new, rows)
    _print(rows, folder)
    return 0


def _fetched(name: str, package: str) -> int:
    """Downloads a package for a track."""
    fetch = find(name).fetch
    if fetch is None:
        raise BadSettings(f"--package {package}: {name} takes no packages; give --track repair")
    print(fetch(package))
    return 0


def _print(rows: Sequence[InstanceFile], folder: Path) -> None:
    """A row per stratum, then the totals."""
    cells = []
    for template in dict.fromkeys(row.template for row in rows):
        reached = [row.tokens for row in rows if row.template == template]
        asked = next(row.target for row in rows if row.template == template)
        low, high = min(reached), max(reached)
        achieved = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        cells.append((template, len(reached), f"{asked:,}", achieved))
    heads = ("stratum", "instances", "asked tokens", "achieved tokens")
    print(*plain(heads, cells).lines(), sep="\n")
    tokens, attempts = sum(row.tokens for row in rows), sum(row.attempts for row in rows)
    print(
        f"{len(rows)} instances, {tokens:,} tokens in {folder};"
        f" {attempts - len(rows)} of {attempts} attempts rejected"
    )
