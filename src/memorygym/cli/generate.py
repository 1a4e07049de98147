"""Generate instances of a track into a folder, each checked as rendered."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from memorygym.cli._settings import add_settings, settings_of
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import Instances
from memorygym.core.types import JSON
from memorygym.datasets.instances.folder import (
    InstanceFile,
    InstanceJob,
    finish,
    make,
    manifest_header,
    open_folder,
    recipes_hash,
)
from memorygym.datasets.instances.loader import parameters_of, parsed
from memorygym.datasets.instances.schemas import generating_tracks, own_options, schema_of
from memorygym.reports.table import plain
from memorygym.runs.executors import over_processes, watched
from memorygym.runs.settings import GenerateSettings
from memorygym.runs.tasks import check_seed

MOST_SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options, and lists the parameters of every track that writes instances."""
    add_settings(parser, GenerateSettings)
    for name, instances in generating_tracks().items():
        known = parameters_of(instances).items()
        parser.add_argument_group(
            f"parameters of {name}", "; ".join(f"{parameter}: {text}" for parameter, text in known)
        )


def run(args: argparse.Namespace) -> int:
    """Generates the missing instances; returns 1 if one was rejected."""
    settings = settings_of(GenerateSettings, args)
    tracks = generating_tracks()
    if not settings.track:
        raise BadSettings(f"no track: give --track TRACK, one of {', '.join(tracks)}")
    track, parameters = registry.split_spec(settings.track)
    if track not in tracks:
        raise UnknownPart("track that writes instances", track, tracks)
    if settings.schema:
        print(json.dumps(schema_of(track), indent=1, ensure_ascii=False))
        return 0
    if not args.output:
        raise BadSettings("no folder to write to: give -o DIR")
    check_seed(settings.seed or 0)
    options = parsed(track, tracks[track], parameters)
    options.n, options.seed = settings.n, settings.seed or 0
    recipes = tracks[track].recipes(options)
    folder = args.output[-1]
    new = manifest_header(track, tracks[track], _recipe(options, tracks[track], recipes))
    rows: list[InstanceFile] = []
    with open_folder(folder, new):
        jobs = [InstanceJob(folder, number, recipe) for number, recipe in enumerate(recipes)]
        made = ([row] for row in over_processes(make, jobs, settings.workers or 2))
        try:
            rows += watched(made, len(jobs), quiet=settings.quiet)
        except KeyboardInterrupt:
            print("\nstopped; the same command goes on", file=sys.stderr)
            raise
        finish(folder, new, rows)
    _print(rows, folder)
    return 1 if any(row.failed for row in rows) else 0


def _recipe(
    options: argparse.Namespace, instances: Instances, recipes: Sequence[Any]
) -> dict[str, JSON]:
    """The given options. A path is left out: the recipes hold what lies there."""
    values = {name: getattr(options, name) for name in sorted(own_options(instances))}
    own = {name: value for name, value in values.items() if not isinstance(value, Path)}
    recipe = {"n": options.n, "tokens": list(options.tokens), "seed": options.seed, "options": own}
    return {**recipe, "sha256": recipes_hash(recipes)}


def _print(rows: Sequence[InstanceFile], folder: Path) -> None:
    """A row per stratum, then the rejected instances."""
    cells = []
    for template in dict.fromkeys(row.template for row in rows):
        reached = [row.tokens for row in rows if row.template == template and row.name]
        asked = next(row.target for row in rows if row.template == template)
        low, high = min(reached, default=0), max(reached, default=0)
        achieved = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        cells.append((template, len(reached), f"{asked:,}", achieved))
    heads = ("stratum", "instances", "asked tokens", "achieved tokens")
    print(*plain(heads, cells).lines(), sep="\n")
    rejected = [(number, row) for number, row in enumerate(rows) if row.failed]
    for number, row in rejected[:MOST_SHOWN]:
        print(f"REJECTED {number:06} ({row.template}): {', '.join(row.failed)}")
    tokens = sum(row.tokens for row in rows if row.name)
    made, generated = len(rows) - len(rejected), sum(row.attempts for row in rows)
    print(
        f"{made} instances, {tokens:,} tokens in {folder};"
        f" {generated - made} of {generated} attempts rejected"
    )
