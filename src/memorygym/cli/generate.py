"""Generate instances of a track into a folder, each checked as rendered."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from memorygym.cli._checks import add_quiet, check_counts, given_path, headline
from memorygym.cli._task_options import check_seed
from memorygym.core.errors import BadSettings
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
from memorygym.datasets.instances.loader import TOKENS, tokens_of
from memorygym.datasets.instances.schemas import generating_tracks, own_options, schema_of
from memorygym.reports.terminal import Row, table
from memorygym.runs.executors import over_processes, watched

MOST_SHOWN = 20


def add(parser: argparse.ArgumentParser) -> None:
    """Declares an action for each track that generates instances."""
    tracks = parser.add_subparsers(dest="track", metavar="TRACK", required=True)
    for name, instances in generating_tracks().items():
        line = headline(Path(str(import_module(instances.package).__file__))).removeprefix(
            f"{name}: "
        )
        part = tracks.add_parser(
            name, help=line, description=line,
            formatter_class=parser.formatter_class, allow_abbrev=False,
        )  # fmt: skip
        _add_common(part)
        instances.declare(part.add_argument_group(f"options of {name}"))


def _add_common(part: argparse.ArgumentParser) -> None:
    part.add_argument("--n", type=int, default=1, metavar="N", help="instances (default: 1)")
    part.add_argument(
        "--tokens", type=lengths, default=TOKENS, metavar="T[,T]",
        help=f"tokens of text before the questions, as in 10k,1M (default: {TOKENS})",
    )  # fmt: skip
    part.add_argument(
        "--seed", type=int, default=0, metavar="S",
        help="another seed generates other instances (default: 0)",
    )  # fmt: skip
    part.add_argument(
        "--output", "-o", type=given_path, metavar="DIR", help="a folder; new or resumed"
    )
    part.add_argument("--workers", type=int, default=2, metavar="N", help="processes (default: 2)")
    part.add_argument("--schema", action="store_true", help="print the JSON Schema of an instance")
    add_quiet(part)


def lengths(text: str) -> list[int]:
    """Numbers of tokens. Raises BadSettings.

    >>> lengths("10k,1M,20000")
    [10000, 1000000, 20000]
    """
    numbers = [tokens_of(part) for part in text.split(",")]
    for number, part in zip(numbers, text.split(","), strict=True):
        if number < 1:
            raise BadSettings(f"--tokens {part}: give at least 1")
        if numbers.count(number) > 1:
            raise BadSettings(f"--tokens {text}: {part} is given more than once")
    return numbers


def run(args: argparse.Namespace) -> int:
    """Generates the missing instances; returns 1 if one was rejected."""
    if args.schema:
        print(json.dumps(schema_of(args.track), indent=1, ensure_ascii=False))
        return 0
    if args.output is None:
        raise BadSettings("no folder to write to: give -o DIR")
    check_counts(args, "n", "workers")
    check_seed(args.seed)
    instances = generating_tracks()[args.track]
    recipes = instances.recipes(args)
    new = manifest_header(args.track, instances, _recipe(args, instances, recipes))
    rows: list[InstanceFile] = []
    with open_folder(args.output, new):
        jobs = [InstanceJob(args.output, number, recipe) for number, recipe in enumerate(recipes)]
        made = ([row] for row in over_processes(make, jobs, args.workers))
        try:
            rows += watched(made, len(jobs), quiet=args.quiet)
        except KeyboardInterrupt:
            print(
                "\nstopped; repeat the command to resume",
                file=sys.stderr,
            )
            raise
        finish(args.output, new, rows)
    print("\n".join(_page(args, rows)))
    return 1 if any(row.failed for row in rows) else 0


def _recipe(
    args: argparse.Namespace, instances: Instances, recipes: Sequence[Any]
) -> dict[str, JSON]:
    """The given options. A path is left out: the recipes hold what lies there."""
    values = {name: getattr(args, name) for name in sorted(own_options(instances))}
    options = {name: value for name, value in values.items() if not isinstance(value, Path)}
    recipe = {"n": args.n, "tokens": list(args.tokens), "seed": args.seed, "options": options}
    return {**recipe, "sha256": recipes_hash(recipes)}


def _page(args: argparse.Namespace, rows: Sequence[InstanceFile]) -> Iterator[str]:
    """A row per stratum, then the rejected instances."""
    cells: list[Row | str] = []
    for template in dict.fromkeys(row.template for row in rows):
        reached = [row.tokens for row in rows if row.template == template and row.name]
        asked = next(row.target for row in rows if row.template == template)
        low, high = min(reached, default=0), max(reached, default=0)
        achieved = f"{low:,}" if low == high else f"{low:,} to {high:,}"
        cells.append((template, [str(len(reached)), f"{asked:,}", achieved]))
    yield from table("stratum", ["instances", "asked tokens", "achieved tokens"], cells)
    rejected = [(number, row) for number, row in enumerate(rows) if row.failed]
    for number, row in rejected[:MOST_SHOWN]:
        yield f"REJECTED {number:06} ({row.template}): {', '.join(row.failed)}"
    tokens = sum(row.tokens for row in rows if row.name)
    made, generated = len(rows) - len(rejected), sum(row.attempts for row in rows)
    yield (
        f"{made} instances, {tokens:,} tokens in {args.output};"
        f" {generated - made} of {generated} attempts rejected"
    )
