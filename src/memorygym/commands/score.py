"""Score stored traces again, and average what may be averaged."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from memorygym.commands._run import checked, refuse_compared
from memorygym.contract import contract
from memorygym.core import JSON
from memorygym.errors import BadTrace
from memorygym.page import fit, wrapped
from memorygym.results.summary import summaries
from memorygym.runner import Plan, Result, judged
from memorygym.runs.folder import read_traces
from memorygym.shapes import shape
from memorygym.tables import questions_text, results_table
from memorygym.trace import Trace
from memorygym.tracks.worlds.settings import Settings

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
        labels, recipe = self.trace.labels, self.trace.recipe
        stated = {k: v for k, v in recipe.items() if k not in ONE_WORLD and v not in (None, False)}
        sizes = [f"{name} {value}" for name, value in stated.items()]
        played, now = labels.get("contract", "unknown"), contract()
        other = "" if played == now else f" (scored by {now})"
        damaged = "DAMAGED TRACES, scored on what could be read: " if self.damage else ""
        memory = labels.get("memory", "unknown")
        return f"{damaged}contract {played}{other}, memory {memory}, {', '.join(sizes)}"

    def to_json(self) -> dict[str, JSON]:
        """A row: the result, and what it may be compared with."""
        return {
            "trace": str(self.path),
            "damage": self.damage or None,
            **self.result.to_json(),
        }


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = ".jsonl or .jsonl.gz files, or folders (of a run, or of traces)"
    parser.add_argument("traces", nargs="+", type=Path, help=what)
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="one JSON object a trace, with causes")
    how.add_argument("--verbose", "-v", action="store_true", help="show every question")


def run(args: argparse.Namespace) -> int:
    """Prints scores; 2 if a trace is damaged or cannot be scored."""
    found: list[Scored] = []
    damaged = total = 0
    for scored, damage in _scored(args.traces, attributed=args.json):
        total += 1
        if damage:
            damaged += 1
            print(f"memorygym: {damage}", file=sys.stderr)
        if scored:
            found.append(scored)
    if args.json:
        for scored in found:
            print(json.dumps(scored.to_json(), ensure_ascii=False))
        return 2 if damaged else 0
    print(f"traces: {total} found, {len(found)} scored, {damaged} damaged")
    for scored in found if args.verbose else ():
        print(_questions(scored))
    for title, results in _groups(found).items():
        print(
            "\n" + wrapped(title) + "\n\n" + results_table(summaries(r.to_json() for r in results))
        )
    return 2 if damaged else 0


def _scored(paths: Sequence[Path], *, attributed: bool) -> Iterator[tuple[Scored | None, str]]:
    """Every trace scored as far as it can be, and what is wrong with it."""
    for path, trace, damage in read_traces(paths):
        if trace:
            refuse_compared(path, trace)
        try:
            yield _score(path, trace, damage, attributed=attributed) if trace else None, damage
        except BadTrace as error:
            yield None, f"{path}: {error}"


def _score(path: Path, trace: Trace, damage: str, *, attributed: bool) -> Scored:
    """The score of a trace. Raises BadTrace if its header lacks what that needs."""
    try:
        agent, settings = _who(trace), _what(trace)
        checked(trace)
    except ValueError as error:
        raise BadTrace(f"the header is damaged ({error})") from error
    result = judged(settings, agent, trace, Plan(attributed=attributed))
    return Scored(path, trace, damage, result)


def _who(trace: Trace) -> str:
    """The agent; all labels that a table shows are texts."""
    for name in ("memory", "contract"):
        shape(str, trace.labels.get(name, "unknown"), f"labels.{name}")
    return shape(str, trace.labels.get("agent", "unknown"), "labels.agent")


def _what(trace: Trace) -> Settings:
    recipe, labels = trace.recipe, trace.labels
    return Settings(
        shape(str, recipe.get("template"), "recipe.template"),
        shape(int, recipe.get("seed"), "recipe.seed"),
        shape(str, recipe.get("tier"), "recipe.tier"),
        memory=str(labels.get("memory", "unknown")),
        repeat=shape(int, labels.get("repeat", 0), "labels.repeat"),
    )


def _questions(scored: Scored) -> str:
    result = scored.result
    title = f"\n== {result.agent} on {result.template}, seed {result.seed}: {scored.path}"
    return "\n".join([*fit(title), *fit(questions_text(scored.trace))])


def _groups(found: Sequence[Scored]) -> dict[str, list[Result]]:
    """What may be averaged, by heading; of several traces of an episode only the first counts."""
    groups: dict[str, list[Result]] = {}
    firsts: dict[tuple[str, str, str, int], Path] = {}
    for scored in found:
        result = scored.result
        key = (scored.group, scored.trace.task, result.agent, result.settings.repeat)
        if key in firsts:
            where = f"{scored.path} repeats {firsts[key]}"
            print(f"memorygym: {where}; left out of the table", file=sys.stderr)
            continue
        firsts[key] = scored.path
        groups.setdefault(scored.group, []).append(result)
    return groups
