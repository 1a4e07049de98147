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


def mean_share(values: Sequence[float], trials: Sequence[int] | None = None) -> Estimate:
    """The mean over tasks of a share, or of a score from 0 to 1; every task counts the same.

    `trials` are the outcomes that each task's value rests on. Without them only the spread between
    tasks is known; where there is none, each task counts as one outcome. Raises ValueError if there
    is no task.

    >>> share = mean_share([1.0] * 10, [20] * 10)
    >>> share.mean, round(share.low, 3), share.high
    (1.0, 0.942, 1.0)
    """
    if not values:
        raise ValueError("no values to estimate from")
    n = len(values)
    # A mean of shares can exceed their range by rounding.
    mean = min(1.0, max(0.0, sum(values) / n))
    variance = deviation(values) ** 2 / n if n > 1 else 0.0
    most = _most([(1 / n, count) for count in trials]) if trials else inf if variance else n
    return _score_interval(mean, variance, n, most)


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
