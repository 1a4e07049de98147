"""Variation between tasks, and within them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


def deviation(values: Sequence[float]) -> float:
    """The sample standard deviation, √(Σ(x − mean)² / (n − 1)). Raises ValueError for n < 2.

    >>> round(deviation([1, 2, 3, 4]), 6)
    1.290994
    """
    if len(values) < 2:
        raise ValueError(f"no standard deviation of {len(values)} values: give at least 2")
    mean = sum(values) / len(values)
    return sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


@dataclass(frozen=True, slots=True)
class Anova:
    """The result of a one-way analysis of variance."""

    between: float
    """Mean square between groups."""
    within: float
    """Mean square within groups."""
    size: float
    """The effective group size n₀ = (N − Σm² / N) / (n − 1): the mean size if all are equal."""


def anova(values: Sequence[Sequence[float]]) -> Anova | None:
    """The one-way analysis of variance of groups (Fisher 1925).

    None unless there are two groups, one of which has two observations.
    """
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
