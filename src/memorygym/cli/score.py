"""Score stored traces again, and average what may be averaged; or check results files."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memorygym.core.errors import BadSettings, BadTrace
from memorygym.core.json_types import from_json
from memorygym.core.text import wrap_lines, wrap_text
from memorygym.core.trace import Trace
from memorygym.core.track import find
from memorygym.reports.stored_runs import checked, read_known
from memorygym.reports.tables import ACCURACY, COMPOSITE, questions_text, results_table
from memorygym.runs.episode_result import EpisodeKey, Result, ResultOptions, place_in, result_of
from memorygym.runs.results.consistency import problems
from memorygym.runs.results.results_file import results_in, schema
from memorygym.runs.results.summary import summaries
from memorygym.runs.tasks import Limits
from memorygym.runs.version import version_hash

ONE_WORLD = ("template", "seed")
"""What may differ within a table; traces that differ in anything else are never averaged."""


@dataclass(frozen=True, slots=True)
class Scored:
    """A trace's result and where it came from."""

    path: Path
    trace: Trace
    damage: str
    result: Result

    @property
    def group(self) -> str:
        """The heading of the table that it belongs to."""
        labels, place = self.trace.labels, self.result.place
        played, now = labels.get("version_hash", "unknown"), version_hash(place.track)
        other = "" if played == now else f" (scored by {now})"
        damaged = "DAMAGED TRACES, scored on what could be read: " if self.damage else ""
        memory = f"memory {place.memory}"
        if place.compared:
            memory = f"comparison, {f'{place.budget:,} tokens' if place.budget else 'no budget'}"
        return f"{damaged}contract {played}{other}, {', '.join([memory, *_knobs(self.trace)])}"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = ".jsonl or .jsonl.gz files, or folders (of a run, or of traces); of --check results"
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help=what)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object a trace, with causes")
    how.add_argument("--verbose", "-v", action="store_true", help="show every question")
    how.add_argument(
        "--check", action="store_true",
        help="of results.json, or of the folder of a run: the schema, and whether rows, counts and"
        " summaries agree",
    )  # fmt: skip
    how.add_argument("--schema", action="store_true", help="print that JSON Schema and stop")


def run(args: argparse.Namespace) -> int:
    """Prints scores; 1 if a results file is not valid, 2 if a trace is damaged or cannot be
    scored."""
    if args.schema:
        print(json.dumps(schema(), indent=1, ensure_ascii=False))
        return 0
    if not args.files:
        raise BadSettings("no FILE given: name traces, or results files and --check, or --schema")
    if args.check:
        return max([_checked(path) for path in args.files])
    found: list[Scored] = []
    total = damaged = 0
    for scored, damage in _scored(args.files, attributed=args.json):
        total += 1
        damaged += bool(damage)
        if damage:
            print(f"memorygym: {damage}", file=sys.stderr)
        if scored:
            found.append(scored)
    if args.json:
        for scored in found:
            row = {"trace": str(scored.path), "damage": scored.damage or None}
            print(json.dumps({**row, **scored.result.to_json()}, ensure_ascii=False))
    else:
        print(f"traces: {total} found, {len(found)} scored, {damaged} damaged")
        _print(found, verbose=args.verbose)
    return 2 if damaged else 0


def _checked(path: Path) -> int:
    """Prints whether a results file is valid, then what is wrong with it by its JSON path."""
    try:
        found = problems(results_in(path))
    except BadSettings as error:
        found = [str(error)]
    print(f"{path}: {f'{len(found)} problem' + 's' * (len(found) > 1) if found else 'valid'}")
    for problem in found:
        print(wrap_text(problem, "    "))
    return int(bool(found))


def _print(found: Sequence[Scored], *, verbose: bool) -> None:
    """The tables, after every question if these are asked for."""
    for scored in found if verbose else ():
        print(_questions(scored))
    for title, group in _groups(found).items():
        summed = summaries(scored.result.to_json() for scored in group)
        head = ACCURACY if group[0].result.place.compared else COMPOSITE
        print("\n" + wrap_text(title) + "\n\n" + results_table(summed, head=head))


def _knobs(trace: Trace) -> list[str]:
    """What else of its recipe was played, as its track names it."""
    known = {*find(trace.track).parameters(), "salted", *Limits.__slots__} - {*ONE_WORLD}
    inner = [value for value in trace.recipe.values() if isinstance(value, Mapping)]
    stated = {name: value for part in (trace.recipe, *inner) for name, value in part.items()}
    told = {k: v for k, v in stated.items() if k in known and v not in (None, False)}
    return [f"{name} {value}" for name, value in told.items()]


def _scored(paths: Sequence[Path], *, attributed: bool) -> Iterator[tuple[Scored | None, str]]:
    """Every trace scored as far as it can be, and what is wrong with it."""
    for path, trace, damage in read_known(paths):
        if not trace:
            yield None, damage
            continue
        try:
            place = _place(trace)
            result = result_of(place, trace, ResultOptions(causes=attributed))
            yield Scored(path, trace, damage, result), damage
        except BadTrace as error:
            yield None, f"{path}: {error}"


def _place(trace: Trace) -> EpisodeKey:
    """The episode that it is of. Raises BadTrace if its header lacks what a score needs."""
    try:
        from_json(str, trace.labels.get("version_hash", "unknown"), "labels.contract")
        return place_in(checked(trace))
    except ValueError as error:
        raise BadTrace(f"the header is damaged ({error})") from error


def _questions(scored: Scored) -> str:
    result = scored.result
    title = f"\n== {result.place.who} on {result.template}, seed {result.seed}: {scored.path}"
    return "\n".join([*wrap_lines(title), *wrap_lines(questions_text(scored.trace))])


def _groups(found: Sequence[Scored]) -> dict[str, list[Scored]]:
    """What may be averaged, by heading; of several traces of an episode only the first counts."""
    groups: dict[str, list[Scored]] = {}
    firsts: dict[tuple[object, ...], Path] = {}
    for scored in found:
        place = scored.result.place
        key = (scored.group, scored.trace.task, place.who, place.repeat)
        if (first := firsts.setdefault(key, scored.path)) is scored.path:
            groups.setdefault(scored.group, []).append(scored)
        else:
            where = f"{scored.path} repeats {first}"
            print(f"memorygym: {where}; left out of the table", file=sys.stderr)
    return groups
