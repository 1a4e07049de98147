"""Kendall's tau-b: how far two rankings of the same parts agree, with an interval over worlds.

Kendall 1945, The treatment of ties in ranking problems, Biometrika 33.
"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import combinations
from math import sqrt
from typing import TypeVar

from memorygym.stats.intervals import DRAWS, Estimate, bootstrap

W = TypeVar("W", bound=Hashable)


def tau_b(a: Sequence[float], b: Sequence[float]) -> float:
    """1 where two lists of scores rank alike, -1 where one is the other reversed; a tie in one of
    them lowers it. 0 where one ties all, since it ranks nothing.

    >>> tau_b([1, 2, 3], [2, 4, 9]), tau_b([1, 2, 3], [3, 2, 1]), tau_b([1, 2, 3], [5, 5, 5])
    (1.0, -1.0, 0.0)
    >>> round(tau_b([1, 2, 2, 3], [1, 2, 3, 3]), 6)
    0.8
    """
    if len(a) != len(b) or len(a) < 2:
        raise ValueError(f"{len(a)} scores and {len(b)}: a ranking of at least 2 is compared")
    balance = told_a = told_b = 0
    for (a1, b1), (a2, b2) in combinations(zip(a, b, strict=True), 2):
        by_a, by_b = (a1 > a2) - (a1 < a2), (b1 > b2) - (b1 < b2)
        balance += by_a * by_b
        told_a += by_a != 0
        told_b += by_b != 0
    return balance / sqrt(told_a * told_b) if balance else 0.0


def kendall(
    a: Mapping[str, Mapping[W, float]],
    b: Mapping[str, Mapping[W, float]],
    name: str,
    draws: int = DRAWS,
) -> Estimate:
    """The tau-b of the rankings by mean score, of the parts and on the worlds that are in both.

    Worlds are drawn again for both rankings together, from the stream of that name.

    >>> kendall({"x": {0: 1, 1: 2}, "y": {0: 3, 1: 4}}, {"x": {0: 5, 1: 6}, "y": {0: 7, 1: 8}}, "e")
    Estimate(mean=1.0, low=1.0, high=1.0, worlds=2)
    """
    parts = [part for part in a if part in b]
    if len(parts) < 2:
        raise ValueError(f"{len(parts)} parts in both rankings: give at least 2")
    worlds = [w for w in a[parts[0]] if all(w in one[part] for one in (a, b) for part in parts)]
    if not worlds:
        raise ValueError("no world has a score for every part in both rankings")
    ours, theirs = ([[one[part][w] for w in worlds] for part in parts] for one in (a, b))
    return bootstrap(
        range(len(worlds)),
        lambda picks: tau_b(_sums(ours, picks), _sums(theirs, picks)),
        name,
        draws,
    )


def _sums(scores: Sequence[Sequence[float]], picks: Sequence[int]) -> list[float]:
    """Of each part over the picked worlds; sums that differ only by rounding are equal."""
    return [round(sum(map(row.__getitem__, picks)), 9) for row in scores]
