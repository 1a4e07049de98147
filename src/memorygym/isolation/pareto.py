"""Accuracy against what a memory costs: who gives more for less, and who is dominated."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log10
from string import ascii_uppercase

from memorygym.isolation.columns import amount, named
from memorygym.isolation.report import Clock, Report

ACROSS, DOWN, APART = 72, 16, 5
"""Columns and lines of a plot, and columns between no cost and the least."""


@dataclass(frozen=True, slots=True)
class Point:
    """A memory, none, recency or full: what it reaches, and what for."""

    arm: str
    accuracy: float
    cost: float
    dominated_by: str | None
    """An arm that is as good on both counts and better on one; the most accurate of these."""


def by_tokens(report: Report) -> list[Point]:
    """Against tokens a task: those in view, and those of the memory's own model."""
    costs = {row.arm: found.mean for row in report.rows if (found := row["total"])}
    return _points(report, costs)


def by_clock(report: Report, clock: Clock) -> list[Point]:
    """Against median milliseconds a step."""
    return _points(report, {arm: median for arm, (median, _) in clock.items()})


def _points(report: Report, costs: Mapping[str, float]) -> list[Point]:
    """Cheapest first. Oracle is no memory, and arms with failed tasks played others."""
    found = {
        row.arm: (accuracy.mean, costs[row.arm])
        for row in report.rows
        if row.role != "held" and row.arm != "oracle" and not row.failed
        if (accuracy := row["accuracy"]) and row.arm in costs
    }
    points = [
        Point(arm, accuracy, cost, _better(found, accuracy, cost))
        for arm, (accuracy, cost) in found.items()
    ]
    return sorted(points, key=lambda one: (one.cost, -one.accuracy, one.arm))


def _better(found: Mapping[str, tuple[float, float]], accuracy: float, cost: float) -> str | None:
    """Who dominates, if anyone does.

    >>> _better({"cheap": (0.5, 10), "dear": (0.5, 20), "good": (0.6, 20)}, 0.5, 20)
    'good'
    """
    better = [
        (-a, c, arm)
        for arm, (a, c) in found.items()
        if a >= accuracy and c <= cost and (a, c) != (accuracy, cost)
    ]
    return min(better)[2] if better else None


def plot(points: Sequence[Point], unit: str) -> str:
    """The points on a logarithmic scale, and who they are; dominated ones have small letters."""
    if not points:
        return "nothing to plot: no arm finished every task"
    marks, scale = _marks(points), _Scale([point.cost for point in points])
    grid = [[" "] * ACROSS for _ in range(DOWN + 1)]
    for point in points:
        line = grid[round(DOWN * (1 - point.accuracy))]
        line[_free(line, scale.place(point.cost))] = marks[point.arm]
    lines = [f"accuracy in %, against {unit} on a logarithmic scale", ""]
    for i, line in enumerate(grid):
        side = f"{100 * (DOWN - i) // DOWN:>4} ┤" if i % 4 == 0 else f"{'':>4} │"
        lines.append((side + "".join(line)).rstrip())
    lines += [f"{'':>4} └{'─' * ACROSS}", f"{'':>6}{scale.ends}", ""]
    return "\n".join([*lines, *_legend(points, marks, unit)])


class _Scale:
    """The logarithmic axis; what costs nothing has no logarithm, and stands apart at the left."""

    def __init__(self, costs: Sequence[float]) -> None:
        some = [cost for cost in costs if cost > 0] or [1.0]
        self._low, self._high = min(some), max(some)
        self._start = APART if len(some) < len(costs) else 0

    def place(self, cost: float) -> int:
        """The column of a cost."""
        if cost <= 0:
            return 0
        width = log10(self._high / self._low) or 1.0
        return self._start + round(log10(cost / self._low) / width * (ACROSS - 1 - self._start))

    @property
    def ends(self) -> str:
        """The line under the axis."""
        left = f"{'0':<{self._start}}{amount(self._low)}" if self._start else amount(self._low)
        return f"{left}{amount(self._high):>{ACROSS - len(left)}}"


def _marks(points: Sequence[Point]) -> dict[str, str]:
    """Letters, to the undominated first; where there are too many points, the rest are dots."""
    order = sorted(points, key=lambda one: one.dominated_by is not None)
    letters = f"{ascii_uppercase:·<{len(points)}}"
    return {
        one.arm: letter.lower() if one.dominated_by else letter
        for one, letter in zip(order, letters, strict=False)
    }


def _free(line: Sequence[str], at: int) -> int:
    """The nearest free place of a line."""
    free = [i for i, mark in enumerate(line) if mark == " "]
    return min(free, key=lambda i: (abs(i - at), i), default=at)


def _legend(points: Sequence[Point], marks: Mapping[str, str], unit: str) -> Iterator[str]:
    yield f"{'':<24}{'accuracy':>9}{unit.split(maxsplit=1)[0]:>9}"
    for one in sorted(points, key=lambda one: (one.dominated_by is not None, one.cost, one.arm)):
        under = f"   dominated by {marks[one.dominated_by]}" if one.dominated_by else ""
        figures = f"{100 * one.accuracy:>9.1f}{amount(one.cost):>9}{under}"
        yield from named(f"{marks[one.arm]} {one.arm}", figures, 24)
