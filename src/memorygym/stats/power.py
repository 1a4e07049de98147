"""The smallest difference that a number of worlds can show, and the worlds that one needs."""

from dataclasses import dataclass
from math import sqrt

from memorygym.stats.intervals import ALPHA, t_point

POWER = 0.8
MOST = 10**9
"""Worlds beyond which a search gives up."""


@dataclass(frozen=True, slots=True)
class Design:
    """What an agent is compared with."""

    variance: float
    """Of one world's difference, in variances of one world's score."""
    groups: int
    """Sets of worlds that are played, each as large."""


FIGURE = Design(1.0, 1)
"""A fixed figure, such as one from a paper; also differences whose own deviation is known."""
SEPARATE = Design(2.0, 2)
"""Another agent, on other worlds."""


def same_worlds(r: float) -> Design:
    """Another agent on the same worlds, where the scores of the two correlate by r."""
    if not -1 <= r <= 1:
        raise ValueError(f"{r} is no correlation: give one from -1 to 1")
    return Design(2 - 2 * r, 1)


def mde(sd: float, worlds: int, design: Design = FIGURE, power: float = POWER) -> float:
    """The minimum detectable effect: the least true difference that a two-sided t test on that
    many worlds, each set of a comparison as large, finds with that probability.

    (t of 1 − α/2 + t of the power) × standard error (Bloom 1995, Minimum detectable effects,
    Evaluation Review 19). `sd` is the deviation of the scores of one agent between worlds.

    >>> round(mde(0.5, 100), 4), round(mde(0.5, 100, SEPARATE), 4)
    (0.1415, 0.1991)
    """
    if not 0.5 <= power < 1:
        raise ValueError(f"power {power}: give one from 0.5 to below 1")
    freedom = design.groups * (worlds - 1)
    reach = t_point(ALPHA / 2, freedom) + t_point(1 - power, freedom)
    return reach * sd * sqrt(design.variance / worlds)


def worlds_needed(delta: float, sd: float, design: Design = FIGURE, power: float = POWER) -> int:
    """The fewest worlds, in each set of a comparison, that show a difference of delta.

    >>> worlds_needed(0.5, 1.0), worlds_needed(0.5, 1.0, SEPARATE)
    (34, 64)
    """
    if delta <= 0:
        raise ValueError(f"a difference of {delta} needs no worlds: give one above 0")
    low, high = 1, 2
    while mde(sd, high, design, power) > delta:
        low, high = high, 2 * high
        if high > MOST:
            raise ValueError(f"a difference of {delta} needs more than {MOST:,} worlds")
    while high - low > 1:
        middle = (low + high) // 2
        shown = mde(sd, middle, design, power) <= delta
        low, high = (low, middle) if shown else (middle, high)
    return high
