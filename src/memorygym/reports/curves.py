"""Accuracy by how far back the needed facts were told, how much was shown, how many are needed; and
against what a memory costs: who gives more for less, and who is dominated."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf, log10
from string import ascii_uppercase

from memorygym.core.text import WIDTH
from memorygym.reports.columns import NAME, amount, named, paragraph
from memorygym.runs.comparison.figures import Answered, Clock, Report, judged, left_out
from memorygym.runs.comparison.significance import TaskKey
from memorygym.runs.metrics import Measurement
from memorygym.stats import NOTHING, Estimate, clustered_share

FIRST = 1_000
"""Tokens below which a span is in the first bin; every further bin is twice as wide."""
NOTE = (
    "Accuracy in %; under it the 95 % interval of a share (Wilson), of as many questions as remain"
    " when those of a task count as alike (design effect)."
)
WIDE, HIGH, APART = 72, 16, 5
"""Columns and lines of a plot, and columns between no cost and the least."""
COLUMN = 10
ACROSS = (WIDTH - NAME) // COLUMN
"""Bins that stand side by side."""
Bins = dict[int, dict[TaskKey, list[float]]]
"""By bin and task: how the questions went."""


@dataclass(frozen=True, slots=True)
class Bin:
    """The questions of an arm that are alike in span or rewrites."""

    system: str
    place: int
    """Among the bins."""
    name: str
    questions: int
    accuracy: Estimate


@dataclass(frozen=True, slots=True)
class Kind:
    """What questions are sorted by."""

    title: str
    figure: str
    """Of a case."""
    doubling: bool = False
    """Whether it counts tokens, in bins that are twice as wide each."""


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
        "tokens between the first telling of the oldest needed fact and the question",
        "span", doubling=True,
    ),
    "length": Kind("tokens shown before the question was asked", "length", doubling=True),
    "hops": Kind("lookups that the question combines", "hops"),
    "rewrite": Kind("times that the most rewritten needed fact had been changed", "rewrites"),
}  # fmt: skip


def curve(measured: Sequence[Measurement], report: Report, kind: str) -> list[Bin]:
    """The bins that hold questions, by arm in the order of the report; not of what was held."""
    return binned(
        measured, [r.system for r in [*report.of("memory"), *report.of("reference")]], kind
    )


def binned(measured: Sequence[Answered], arms: Iterable[str], kind: str) -> list[Bin]:
    """The same of these arms, in their order."""
    of, left = CURVES[kind], left_out(measured)
    sorted_by_arm: dict[str, Bins] = {}
    for one in sorted(measured, key=lambda one: one.task):
        bins = sorted_by_arm.setdefault(one.system, {})
        for case in judged(one, left):
            found = getattr(case, of.figure)
            tasks = bins.setdefault(place_of(found) if of.doubling else found, {})
            tasks.setdefault(one.task, []).append(case.score)
    return [
        Bin(
            arm, place, span_name(place) if of.doubling else str(place),
            sum(map(len, tasks.values())), clustered_share([*tasks.values()]),
        )
        for arm in arms
        for place, tasks in sorted(sorted_by_arm.get(arm, {}).items())
    ]  # fmt: skip


def curve_text(bins: Sequence[Bin], kind: str) -> str:
    """A row an arm and a column a bin: accuracy, and under it the interval."""
    if not bins:
        return "no questions to sort"
    places = sorted({one.place for one in bins})
    blocks = [
        "\n".join(_block(bins, places[i : i + ACROSS])) for i in range(0, len(places), ACROSS)
    ]
    return "\n\n".join([CURVES[kind].title, *blocks, "\n".join(paragraph(NOTE))])


def _block(bins: Sequence[Bin], places: Sequence[int]) -> list[str]:
    """Some of the columns, side by side."""
    found = {(one.system, one.place): one for one in bins}
    names = {one.place: one.name for one in bins}
    most = {p: max(one.questions for one in bins if one.place == p) for p in places}
    lines = [
        *named("", _cells(names[place] for place in places)),
        *named("questions", _cells(str(most[place]) for place in places)),
    ]
    for system in dict.fromkeys(one.system for one in bins):
        mine = [found.get((system, place)) for place in places]
        lines += named(
            system, _cells(f"{100 * b.accuracy.mean:.1f}" if b else NOTHING for b in mine)
        )
        lines += named("", _cells(_interval(b) if b else "" for b in mine))
    return lines


def _cells(texts: Iterable[str]) -> str:
    return "".join(f"{text:>{COLUMN}}" for text in texts)


def _interval(one: Bin) -> str:
    low, high = one.accuracy.low, one.accuracy.high
    return NOTHING if high == inf else f"{100 * low:.0f}–{100 * high:.0f}"


@dataclass(frozen=True, slots=True)
class Point:
    """A memory, none, recency or full: what it reaches, and what for."""

    system: str
    accuracy: float
    cost: float
    dominated_by: str | None
    """An arm that is as good on both counts and better on one; the most accurate of these."""


def by_tokens(report: Report) -> list[Point]:
    """Against tokens a task: those in view, and those of the memory's own model."""
    costs = {row.system: found.mean for row in report.rows if (found := row["total"])}
    return _points(report, costs)


def by_clock(report: Report, clock: Clock) -> list[Point]:
    """Against median milliseconds a step."""
    return _points(report, {system: median for system, (median, _) in clock.items()})


def _points(report: Report, costs: Mapping[str, float]) -> list[Point]:
    """Cheapest first. Oracle is no memory, and arms with failed tasks played others."""
    found = {
        row.system: (accuracy.mean, costs[row.system])
        for row in report.rows
        if row.role != "unlimited" and row.system != "oracle" and not row.failed
        if (accuracy := row["accuracy"]) and row.system in costs
    }
    points = [
        Point(system, accuracy, cost, _better(found, accuracy, cost))
        for system, (accuracy, cost) in found.items()
    ]
    return sorted(points, key=lambda one: (one.cost, -one.accuracy, one.system))


def _better(found: Mapping[str, tuple[float, float]], accuracy: float, cost: float) -> str | None:
    """Who dominates, if anyone does.

    >>> _better({"cheap": (0.5, 10), "dear": (0.5, 20), "good": (0.6, 20)}, 0.5, 20)
    'good'
    """
    better = [
        (-a, c, system)
        for system, (a, c) in found.items()
        if a >= accuracy and c <= cost and (a, c) != (accuracy, cost)
    ]
    return min(better)[2] if better else None


def plot(points: Sequence[Point], unit: str) -> str:
    """The points on a logarithmic scale, and who they are; dominated ones have small letters."""
    if not points:
        return "nothing to plot: no arm finished every task"
    marks, (column, ends) = _marks(points), _axis([point.cost for point in points])
    grid = [[" "] * WIDE for _ in range(HIGH + 1)]
    for point in points:
        line = grid[round(HIGH * (1 - point.accuracy))]
        line[_free(line, column(point.cost))] = marks[point.system]
    lines = [f"accuracy in %, against {unit} on a logarithmic scale", ""]
    for i, line in enumerate(grid):
        side = f"{100 * (HIGH - i) // HIGH:>4} ┤" if i % 4 == 0 else f"{'':>4} │"
        lines.append((side + "".join(line)).rstrip())
    lines += [f"{'':>4} └{'─' * WIDE}", f"{'':>6}{ends}", ""]
    return "\n".join([*lines, *_legend(points, marks, unit)])


def _axis(costs: Sequence[float]) -> tuple[Callable[[float], int], str]:
    """The column of a cost on a logarithmic axis, and the line under it; what costs nothing has no
    logarithm, and stands apart at the left."""
    some = [cost for cost in costs if cost > 0] or [1.0]
    low, high = min(some), max(some)
    start = APART if len(some) < len(costs) else 0
    width = log10(high / low) or 1.0

    def column(cost: float) -> int:
        return start + round(log10(cost / low) / width * (WIDE - 1 - start)) if cost > 0 else 0

    left = f"{'0':<{start}}{amount(low)}" if start else amount(low)
    return column, f"{left}{amount(high):>{WIDE - len(left)}}"


def _marks(points: Sequence[Point]) -> dict[str, str]:
    """Letters, to the undominated first; where there are too many points, the rest are dots."""
    order = sorted(points, key=lambda one: one.dominated_by is not None)
    letters = f"{ascii_uppercase:·<{len(points)}}"
    return {
        one.system: letter.lower() if one.dominated_by else letter
        for one, letter in zip(order, letters, strict=False)
    }


def _free(line: Sequence[str], at: int) -> int:
    """The nearest free place of a line."""
    free = [i for i, mark in enumerate(line) if mark == " "]
    return min(free, key=lambda i: (abs(i - at), i), default=at)


def _legend(points: Sequence[Point], marks: Mapping[str, str], unit: str) -> Iterator[str]:
    yield f"{'':<24}{'accuracy':>9}{unit.split(maxsplit=1)[0]:>9}"
    for one in sorted(points, key=lambda one: (one.dominated_by is not None, one.cost, one.system)):
        under = f"   dominated by {marks[one.dominated_by]}" if one.dominated_by else ""
        figures = f"{100 * one.accuracy:>9.1f}{amount(one.cost):>9}{under}"
        yield from named(f"{marks[one.system]} {one.system}", figures, 24)
