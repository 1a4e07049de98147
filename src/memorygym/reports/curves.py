"""Accuracy by number, distance, length, hops or rewrites of the needed facts; and accuracy against
the cost of a memory."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from string import ascii_uppercase
from typing import Any

from memorygym.reports.columns import ACCURACY, amount, paragraph
from memorygym.reports.terminal import Row, table, width
from memorygym.runs.comparison.figures import Clock, Report
from memorygym.runs.comparison.questions import FACTS, Answered, facts_group, judged, left_out
from memorygym.runs.comparison.significance import TaskKey
from memorygym.runs.metrics import Measurement
from memorygym.stats import FEWEST_TASKS, Estimate, clustered_share, span

FIRST = 1_000
"""Tokens below which a span is in the first bin; every further bin is twice as wide."""
NOTE = (
    "Accuracy in %, with the 95 % interval of a share (Wilson interval with the sample size divided"
    " by the design effect, because questions of one task are correlated); none of fewer than"
    f" {FEWEST_TASKS} tasks."
)
HIGH, APART, MARGIN = 16, 5, 8
"""Lines of a plot; columns between no cost and the least cost; columns beside the plot."""
Bins = dict[Any, dict[TaskKey, list[float]]]
"""The scores of the questions, by bin and task."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin: the questions of a system with similar span, length, facts, hops or rewrites."""

    system: str
    place: int | str
    """Its place among the bins."""
    name: str
    questions: int
    accuracy: Estimate


Splits = Mapping[str, Sequence[Bin]]
"""By kind of curve: the bins of every system."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A property that questions are sorted by."""

    title: str
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
        "span", place_of, span_name,
    ),
    "length": Kind("tokens shown before the question was asked", "length", place_of, span_name),
    "facts": Kind("facts that the question needs", "needs", facts_group, FACTS.__getitem__),
    "hops": Kind("lookups that the question combines", "hops"),
    "rewrite": Kind("times that the most rewritten needed fact had been changed", "rewrites"),
    "kind": Kind("what the question is about, or what the request needs", "kind", str),
    "type": Kind("question type", "type", str),
}  # fmt: skip


def curve(measured: Sequence[Measurement], report: Report, kind: str) -> list[Bin]:
    """The bins that hold questions, by memory and reference in the order of the report."""
    systems = [row.system for row in [*report.of("memory"), *report.of("reference")]]
    return binned(measured, systems, kind)


def binned(measured: Sequence[Answered], systems: Iterable[str], kind: str) -> list[Bin]:
    """The same for these systems, in their order."""
    curve_kind, left = CURVES[kind], left_out(measured)
    bins_of: dict[str, Bins] = {}
    for measurement in sorted(measured, key=lambda measurement: measurement.task):
        bins = bins_of.setdefault(measurement.system, {})
        for case in judged(measurement, left):
            place = curve_kind.place(getattr(case, curve_kind.figure))
            tasks = bins.setdefault(place, {})
            tasks.setdefault(measurement.task, []).append(case.score)
    return [
        Bin(
            system, place, curve_kind.name(place),
            sum(map(len, tasks.values())), clustered_share([*tasks.values()]),
        )
        for system in systems
        for place, tasks in sorted(bins_of.get(system, {}).items())
    ]  # fmt: skip


def curve_text(bins: Sequence[Bin], kind: str, score: str = ACCURACY) -> str:
    """A row per system and a column per bin: accuracy with its interval."""
    if not bins:
        return "no questions to sort"
    names = {item.place: item.name for item in sorted(bins, key=lambda item: item.place)}
    by_place = {(item.system, item.place): item for item in bins}
    most = [max(item.questions for item in bins if item.place == place) for place in names]
    rows: list[Row | str] = [("questions", [*map(str, most)])]
    for system in dict.fromkeys(item.system for item in bins):
        items = (by_place.get((system, place)) for place in names)
        rows.append((system, [span(item.accuracy if item else None) for item in items]))
    note = NOTE.replace(ACCURACY.capitalize(), score.capitalize())
    lines = [*paragraph(CURVES[kind].title), *table("", [*names.values()], rows), *paragraph(note)]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Point:
    """A memory, none, recency or full, with its accuracy and its cost."""

    system: str
    accuracy: float
    cost: float
    dominated_by: str | None
    """A system as good in accuracy and cost and better in one; the most accurate of these."""


def by_tokens(report: Report) -> list[Point]:
    """Accuracy against tokens per task: those in the context and those of the memory's model."""
    costs = {row.system: total.mean for row in report.rows if (total := row["total"])}
    return _points(report, costs)


def by_clock(report: Report, clock: Clock) -> list[Point]:
    """Accuracy against median milliseconds per step."""
    return _points(report, {system: median for system, (median, _) in clock.items()})


def _points(report: Report, costs: Mapping[str, float]) -> list[Point]:
    """The points, cheapest first, without oracle (no memory) and systems that failed a task
    or whose set-up is at fault."""
    figures = {
        row.system: (accuracy.mean, costs[row.system])
        for row in report.rows
        if row.role != "unlimited" and row.system != "oracle" and not (row.failed or row.fault)
        if (accuracy := row["accuracy"]) and row.system in costs
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


def plot(points: Sequence[Point], unit: str, score: str = ACCURACY) -> str:
    """The points on a logarithmic scale with a legend; dominated ones have small letters."""
    if not points:
        return "nothing to plot: no system finished every task"
    columns = width() - MARGIN
    marks, (column, ends) = _marks(points), _axis([point.cost for point in points], columns)
    grid = [[" "] * columns for _ in range(HIGH + 1)]
    for point in points:
        line = grid[round(HIGH * (1 - point.accuracy))]
        line[_free(line, column(point.cost))] = marks[point.system]
    lines = [*paragraph(f"{score} in %, against {unit} on a logarithmic scale"), ""]
    for i, line in enumerate(grid):
        side = f"{100 * (HIGH - i) // HIGH:>4} ┤" if i % 4 == 0 else f"{'':>4} │"
        lines.append((side + "".join(line)).rstrip())
    lines += [f"{'':>4} └{'─' * columns}", f"{'':>6}{ends}", ""]
    return "\n".join([*lines, *_legend(points, marks, unit, score)])


def _axis(costs: Sequence[float], columns: int) -> tuple[Callable[[float], int], str]:
    """The column of a cost on a logarithmic axis, and the line under it; a cost of 0 has no
    logarithm and stands apart at the left."""
    positive = [cost for cost in costs if cost > 0] or [1.0]
    low, high = min(positive), max(positive)
    start = APART if len(positive) < len(costs) else 0
    decades = log10(high / low) or 1.0

    def column(cost: float) -> int:
        if cost <= 0:
            return 0
        return start + round(log10(cost / low) / decades * (columns - 1 - start))

    left = f"{'0':<{start}}{amount(low)}" if start else amount(low)
    return column, f"{left}{amount(high):>{columns - len(left)}}"


def _marks(points: Sequence[Point]) -> dict[str, str]:
    """Letters, first for the undominated; where there are too many points, the rest are dots."""
    order = sorted(points, key=lambda point: point.dominated_by is not None)
    letters = f"{ascii_uppercase:·<{len(points)}}"
    return {
        point.system: letter.lower() if point.dominated_by else letter
        for point, letter in zip(order, letters, strict=False)
    }


def _free(line: Sequence[str], column: int) -> int:
    """The nearest free place of a line."""
    free = [i for i, mark in enumerate(line) if mark == " "]
    return min(free, key=lambda i: (abs(i - column), i), default=column)


def _legend(
    points: Sequence[Point], marks: Mapping[str, str], unit: str, score: str
) -> Iterator[str]:
    rows: list[Row | str] = [
        (
            f"{marks[point.system]} {point.system}",
            [
                f"{100 * point.accuracy:.1f}",
                amount(point.cost),
                marks[point.dominated_by] if point.dominated_by else "",
            ],
        )
        for point in sorted(
            points, key=lambda point: (point.dominated_by is not None, point.cost, point.system)
        )
    ]
    yield from table(
        "", [score.replace(" ", "\n"), unit.split(maxsplit=1)[0], "dominated\nby"], rows
    )
