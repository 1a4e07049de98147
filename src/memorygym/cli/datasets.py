"""Read files of public data sets: show their content, or measure evidence recall."""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

from memorygym.cli._checks import given_path
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.text import one_line
from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.datasets._files import FileRecord
from memorygym.datasets._recall import (
    PLACES,
    RecallMeasurement,
    SearchedQuestion,
    figures,
    index_of,
    measure,
    shares,
)
from memorygym.datasets._samples import format_named, load, unit_of
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
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=parser.formatter_class,
            allow_abbrev=False,
        )  # fmt: skip
        part.add_argument("format", metavar="FORMAT", help="its id: `memorygym datasets`")
        part.add_argument(
            "file", type=given_path, metavar="FILE", help="JSON or JSON lines, or gzip"
        )
        part.add_argument(
            "--unit", metavar="UNIT", help="turn, session or paragraph (default: the format's)"
        )
        part.add_argument("--json", action="store_true", help="one JSON object")
        if name == "recall":
            _add_recall(part)


def _add_recall(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--memory", default="bm25", metavar="MEMORY",
        help="the memory whose search is measured, parameters after colons (default: bm25)",
    )  # fmt: skip
    part.add_argument(
        "--k", default=KS, metavar="N[,N]",
        help=f"how many units are retrieved (default: {KS})",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Runs the action; the exit code is 2 if a file leaves nothing to measure."""
    match args.action:
        case "show":
            return _show(args)
        case "recall":
            return _recall(args)
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
    units, tokens, left_out = [], [], []
    totals: Counter[str] = Counter()
    categories: Counter[str] = Counter()
    for record in load(args.format, args.file, unit):
        if isinstance(record, FileRecord):
            left_out.append(record)
            continue
        units.append(len(record.units))
        tokens.append(sum(count(unit.search_text) for unit in record.units))
        categories.update(question.category for question in record.questions)
        totals["with_evidence"] += sum(bool(question.evidence) for question in record.questions)
        totals["refusals"] += sum(question.refusal for question in record.questions)
        totals["unknown_evidence"] += sum(question.unknown for question in record.questions)
    _complain(left_out)
    row = {
        "format": args.format,
        "unit": unit,
        "records": {"read": len(units), "left_out": len(left_out)},
        "units": _spread(units),
        "tokens": _spread(tokens),
        "questions": categories.total(),
        "with_evidence": totals["with_evidence"],
        "unknown_evidence": totals["unknown_evidence"],
        "refusals": totals["refusals"],
        "categories": dict(sorted(categories.items(), key=lambda item: (len(item[0]), item[0]))),
    }
    print(json.dumps(row, ensure_ascii=False) if args.json else _shown(args.file, row))
    return 0


def _spread(sizes: Sequence[int]) -> dict[str, JSON]:
    return {"total": sum(sizes), "least": min(sizes), "most": max(sizes)}


def _shown(path: Path, row: Mapping[str, Any]) -> str:
    records, refusals = row["records"], row["refusals"]
    spread = "{total:,} ({least:,} to {most:,} a sample)".format_map
    lines = [
        f"{one_line(path.name)} as {row['format']}: {records['read']} records read,"
        f" {records['left_out']} left out",
        f"{row['unit'] + 's':<12}{spread(row['units'])}",
        f"{'tokens':<12}{spread(row['tokens'])}",
        f"{'questions':<12}{row['questions']:,}; {row['with_evidence']:,} with evidence,"
        f" {row['unknown_evidence']:,} pieces of which name no unit",
        *(f"  {n:>6}  {one_line(category)}" for category, n in row["categories"].items()),
    ]
    if refusals:
        floor = 100 * refusals / row["questions"]
        lines.append(
            f"{'floor':<12}{floor:.1f} %: {refusals:,} questions want a refusal, so always refusing"
            " scores this"
        )
    return "\n".join(lines)


def _recall(args: argparse.Namespace) -> int:
    ks = _ks(args.k)
    unit = unit_of(args.format, args.unit)
    index = index_of(args.memory)
    recall = measure(load(args.format, args.file, unit), index, max(ks))
    _complain(recall.left_out)
    kept, left = _kept(ks, recall)
    if args.json:
        about = {"format": args.format, "unit": unit, "memory": args.memory, "k_left_out": left}
        print(json.dumps({**to_json(recall, kept), **about}, ensure_ascii=False))
    elif kept:
        print(_recall_text(args, unit, recall, kept))
    return 0 if kept else NOTHING_LEFT


def _ks(text: str) -> list[int]:
    words = text.split(",")
    if not all(re.fullmatch(r" *[0-9]{1,7} *", word) and int(word) for word in words):
        raise BadSettings(f"--k {text}: give whole numbers from 1 to 9,999,999, commas between")
    return sorted({int(word) for word in words})


def _kept(ks: Sequence[int], recall: RecallMeasurement) -> tuple[list[int], list[int]]:
    """The k that can miss something, and those that cannot, which are noted on stderr."""
    kept = [k for k in ks if k < recall.smallest]
    left = [k for k in ks if k >= recall.smallest]
    if not recall.searched:
        print("no question has evidence: nothing to measure", file=sys.stderr)
    elif left:
        print(
            f"left out k = {', '.join(map(str, left))}: the smallest sample has"
            f" {recall.smallest} units",
            file=sys.stderr,
        )
    return kept, left


def _complain(left_out: Sequence[FileRecord]) -> None:
    for record in left_out:
        print(f"left out {one_line(record.text)}", file=sys.stderr)


def to_json(recall: RecallMeasurement, ks: Sequence[int]) -> dict[str, JSON]:
    """All figures: shares from 0 to 1 by k, overall and by published category."""
    return {
        **figures(recall.searched, ks),
        "intervals": {str(k): _intervals(recall.searched, k) for k in ks if recall.searched},
        "categories": {
            category: figures(searched, ks) for category, searched in recall.by_category().items()
        },
        "samples": len(recall.sizes),
        "units": sum(recall.sizes),
        "skipped": dict(recall.skipped),
        "unknown_evidence": recall.unknown,
        "records_left_out": [record.index for record in recall.left_out],
    }


def _intervals(searched: Sequence[SearchedQuestion], k: int) -> dict[str, JSON]:
    """The 95 % intervals at k; null where there are too few samples."""
    return {
        name: [round(share.low, PLACES), round(share.high, PLACES)] if share.has_interval else None
        for name, share in shares(searched, k).items()
    }


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


def _recall_text(
    args: argparse.Namespace, unit: str, recall: RecallMeasurement, ks: Sequence[int]
) -> str:
    """One row a k, first over all questions that count and then by category."""
    least, most = min(recall.sizes), max(recall.sizes)
    sizes = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    lines = fit(_first_line(args, recall))
    lines += fit(
        f"{args.memory} over {sum(recall.sizes):,} {unit}s of {len(recall.sizes):,} samples"
        f" ({sizes} each); shares in %{_intervals_text(recall)}"
    )
    lines.append(f"\n{'category':<22}{'n':>6}{'k':>4}" + f"{'fraction':>16}{'any':>16}{'all':>16}")
    lines += _rows("all of them", recall.searched, ks)
    for category, searched in recall.by_category().items():
        lines += _rows(category, searched, ks)
    return "\n".join(lines)


def _rows(name: str, searched: Sequence[SearchedQuestion], ks: Sequence[int]) -> Iterator[str]:
    head = f"{name[:21]:<22}{len(searched):>6}"
    for k in ks:
        cells = "".join(f"{span(share):>16}" for share in shares(searched, k).values())
        yield f"{head}{k:>4}{cells}"
        head = " " * 28


def _intervals_text(recall: RecallMeasurement) -> str:
    """Whether the table has intervals."""
    samples = len({question.sample for question in recall.searched})
    few = f"; {TOO_FEW.replace('tasks', 'samples')}"
    return ", with 95 % intervals clustered by sample" if samples >= FEWEST_TASKS else few
