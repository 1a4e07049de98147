"""Read files of public data sets: what they hold, and evidence recall without any model."""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from textwrap import fill

from memorygym import registry
from memorygym.commands._recall import recall_text, to_json
from memorygym.core import JSON
from memorygym.datasets._files import Record
from memorygym.datasets._recall import Measured, index_of, measure
from memorygym.datasets._samples import Sample, format_named, load, unit_of
from memorygym.errors import BadSettings
from memorygym.page import WIDTH, one_line
from memorygym.tokens import count

KS = "1,5,10,25,50"
NOTHING_LEFT = 2


def add(parser: argparse.ArgumentParser) -> None:
    """Declares what may be done with a file; without anything the formats are listed."""
    parser.add_argument("--json", action="store_true", help="formats as one JSON object a line")
    actions = parser.add_subparsers(dest="action", metavar="ACTION")
    for name, line in (
        ("show", "what a file holds"),
        ("recall", "how much of the evidence a memory's search finds"),
    ):
        part = actions.add_parser(
            name, help=line, description=line, formatter_class=parser.formatter_class,
            allow_abbrev=False,
        )  # fmt: skip
        part.add_argument("format", metavar="FORMAT", help="its id: `memorygym datasets`")
        part.add_argument("file", type=Path, metavar="FILE", help="JSON or JSON lines, or gzip")
        part.add_argument(
            "--unit", metavar="UNIT", help="turn, session or paragraph (default: the format's)"
        )
        part.add_argument("--json", action="store_true", help="one JSON object")
        if name == "recall":
            _add_recall(part)


def _add_recall(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--memory", default="bm25", metavar="MEMORY",
        help="whose search it is, knobs after colons (default: bm25)",
    )  # fmt: skip
    part.add_argument(
        "--k", default=KS, metavar="N[,N]",
        help=f"how many units count as found (default: {KS})",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Does it. The exit code is 2 if a file gives nothing to measure."""
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
    known = format_named(name)
    line = (registry.load_module("datasets", name).__doc__ or "").partition("\n")[0]
    return {
        "id": name,
        "about": line.removeprefix(f"{name}: "),
        "units": list(known.units),
        "evidence": known.evidence,
        "licence": known.licence,
        "source": known.source,
    }


def _entry(row: Mapping[str, JSON]) -> str:
    indent = " " * 4
    lines = [f"{row['id']}: {row['about']}"]
    units = row["units"]
    lines.append(f"units: {', '.join(map(str, units)) if isinstance(units, list) else units}")
    lines += [f"{key}: {row[key]}" for key in ("evidence", "licence", "source")]
    return "\n".join(
        fill(
            line, WIDTH, initial_indent=indent if at else "", subsequent_indent=indent + "  ",
            break_on_hyphens=False, break_long_words=False,
        )
        for at, line in enumerate(lines)
    )  # fmt: skip


def _show(args: argparse.Namespace) -> int:
    """Counts, categories, sizes and tokens."""
    unit = unit_of(args.format, args.unit)
    samples: list[tuple[int, int]] = []
    asked: Counter[str] = Counter()
    told: Counter[str] = Counter()
    left_out: list[Record] = []
    for one in load(args.format, args.file, unit):
        if isinstance(one, Record):
            left_out.append(one)
            continue
        samples.append((len(one.units), sum(count(unit.told) for unit in one.units)))
        asked.update(question.category for question in one.questions)
        told.update(_counts(one))
    _complain(left_out)
    row: dict[str, JSON] = {
        "format": args.format,
        "unit": unit,
        "records": {"read": len(samples), "left_out": len(left_out)},
        "units": _spread([units for units, _ in samples]),
        "tokens": _spread([tokens for _, tokens in samples]),
        "questions": sum(asked.values()),
        "with_evidence": told["with_evidence"],
        "unknown_evidence": told["unknown_evidence"],
        "categories": dict(sorted(asked.items(), key=lambda item: (len(item[0]), item[0]))),
    }
    print(json.dumps(row, ensure_ascii=False) if args.json else _shown(args.file, row))
    return 0


def _counts(sample: Sample) -> dict[str, int]:
    return {
        "with_evidence": sum(bool(asked.evidence) for asked in sample.questions),
        "unknown_evidence": sum(asked.unknown for asked in sample.questions),
    }


def _spread(sizes: Sequence[int]) -> dict[str, JSON]:
    return {"total": sum(sizes), "least": min(sizes), "most": max(sizes)}


def _shown(path: Path, row: Mapping[str, JSON]) -> str:
    def spread(key: str) -> str:
        found = row[key]
        assert isinstance(found, dict)
        return f"{found['total']:,} ({found['least']:,} to {found['most']:,} a sample)"

    records, categories = row["records"], row["categories"]
    assert isinstance(records, dict) and isinstance(categories, dict)
    lines = [
        f"{one_line(path.name)} as {row['format']}: {records['read']} records read,"
        f" {records['left_out']} left out",
        f"{str(row['unit']) + 's':<12}{spread('units')}",
        f"{'tokens':<12}{spread('tokens')}",
        f"{'questions':<12}{row['questions']:,}; {row['with_evidence']:,} with evidence,"
        f" {row['unknown_evidence']:,} pieces of which name no unit",
        *(f"  {n:>6}  {one_line(category)}" for category, n in categories.items()),
    ]
    return "\n".join(lines)


def _recall(args: argparse.Namespace) -> int:
    ks = _ks(args.k)
    unit = unit_of(args.format, args.unit)
    index = index_of(args.memory)
    found = measure(load(args.format, args.file, unit), index, max(ks))
    _complain(found.left_out)
    kept, left = _kept(ks, found)
    if args.json:
        about = {"format": args.format, "unit": unit, "memory": args.memory, "k_left_out": left}
        print(json.dumps({**to_json(found, kept), **about}, ensure_ascii=False))
    elif kept:
        what = f"{one_line(args.file.name)} as {args.format}"
        print(recall_text(what, args.memory, unit, found, kept))
    return 0 if kept else NOTHING_LEFT


def _ks(text: str) -> list[int]:
    words = text.split(",")
    if not all(re.fullmatch(r" *[0-9]{1,7} *", word) and int(word) for word in words):
        raise BadSettings(f"--k {text}: give whole numbers from 1 to 9,999,999, commas between")
    return sorted({int(word) for word in words})


def _kept(ks: Sequence[int], found: Measured) -> tuple[list[int], list[int]]:
    """The k that can miss something, and those that cannot: of these a note is written."""
    kept = [k for k in ks if k < found.smallest]
    left = [k for k in ks if k >= found.smallest]
    if not found.searched:
        print("no question has evidence: nothing to measure", file=sys.stderr)
    elif left:
        print(
            f"left out k = {', '.join(map(str, left))}: the smallest sample has"
            f" {found.smallest} units",
            file=sys.stderr,
        )
    return kept, left


def _complain(left_out: Sequence[Record]) -> None:
    for one in left_out:
        print(f"left out {one_line(one.text)}", file=sys.stderr)
