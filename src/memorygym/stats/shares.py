"""Intervals for shares of counts, which stay within 0 and 1 however few the trials."""

from collections.abc import Sequence
from math import inf, sqrt

from memorygym.stats.intervals import ALPHA, Estimate
from memorygym.stats.spread import design_effect, icc
from memorygym.stats.student import t_point


def wilson(k: float, n: float) -> tuple[float, float]:
    """The 95 % interval of a share of k in n (Wilson 1927), sound at 0, at n and for small n.

    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not 0 <= k <= n or n < 1:
        raise ValueError(f"{k} of {n} is no share")
    z = t_point(ALPHA / 2)
    share, spread = k / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / n / 4) / (1 + spread)
    return (centre - half if k else 0.0), (centre + half if k < n else 1.0)


def clustered_share(worlds: Sequence[Sequence[float]]) -> Estimate:
    """The share of true ones, with Wilson's interval of as many trials as the design effect leaves.

    For a few questions of each of a few worlds, where the t interval of `clustered` leaves 0 to 1,
    or has no width. Worlds without a trial do not count; a single one has no interval.

    >>> alike = clustered_share([(True, True), (False, False)] * 5)
    >>> tuple(round(bound, 4) for bound in (alike.low, alike.high)) == tuple(
    ...     round(bound, 4) for bound in wilson(5, 10)
    ... )
    True
    """
    asked = [world for world in worlds if world]
    n, k = sum(map(len, asked)), sum(map(sum, asked))
    if not n:
        raise ValueError("no trials to estimate a share from")
    if len(asked) == 1:
        return Estimate(k / n, -inf, inf, 1)
    likeness = max(0.0, icc(asked) or 0.0)
    effective = n / design_effect([len(world) for world in asked], likeness)
    low, high = wilson(k / n * effective, effective)
    return Estimate(k / n, low, high, len(asked))
