"""Shares with 95 % score intervals whose outcomes are clustered by task.

The interval is Wilson's with the number of trials divided by the design effect and Student's t in
place of the normal quantile. `benchmarks/coverage.py` measures how often it holds the truth.
"""

from collections.abc import Sequence
from math import inf, sqrt

from memorygym.stats.intervals import ALPHA, FEWEST_TASKS, Estimate, t_point, without_interval
from memorygym.stats.spread import deviation

LEAST_ICC = 0.75
"""The intraclass correlation is taken as at least this, divided by the number of tasks. Few tasks
show theirs badly: those of one that is really 0.3 often differ no more than chance makes them."""

ROUNDING = 1e-18
"""The variance below which tasks differ by rounding alone."""


def wilson(k: float, n: float, reach: float = 0.0) -> tuple[float, float]:
    """The 95 % score interval of a share k / n (Wilson 1927, Probable inference, JASA 22).

    It is (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n), which is valid at 0, at n and for
    small n. `reach` is z, by default the normal quantile. Raises ValueError unless 0 ≤ k ≤ n and
    n > 0.

    >>> [round(bound, 4) for bound in wilson(8, 10)]
    [0.4902, 0.9433]
    """
    if not (0 <= k <= n and n > 0):
        raise ValueError(f"{k} of {n} is not a share: give 0 <= k <= n and n > 0")
    z = reach or t_point(ALPHA / 2)
    share, spread = k / n, z * z / n
    centre = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / n + spread / n / 4) / (1 + spread)
    return (max(0.0, centre - half) if k else 0.0), (min(1.0, centre + half) if k < n else 1.0)


def clustered_share(tasks: Sequence[Sequence[float]]) -> Estimate:
    """The share of all outcomes, given one sequence per task: true or false, or from 0 to 1.

    It is a ratio of sums, so a task counts by its outcomes (Cochran 1977, Sampling Techniques,
    §9A). Tasks without an outcome are ignored. Raises ValueError if none remains.

    >>> share = clustered_share([(True, True, False, False)] * 10)
    >>> share.mean, round(share.low, 3), round(share.high, 3)
    (0.5, 0.316, 0.684)
    """
    asked = [task for task in tasks if task]
    n, size = len(asked), sum(map(len, asked))
    if not size:
        raise ValueError("no trials to estimate a share from")
    mean = sum(map(sum, asked)) / size
    squares = sum((sum(task) - mean * len(task)) ** 2 for task in asked)
    variance = squares * n / max(1, n - 1) / size**2
    # Outcomes between 0 and 1 vary less than right and wrong ones, and so stand for more of these.
    spread = sum((value - mean) ** 2 for task in asked for value in task) / size
    more = mean * (1 - mean) / spread if spread else 1.0
    most = more * _most([(len(task) / size, len(task)) for task in asked])
    return _score_interval(mean, variance, n, most)


def mean_share(values: Sequence[float], trials: Sequence[int]) -> Estimate:
    """The mean over tasks of a share of right and wrong outcomes; every task counts the same.

    `trials` are the outcomes of each task. Raises ValueError if there is no task.

    >>> share = mean_share([1.0] * 10, [20] * 10)
    >>> share.mean, round(share.low, 3), share.high
    (1.0, 0.942, 1.0)
    """
    mean, variance = _moments(values)
    return _score_interval(mean, variance, len(values), _equal(trials))


def mean_score(values: Sequence[float], trials: Sequence[int] = ()) -> Estimate:
    """The mean over tasks of a score from 0 to 1 that counts more than right and wrong.

    Only the spread between tasks tells how it varies. Where all tasks agree it is taken as a share
    of `trials`, the outcomes of each task; if these are unknown there is no interval. Raises
    ValueError if there is no task.

    >>> score = mean_score([0.5, 0.6, 0.7, 0.5, 0.6])
    >>> round(score.mean, 3), round(score.low, 3), round(score.high, 3)
    (0.58, 0.475, 0.678)
    """
    mean, variance = _moments(values)
    if variance > ROUNDING:
        return _score_interval(mean, variance, len(values), inf)
    if not trials:
        return without_interval(mean, len(values))
    return _score_interval(mean, 0.0, len(values), _equal(trials))


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """The mean over tasks, and its variance."""
    if not values:
        raise ValueError("no values to estimate from")
    n = len(values)
    # A mean of shares can exceed their range by rounding.
    mean = min(1.0, max(0.0, sum(values) / n))
    return mean, deviation(values) ** 2 / n if n > 1 else 0.0


def _equal(trials: Sequence[int]) -> float:
    """`_most` for tasks of equal weight."""
    return _most([(1 / len(trials), count) for count in trials])


def _most(tasks: Sequence[tuple[float, int]]) -> float:
    """The most independent outcomes that tasks of these weights and sizes can stand for: as many
    as LEAST_ICC leaves (Kish 1965, Survey Sampling: a task's m outcomes count 1 + (m − 1) × ICC
    times less)."""
    icc = LEAST_ICC / len(tasks)
    return 1 / sum(weight**2 * (1 + (size - 1) * icc) / size for weight, size in tasks)


def _score_interval(mean: float, variance: float, tasks: int, most: float) -> Estimate:
    """Wilson's interval of as many outcomes as have this variance of the mean, with t(n − 1).

    The effective number is p(1 − p) / variance, the outcomes divided by the observed design effect
    (Korn and Graubard 1998, Survey Methodology 24; Dean and Pagano 2015, J. Survey Statistics and
    Methodology 3; the t quantile as in Franco et al. 2019, ibid. 7).
    """
    if tasks < FEWEST_TASKS:
        return without_interval(mean, tasks)
    observed = mean * (1 - mean) / variance if variance else inf
    effective = min(most, observed)
    reach = t_point(ALPHA / 2, tasks - 1)
    low, high = wilson(mean * effective, effective, reach)
    return Estimate(mean, low, high, tasks)
