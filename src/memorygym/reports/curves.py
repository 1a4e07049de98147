"""Accuracy by number, distance, length, hops or rewrites of the needed facts; and accuracy against
the tokens of a memory."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from memorygym.reports.table import Value, plain
from memorygym.reports.terminal import paragraph
from memorygym.runs.comparison.figures import (
    ACCURACY,
    FACTS,
    Cases,
    Report,
    facts_group,
)
from memorygym.runs.comparison.significance import TaskKey
from memorygym.stats import FEWEST_TASKS, Estimate, clustered_share

FIRST = 1_000
"""Tokens below which a span is in the first bin; every further bin is twice as wide."""
NOTE = (
    "Accuracy in %, with the 95 % interval of a share (Wilson interval with the sample size divided"
    " by the design effect, because questions of one task are correlated); none of fewer than"
    f" {FEWEST_TASKS} tasks."
)


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin: the questions of a system with similar span, length, facts, hops or rewrites."""

    system: str
    place: int | str
    """Its place among the bins."""
    name: str
    questions: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Kind:
    """A property that questions are sorted by."""

    title: str
    axis: str
    """The label of the axis of its plot; "" if there is none."""
    figure: str
    """The field of a question case."""
    place: Callable[[Any], int | str] = int
    """The place of a value's bin among the bins: its number, or its name where they have none."""
    name: Callable[[Any], str] = str
    """The name of a bin, from its place."""


def place_of(tokens: int) -> int:
    """0 below FIRST tokens, 1 below twice as many, and so on."""
    return (tokens // FIRST).bit_length()


def span_name(place: int) -> str:
    """
    >>> span_name(0), span_name(1), span_name(5), span_name(12)
    ('<1k', '1–2k', '16–32k', '2–4M')
    """
    if place == 0:
        return "<1k"
    unit, letter = (1 << 10, "M") if place > 10 else (1, "k")
    low = max(1, (1 << place - 1) // unit)
    return f"{low}–{2 * low}{letter}"


CURVES: Mapping[str, Kind] = {
    "retention": Kind(
        "tokens between the first statement of the oldest needed fact and the question",
        "text read since the oldest needed fact (tokens)", "span", place_of, span_name,
    ),
    "length": Kind(
        "tokens shown before the question was asked", "text read before the question (tokens)",
        "length", place_of, span_name,
    ),
    "facts": Kind(
        "facts that the question needs", "facts that the question needs",
        "needs", facts_group, FACTS.__getitem__,
    ),
    "hops": Kind(
        "lookups that the question combines", "lookups that the question combines", "hops"
    ),
    "rewrite": Kind(
        "times that the most rewritten needed fact had been changed",
        "changes of the most often changed needed fact", "rewrites",
    ),
    "kind": Kind("what the question is about, or what the request needs", "", "kind", str),
    "type": Kind("question type", "", "type", str),
}  # fmt: skip


def curve(report: Report, kind: str) -> list[Bin]:
    """The bins that hold questions, by memory and reference in the order of the report."""
    rows = report.of("memory", "reference")
    return [bin for row in rows for bin in _bins(row.system, report.cases[row.system], kind)]


def _bins(system: str, cases: Mapping[TaskKey, Cases], kind: str) -> Iterator[Bin]:
    """The bins of one system, in the order of their places."""
    curve_kind, bins = CURVES[kind], dict[Any, dict[TaskKey, list[float]]]()
    for task, own in cases.items():
        for case in own:
            tasks = bins.setdefault(curve_kind.place(getattr(case, curve_kind.figure)), {})
            tasks.setdefault(task, []).append(case.score)
    for place, tasks in sorted(bins.items()):
        scores = [*tasks.values()]
        yield Bin(
            system, place, curve_kind.name(place), sum(map(len, scores)), clustered_share(scores)
        )


SPLITS = ("facts", "hops")
"""Curves that every comparison has."""


def largest(bins: Sequence[Bin]) -> list[Bin]:
    """Of each place the bin with the most questions, in the order of the places."""
    most = {bin.place: bin for bin in sorted(bins, key=lambda bin: bin.questions)}
    return sorted(most.values(), key=lambda bin: bin.place)


def curve_text(report: Report, kind: str, score: str = ACCURACY) -> str:
    """A row per system and a column per bin: accuracy with its interval."""
    bins = curve(report, kind)
    heads, by_place = largest(bins), {(bin.system, bin.place): bin.accuracy for bin in bins}
    rows: list[Sequence[Value]] = [("questions", *(head.questions for head in heads))]
    for system in dict.fromkeys(bin.system for bin in bins):
        rows.append((system, *(by_place.get((system, head.place)) for head in heads)))
    note = NOTE.replace(ACCURACY.capitalize(), score.capitalize())
    table = plain(["", *(head.name for head in heads)], rows, "share", "()", [note])
    return "\n".join([*paragraph(CURVES[kind].title), *table.lines()])


@dataclass(frozen=True, slots=True)
class Point:
    """A memory, none, recency or full, with its accuracy and its cost."""

    system: str
    accuracy: float
    cost: float
    dominated_by: str | None
    """A system that is at least as good and as cheap, and better on one."""


def by_tokens(report: Report) -> list[Point]:
    """Accuracy against tokens per task, those in the context and those of the memory's model: the
    cheapest first, without oracle (no memory) and systems that failed a task or whose set-up is at
    fault."""
    figures = {
        row.system: (accuracy.mean, total.mean)
        for row in report.rows
        if row.role != "unlimited" and row.system != "oracle" and not (row.failed or row.fault)
        if (accuracy := row[ACCURACY]) and (total := row["total"])
    }
    points = [
        Point(system, accuracy, cost, _better(figures, accuracy, cost))
        for system, (accuracy, cost) in figures.items()
    ]
    return sorted(points, key=lambda point: (point.cost, -point.accuracy, point.system))


def _better(figures: Mapping[str, tuple[float, float]], accuracy: float, cost: float) -> str | None:
    """The system that dominates, if one does.

    >>> _better({"cheap": (0.5, 10), "dear": (0.5, 20), "good": (0.6, 20)}, 0.5, 20)
    'good'
    """
    better = [
        (-a, c, system)
        for system, (a, c) in figures.items()
        if a >= accuracy and c <= cost and (a, c) != (accuracy, cost)
    ]
    return min(better)[2] if better else None
