"""Check results files: their schema, and that rows, counts and summaries agree."""

import argparse
import json
from pathlib import Path

from memorygym.errors import BadSettings
from memorygym.page import wrapped
from memorygym.results.consistency import problems
from memorygym.results.file import results_in, schema


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="results.json, or the folder of a run"
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema and stop")


def run(args: argparse.Namespace) -> int:
    """A line a file, then what is wrong with it by its JSON path; 1 if anything is."""
    if args.schema:
        print(json.dumps(schema(), indent=1, ensure_ascii=False))
        return 0
    if not args.files:
        raise BadSettings("no FILE given: name results files, or ask for --schema")
    wrong = 0
    for given in args.files:
        found = _problems(given)
        wrong += bool(found)
        print(f"{given}: {_told(len(found))}")
        for problem in found:
            print(wrapped(problem, "    "))
    return 1 if wrong else 0


def _problems(path: Path) -> list[str]:
    try:
        return problems(results_in(path))
    except BadSettings as error:
        return [str(error)]


def _told(wrong: int) -> str:
    return f"{wrong} problem{'s' * (wrong > 1)}" if wrong else "valid"
