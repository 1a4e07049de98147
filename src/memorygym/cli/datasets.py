"""Read files of public data sets: show their content, or measure evidence recall."""

import argparse
import json
import re
import sys
from collections.abc import Sequence

from memorygym.cli._checks import given_path
from memorygym.cli._settings import add_actions
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.datasets._files import FileRecord
from memorygym.datasets._recall import RecallMeasurement, content, figures, index_of, measure
from memorygym.datasets._samples import format_named, load, unit_of
from memorygym.reports.dataset_text import content_lines, format_text, recall_lines

KS = "1,5,10,25,50"
NOTHING_LEFT = 2
ACTIONS = {
    "show": "show the content of a file",
    "recall": "measure how much of the evidence a memory's search retrieves",
}


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions on a file; without an action the formats are listed."""
    parser.add_argument("--json", action="store_true", help="formats as one JSON object a line")
    actions = add_actions(parser, ACTIONS, required=False)
    for part in actions.values():
        part.add_argument("format", metavar="FORMAT", help="its id: `memorygym datasets`")
        json_help = "JSON or JSON lines, or gzip"
        part.add_argument("file", type=given_path, metavar="FILE", help=json_help)
        units = "turn, session or paragraph (default: the format's)"
        part.add_argument("--unit", metavar="UNIT", help=units)
        part.add_argument("--json", action="store_true", help="one JSON object")
    memory = "the memory whose search is measured, parameters after colons (default: bm25)"
    actions["recall"].add_argument("--memory", default="bm25", metavar="MEMORY", help=memory)
    many = f"how many units are retrieved (default: {KS})"
    actions["recall"].add_argument("--k", default=KS, metavar="N[,N]", help=many)


def run(args: argparse.Namespace) -> int:
    """Runs the action; the exit code is 2 if a file leaves nothing to measure."""
    if args.action:
        return (_show if args.action == "show" else _recall)(args)
    for name in registry.names("datasets"):
        row = _about(name)
        print(json.dumps(row, ensure_ascii=False) if args.json else format_text(row))
    return 0


def _about(name: str) -> dict[str, JSON]:
    format = format_named(name)
    line = (registry.load_module("datasets", name).__doc__ or "").partition("\n")[0]
    stated = {key: getattr(format, key) for key in ("evidence", "licence", "source")}
    return {"id": name, "about": line.removeprefix(f"{name}: "), "units": [*format.units], **stated}


def _show(args: argparse.Namespace) -> int:
    """Counts, categories, sizes and tokens."""
    unit = unit_of(args.format, args.unit)
    counted, left_out = content(load(args.format, args.file, unit))
    _tell(left_out)
    row = {"format": args.format, "unit": unit, **counted}
    text = "\n".join(content_lines(one_line(args.file.name), row))
    print(json.dumps(row, ensure_ascii=False) if args.json else text)
    return 0


def _recall(args: argparse.Namespace) -> int:
    ks = _ks(args.k)
    unit = unit_of(args.format, args.unit)
    recall = measure(load(args.format, args.file, unit), index_of(args.memory), max(ks))
    _tell(recall.left_out)
    kept, left = _kept(ks, recall)
    if args.json:
        about = {"format": args.format, "unit": unit, "memory": args.memory, "k_left_out": left}
        print(json.dumps({**figures(recall, kept), **about}, ensure_ascii=False))
    elif kept:
        file = f"{one_line(args.file.name)} as {args.format}"
        print("\n".join(recall_lines(file, args.memory, unit, recall, kept)))
    return 0 if kept else NOTHING_LEFT


def _ks(text: str) -> list[int]:
    words = text.split(",")
    if not all(re.fullmatch(r" *[0-9]{1,7} *", word) and int(word) for word in words):
        raise BadSettings(f"--k {text}: give whole numbers from 1 to 9,999,999, commas between")
    return sorted({int(word) for word in words})


def _kept(ks: Sequence[int], recall: RecallMeasurement) -> tuple[list[int], list[int]]:
    """The k that can miss something, and those that cannot, which are noted on stderr."""
    left = [k for k in ks if k >= recall.smallest]
    if not recall.searched:
        print("no question has evidence: nothing to measure", file=sys.stderr)
    elif left:
        lost = f"left out k = {', '.join(map(str, left))}"
        print(f"{lost}: the smallest sample has {recall.smallest} units", file=sys.stderr)
    return [k for k in ks if k < recall.smallest], left


def _tell(left_out: Sequence[FileRecord]) -> None:
    for record in left_out:
        print(f"left out {one_line(record.text)}", file=sys.stderr)
