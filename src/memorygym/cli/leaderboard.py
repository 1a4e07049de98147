"""Rank finished runs; statistically tied agents or memories share a rank."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from memorygym.cli._checks import given_path, require_folder
from memorygym.cli._settings import add_options, settings_of
from memorygym.core.errors import BadSettings
from memorygym.core.files import write_atomically
from memorygym.reports.checks import CHECKS, Evidence, examine, opens
from memorygym.reports.leaderboard import Leaderboard, as_json, flat_rows, leaderboard_of
from memorygym.reports.leaderboard_page import as_markdown
from memorygym.reports.packs import opened
from memorygym.reports.table import rows_csv
from memorygym.runs.executors import watched
from memorygym.runs.settings import TaskSettings
from memorygym.scoring.usage import Price, read_prices

FORMATS = ("md", "csv", "json")


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = "the folder of a run, or a pack (.tar.gz)"
    parser.add_argument("runs", nargs="+", type=given_path, metavar="RUN", help=what)
    parser.add_argument("--format", choices=FORMATS, help="(default: md, or as the ending of -o)")
    ending = "write it there; .json and .csv set the format"
    parser.add_argument("--output", "-o", type=given_path, metavar="FILE", help=ending)
    how = (
        "how runs are verified: not at all, from their traces, or by playing them again (default:"
        " play)"
    )
    parser.add_argument("--check", choices=CHECKS, default="play", help=how)
    secret = "the secret of a private test set, to verify its runs"
    add_options(parser, TaskSettings, "salt", salt=secret)
    parser.add_argument(
        "--prices", type=given_path, metavar="FILE", help="USD per million tokens (JSON)"
    )
    processes = "processes, or threads of a model"
    add_options(parser, TaskSettings, "workers", "quiet", workers=processes)


def run(args: argparse.Namespace) -> int:
    """Prints or writes the leaderboard; returns 1 if a run fails its checks."""
    settings = settings_of(TaskSettings, args)
    if args.output:
        require_folder(args.output)
    prices = read_prices(args.prices) if args.prices else {}
    paths = [*dict.fromkeys(args.runs)]
    examined = ([(str(path), _evidence(path, settings, args.check))] for path in paths)
    runs = sorted(watched(examined, len(paths), quiet=args.quiet), key=lambda pair: pair[0])
    if args.salt and not any(opens(evidence.run.recipe, args.salt) for _, evidence in runs):
        raise BadSettings("--salt is the secret of none of these runs")
    text = _text(leaderboard_of(runs), prices, args)
    if args.output:
        write_atomically(args.output, [text.encode()])
    else:
        print(text, end="")
    return 1 if any(evidence.problems for _, evidence in runs) else 0


def _evidence(path: Path, settings: TaskSettings, check: str) -> Evidence:
    """How far a run is verified: a folder or a pack."""
    salt, workers = settings.salt or "", settings.workers_of(waits=False)
    if path.is_dir():
        return examine(path, check, salt, workers)
    if path.suffix.lower() in (".json", ".csv"):
        raise BadSettings(f"{path} is an export: give the folder of the run, or its pack")
    with opened(path) as (folder, problems):
        if problems:
            raise BadSettings(f"{path}: {problems[0]} (`memorygym pack --check` gives the details)")
        return examine(folder, check, salt, workers)


def _text(board: Leaderboard, prices: Mapping[str, Price], args: argparse.Namespace) -> str:
    ending = args.output.suffix[1:].lower() if args.output else ""
    format = args.format or (ending if ending in FORMATS else "md")
    if format == "json":
        return json.dumps(as_json(board, prices), indent=1, ensure_ascii=False) + "\n"
    if format == "csv":
        return rows_csv(flat_rows(board, prices))
    words = ["memorygym leaderboard", *sorted(map(str, dict.fromkeys(args.runs)))]
    words += [f"--check {args.check}"] if args.check != "play" else []
    return as_markdown(board, prices, " ".join(words))
