"""Means with 95 % intervals, clustered by world: the questions of a world share their fate."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, sqrt
from typing import TypeVar

from memorygym.rng import rng
from memorygym.stats.student import t_point, t_tail

ALPHA = 0.05
"""How often an interval may miss."""
DRAWS = 2_000
"""Resamples of a bootstrap."""
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
    stream = rng("bootstrap", name)
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
