"""Intervals for counts of independent trials, where no cluster stands behind a figure."""

from math import sqrt

from memorygym.stats.intervals import ALPHA
from memorygym.stats.student import t_point


def wilson(k: int, n: int) -> tuple[float, float]:
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


def rule_of_three(n: int) -> float:
    """The rate that something may still have, with 95 % confidence, if it never came in n trials.

    >>> rule_of_three(100)
    0.03
    """
    if n < 1:
        raise ValueError(f"{n} trials show nothing: give at least 1")
    return min(1.0, 3 / n)
