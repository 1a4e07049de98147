"""Means and shares with 95 % intervals, by world: the questions of a world share their fate.

They rest on the tails and quantiles of the normal and of Student's t, here to twelve digits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, sqrt
from typing import TypeVar

from memorygym.core.rng import named_rng
from memorygym.stats.spread import design_effect, icc

_TINY = 1e-300
_ENOUGH = 10_000
"""Most steps of the continued fraction; it takes about √max(a, b)."""


def t_tail(t: float, freedom: float) -> float:
    """The share of Student's t above t; the normal's for infinite degrees of freedom.

    >>> round(t_tail(2.262157, 9), 6)
    0.025
    """
    if t == inf:
        return 0.0
    if freedom == inf:
        return erfc(t / sqrt(2)) / 2
    tail = beta_share(freedom / (freedom + t * t), freedom / 2, 0.5) / 2
    return tail if t >= 0 else 1 - tail


@lru_cache(maxsize=4096)
def t_point(tail: float, freedom: float = inf) -> float:
    """The point that a share `tail` of Student's t lies above.

    >>> round(t_point(0.025, 9), 6), round(t_point(0.025), 6)
    (2.262157, 1.959964)
    """
    if not (0 < tail < 1 and freedom > 0):
        raise ValueError(f"no point with {tail} above it for {freedom} degrees of freedom")
    if tail > 0.5:
        return -t_point(1 - tail, freedom)
    low, high = 0.0, 1.0
    while t_tail(high, freedom) > tail:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high and high - low > 1e-13 * high:
        low, high = (middle, high) if t_tail(middle, freedom) > tail else (low, middle)
    return high


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22).

    >>> round(beta_share(0.25, 2, 3), 8)
    0.26171875
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # The fraction is quick only on this side.
        return 1 - beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    # Lentz's method, modified so that no denominator is 0.
    value, c, d = 1.0, 1.0, 0.0
    for step in range(_ENOUGH):
        m = step // 2
        if step == 0:
            term = 1.0
        elif step % 2 == 0:
            term = m * (b - m) * x / ((a + step - 1) * (a + step))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + step - 1) * (a + step))
        d = 1 / ((1 + term * d) or _TINY)
        c = (1 + term / c) or _TINY
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return front * (value - 1)


ALPHA = 0.05
"""How often an interval may miss."""
DRAWS = 2_000
"""Resamples of a bootstrap."""
NOTHING = "–"
"""What tables print where there is no figure."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval, clustered by world."""

    mean: float
    low: float
    high: float
    worlds: int

    def to_json(self) -> dict[str, float | None]:
        """Without worlds; a single one has no interval: null, since JSON has no infinity."""
        low, high = (
            None if abs(bound) == inf else round(bound, 6) for bound in (self.low, self.high)
        )
        return {"mean": round(self.mean, 6), "low": low, "high": high}


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of one value a world, with a t interval; a single world has no interval.

    >>> found = estimate([1, 2, 3, 4])
    >>> found.mean, round(found.low, 3), round(found.high, 3), found.worlds
    (2.5, 0.446, 4.554, 4)
    """
    return clustered([(value,) for value in values])


def clustered(values: Sequence[Sequence[float]]) -> Estimate:
    """The mean over all observations, of one sequence a world, with a cluster-robust t interval.

    The mean is a ratio of sums, so worlds may differ in size, and its variance is that of the
    worlds' sums about it. Worlds without an observation do not count.
    """
    worlds = [world for world in values if world]
    if not worlds:
        raise ValueError("no values to estimate from")
    n, size = len(worlds), sum(len(world) for world in worlds)
    mean = sum(sum(world) for world in worlds) / size
    if n == 1:
        return Estimate(mean, -inf, inf, 1)
    squares = sum((sum(world) - mean * len(world)) ** 2 for world in worlds)
    return around(mean, sqrt(squares * n / (n - 1)) / size, n - 1, n)


def around(mean: float, error: float, freedom: float, worlds: int) -> Estimate:
    """The t interval about a mean with that standard error."""
    half = t_point(ALPHA / 2, freedom) * error
    return Estimate(mean, mean - half, mean + half, worlds)


def bootstrap(
    worlds: Sequence[T], statistic: Callable[[Sequence[T]], float], name: str, draws: int = DRAWS
) -> Estimate:
    """Any statistic of worlds with its interval over worlds drawn again with replacement.

    `name` names the random stream.
    """
    drawn = (statistic([worlds[i] for i in picks]) for picks in resamples(len(worlds), name, draws))
    return percentiles(statistic(worlds), list(drawn), len(worlds))


def resamples(n: int, name: str, draws: int = DRAWS) -> list[list[int]]:
    """Which of n worlds each draw with replacement takes; none of a single world."""
    stream = named_rng("bootstrap", name)
    return [[stream.below(n) for _ in range(n)] for _ in range(draws if n > 1 else 0)]


def percentiles(value: float, drawn: Sequence[float], worlds: int) -> Estimate:
    """The interval of a value, given what resamples of so many worlds made of it.

    The percentiles are expanded to what Student's t would reach (Hesterberg 2015, What teachers
    should know about the bootstrap, §5.1), for plain ones are too narrow for ten worlds.
    """
    if worlds < 2:
        return Estimate(value, -inf, inf, worlds)
    ordered = sorted(drawn)
    reach = sqrt(worlds / (worlds - 1)) * t_point(ALPHA / 2, worlds - 1)
    skipped = int(t_tail(reach, inf) * len(ordered))
    return Estimate(value, ordered[skipped], ordered[-1 - skipped], worlds)


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


def percent(found: Estimate | None, sign: str = "", plus_minus: str | None = "±") -> str:
    """A share or difference with half of its interval; "+" as sign shows it always.

    >>> percent(Estimate(0.5, 0.4, 0.6, 9)), percent(Estimate(0, 0, 0, 9), "+")
    ('50.0±10.0', '0.0±0.0')
    >>> percent(Estimate(0.5, 0.4, 0.6, 9), plus_minus=None)
    '50.0'
    """
    if found is None:
        return NOTHING
    mean = round(100 * found.mean, 1)
    text = f"{mean:{sign}.1f}" if mean else "0.0"
    half = 100 * (found.high - found.mean)
    if plus_minus is None or half == inf:
        return text
    # Beyond a hundred points an interval says no more than that it is useless.
    return f"{text}{plus_minus}{'100' if half > 99.95 else f'{half:.1f}'}"


def span(found: Estimate | None) -> str:
    """A ratio with its interval, which need not be symmetric.

    >>> span(Estimate(0.5, 0.4, 0.756, 9)), span(Estimate(0.1, -0.04, 0.2, 9))
    ('50.0 (40–76)', '10.0 (-4 to 20)')
    """
    if found is None:
        return NOTHING
    low, high = round(100 * found.low), round(100 * found.high)
    return f"{percent(found, plus_minus=None)} ({low}{'–' if low >= 0 else ' to '}{high})"


def points(found: Estimate) -> str:
    """A difference.

    >>> points(Estimate(0.5, -0.1, 1.1, 9))
    '+50.0 (-10.0 to +110.0) points'
    """
    mean, low, high = (f"{100 * share:+.1f}" for share in (found.mean, found.low, found.high))
    return f"{mean} ({low} to {high}) points"
