"""How values vary: between worlds, and how far the questions of one world resemble each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


def deviation(values: Sequence[float]) -> float:
    """The sample standard deviation.

    >>> round(deviation([1, 2, 3, 4]), 6)
    1.290994
    """
    if len(values) < 2:
        raise ValueError(f"no deviation of {len(values)} values: give at least 2")
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


@dataclass(frozen=True, slots=True)
class Anova:
    """A one-way analysis of variance."""

    between: float
    """Mean square between groups."""
    within: float
    """Mean square within groups."""
    size: float
    """Observations of a group: the mean, less what unequal sizes cost."""


def anova(values: Sequence[Sequence[float]]) -> Anova | None:
    """The mean squares of groups; None unless there are two, and one with two observations."""
    groups = [group for group in values if group]
    n, size = len(groups), sum(len(group) for group in groups)
    if n < 2 or size == n:
        return None
    mean = sum(sum(group) for group in groups) / size
    between = within = 0.0
    for group in groups:
        centre = sum(group) / len(group)
        between += len(group) * (centre - mean) ** 2
        within += sum((value - centre) ** 2 for value in group)
    typical = (size - sum(len(group) ** 2 for group in groups) / size) / (n - 1)
    return Anova(between / (n - 1), within / (size - n), typical)


def icc(values: Sequence[Sequence[float]]) -> float | None:
    """The intraclass correlation of the observations of a world, by analysis of variance.

    It is negative where worlds differ less than chance would make them, as where all ask the same
    mix of easy and hard questions. None where nothing varies or there is nothing to compare.

    >>> icc([(1, 1), (0, 0)]), icc([(1, 0), (1, 0)]), icc([(1, 1), (1, 1)])
    (1.0, -1.0, None)
    """
    found = anova(values)
    if not found or not (found.between or found.within):
        return None
    return (found.between - found.within) / (found.between + (found.size - 1) * found.within)


def design_effect(sizes: Sequence[int], correlation: float) -> float:
    """By how much clustering multiplies the variance of a mean (Kish 1965): 1 + (m − 1) × ICC.

    >>> round(design_effect([20] * 100, 0.1), 6)
    2.9
    """
    typical = sum(size * size for size in sizes) / sum(sizes)
    return 1 + (typical - 1) * correlation
