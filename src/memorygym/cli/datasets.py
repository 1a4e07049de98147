"""Read files of public data sets: show their content, or measure evidence recall."""

import argparse
import json
import re
import sys
from collections.abc import Mapping, Sequence
from textwrap import fill
from typing import Any

from memorygym.cli._checks import given_path
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.datasets._files import FileRecord
from memorygym.datasets._recall import (
    RecallMeasurement,
    content,
    figures,
    index_of,
    measure,
    shares,
)
from memorygym.datasets._samples import format_named, load, unit_of
from memorygym.reports.table import plain
from memorygym.reports.terminal import WIDTH, fit, width
from memorygym.stats import FEWEST_TASKS, TOO_FEW, span

KS = "1,5,10,25,50"
NOTHING_LEFT = 2


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the actions on a file; without an action the formats are listed."""
    parser.add_argument("--json", action="store_true", help="formats as one JSON object a line")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name, line in (
        ("show", "show the content of a file"),
        ("recall", "measure how much of the evidence a memory's search retrieves"),
    ):
        form = parser.formatter_class
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=form, allow_abbrev=False
        )
        part.add_argument("format", metavar="FORMAT", help="its id: `memorygym datasets`")
        json_help = "JSON or JSON lines, or gzip"
        part.add_argument("file", type=given_path, metavar="FILE", help=json_help)
        units = "turn, session or paragraph (default: the format's)"
        part.add_argument("--unit", metavar="UNIT", help=units)
        part.add_argument("--json", action="store_true", help="one JSON object")
        if name == "recall":
            memory = "the memory whose search is measured, parameters after colons (default: bm25)"
            part.add_argument("--memory", default="bm25", metavar="MEMORY", help=memory)
            many = f"how many units are retrieved (default: {KS})"
            part.add_argument("--k", default=KS, metavar="N[,N]", help=many)


def run(args: argparse.Namespace) -> int:
    """Runs the action; the exit code is 2 if a file leaves nothing to measure."""
    if args.action:
        return (_show if args.action == "show" else _recall)(args)
    for name in registry.names("datasets"):
        row = _about(name)
        print(json.dumps(row, ensure_ascii=False) if args.json else _entry(row))
    return 0


def _about(name: str) -> dict[str, JSON]:
    format = format_named(name)
    line = (registry.load_module("datasets", name).__doc__ or "").partition("\n")[0]
    stated = {key: getattr(format, key) for key in ("evidence", "licence", "source")}
    return {"id": name, "about": line.removeprefix(f"{name}: "), "units": [*format.units], **stated}


def _entry(row: Mapping[str, Any]) -> str:
    lines = [f"{row['id']}: {row['about']}", f"units: {', '.join(row['units'])}"]
    lines += [f"{key}: {row[key]}" for key in ("evidence", "licence", "source")]
    columns = min(width(), WIDTH)
    return "\n".join(
        fill(
            line, columns, initial_indent=" " * 4 if at else "", subsequent_indent=" " * 6,
            break_on_hyphens=False, break_long_words=False,
        )
        for at, line in enumerate(lines)
    )  # fmt: skip


def _show(args: argparse.Namespace) -> int:
    """Counts, categories, sizes and tokens."""
    unit = unit_of(args.format, args.unit)
    found = content(load(args.format, args.file, unit))
    _complain(found.left_out)
    row = {"format": args.format, "unit": unit, **found.figures()}
    name = one_line(args.file.name)
    print(json.dumps(row, ensure_ascii=False) if args.json else "\n".join(_shown(name, row)))
    return 0


def _shown(name: str, row: Mapping[str, Any]) -> Sequence[str]:
    records, refusals, asked = row["records"], row["refusals"], row["questions"]
    spread = "{total:,} ({least:,} to {most:,} a sample)".format_map
    evidence = (
        f"{asked:,}; {row['with_evidence']:,} with evidence, {row['unknown_evidence']:,} pieces of"
        " which name no unit"
    )
    floor = (
        f"{100 * refusals / asked:.1f} %: {refusals:,} questions want a refusal, so always refusing"
        " scores this"
    )
    return [
        f"{name} as {row['format']}: {records['read']} records read, {records['left_out']} left"
        " out",
        f"{row['unit'] + 's':<12}{spread(row['units'])}",
        f"{'tokens':<12}{spread(row['tokens'])}",
        f"{'questions':<12}{evidence}",
        *(f"  {n:>6}  {one_line(category)}" for category, n in row["categories"].items()),
        *([f"{'floor':<12}{floor}"] if refusals else []),
    ]


def _recall(args: argparse.Namespace) -> int:
    ks = _ks(args.k)
    unit = unit_of(args.format, args.unit)
    recall = measure(load(args.format, args.file, unit), index_of(args.memory), max(ks))
    _complain(recall.left_out)
    kept, left = _kept(ks, recall)
    if args.json:
        about = {"format": args.format, "unit": unit, "memory": args.memory, "k_left_out": left}
        print(json.dumps({**figures(recall, kept), **about}, ensure_ascii=False))
    elif kept:
        print("\n".join(_page(args, unit, recall, kept)))
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


def _complain(left_out: Sequence[FileRecord]) -> None:
    for record in left_out:
        print(f"left out {one_line(record.text)}", file=sys.stderr)


def _first_line(args: argparse.Namespace, recall: RecallMeasurement) -> str:
    """How many records and questions count, and why the others do not."""
    records = len(recall.sizes) + len(recall.left_out)
    asked = len(recall.searched) + sum(recall.skipped.values())
    reasons = [f"{n} {reason.replace('_', ' ')}" for reason, n in recall.skipped.items()]
    if recall.unknown:
        reasons.append(f"{recall.unknown} pieces of evidence name no unit")
    why = f" ({', '.join(reasons)})" if reasons else ""
    return (
        f"{one_line(args.file.name)} as {args.format}: {len(recall.sizes)} of {records} records"
        f" read; {len(recall.searched)} of {asked} questions count{why}"
    )


def _page(
    args: argparse.Namespace, unit: str, recall: RecallMeasurement, ks: Sequence[int]
) -> Sequence[str]:
    """One row a k, first over all questions that count and then by category."""
    least, most = min(recall.sizes), max(recall.sizes)
    sizes = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    samples = len({question.sample for question in recall.searched})
    spread = f"; {TOO_FEW.replace('tasks', 'samples')}"
    if samples >= FEWEST_TASKS:
        spread = ", with 95 % intervals clustered by sample"
    what = (
        f"{args.memory} over {sum(recall.sizes):,} {unit}s of {len(recall.sizes):,} samples"
        f" ({sizes} each); shares in %{spread}"
    )
    groups = {"all of them": recall.searched, **recall.by_category()}
    rows = [
        (one_line(name) if k == ks[0] else "", len(own) if k == ks[0] else "", k,
         *map(span, shares(own, k).values()))
        for name, own in groups.items() for k in ks
    ]  # fmt: skip
    heads = ("category", "n", "k", "fraction", "any", "all")
    return [*fit(_first_line(args, recall)), *fit(what), "", *plain(heads, rows).lines()]
