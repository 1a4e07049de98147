"""Files of SWE-bench, SWE-Gym and SWE-smith: `python -m memorygym.tracks.repair.swegym`."""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TypeVar

from memorygym.core.errors import BadSettings, MemoryGymError
from memorygym.core.json_values import json_hash
from memorygym.core.tokens import count
from memorygym.datasets._files import FileRecord
from memorygym.tracks.repair.swegym import harness, instances, predictions

T = TypeVar("T")
FAILED = 3
"""The exit code if the harness gave no verdict on some patch."""


def main(words: list[str] | None = None) -> int:
    """Returns 0, 2 for a wrong file or set-up, or FAILED."""
    parser = argparse.ArgumentParser(prog="python -m memorygym.tracks.repair.swegym")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("show", help="say what a file of instances holds")
    command.set_defaults(run=_show)
    command.add_argument("file", type=Path, metavar="FILE")
    command = commands.add_parser("predictions", help="write the patches of trajectories")
    command.set_defaults(run=_predictions)
    command.add_argument("files", type=Path, nargs="+", metavar="FILE")
    command.add_argument("--name", help="the model's name (default: as the files say)")
    command.add_argument("-o", type=Path, required=True, metavar="preds.json")
    command = commands.add_parser("evaluate", help="judge patches with the official harness")
    command.set_defaults(run=_evaluate)
    command.add_argument("predictions", type=Path, metavar="preds.json")
    command.add_argument("--dataset", required=True, metavar="FILE or NAME")
    command.add_argument("--run-id", metavar="NAME", help="(default: a hash of the patches)")
    command.add_argument("-o", type=Path, default=Path(), metavar="DIR")
    args = parser.parse_args(words)
    try:
        return int(args.run(args) or 0)
    except (MemoryGymError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2


def _show(args: argparse.Namespace) -> None:
    good = list(_good(instances.read(args.file)))
    if not good:
        raise BadSettings(f"{args.file} holds no instances")
    for family, number in Counter(item.family for item in good).items():
        own = [item for item in good if item.family == family]
        print(
            f"{family}: {number} instances of {len({item.repo for item in own})} repositories;"
            f" issues of {sum(count(item.problem) for item in own) / number:.0f} tokens;"
            f" {sum(len(item.failing) for item in own)} tests to mend,"
            f" {sum(len(item.passing) for item in own)} to keep;"
            f" without an issue: {sum(not item.problem.strip() for item in own)}"
        )


def _predictions(args: argparse.Namespace) -> None:
    good = _good(chain.from_iterable(map(predictions.read, args.files)))
    named = [replace(item, model=args.name or item.model) for item in good]
    empty = sum(not item.patch for item in named)
    print(f"{args.o}: {predictions.write(args.o, named)} predictions, {empty} of them empty")


def _evaluate(args: argparse.Namespace) -> int:
    # The harness judges no instance again that it judged under this id.
    id = args.run_id or f"memorygym-{json_hash(args.predictions.read_text('utf-8'))[:8]}"
    verdicts = harness.evaluate(args.predictions, args.dataset, id, args.o)
    for name, ids in verdicts._asdict().items():
        print(f"{name}: {len(ids)}", *ids)
    return FAILED if verdicts.unjudged else 0


def _good(items: Iterable[T | FileRecord]) -> Iterator[T]:
    """The items that could be read; the others are named on standard error."""
    for item in items:
        if isinstance(item, FileRecord):
            print(f"left out {item.text}", file=sys.stderr)
        else:
            yield item


if __name__ == "__main__":
    sys.exit(main())
