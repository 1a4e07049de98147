"""Means and shares with 95 % intervals that are clustered by task.

The quantiles of the normal distribution and of Student's t are computed here, to twelve digits.
Throughout, `tasks` holds one value (or one sequence of values) per task.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, sqrt
from typing import TypeVar

from memorygym.core.rng import named_rng
from memorygym.stats.spread import deviation

_TINY = 1e-300
_MAX_STEPS = 10_000
"""Most steps of the continued fraction, which needs about √max(a, b)."""


def t_tail(t: float, df: float) -> float:
    """P(T > t) for Student's t with `df` degrees of freedom; the normal for infinite df.

    By the incomplete beta function: I_x(df/2, 1/2) / 2 with x = df / (df + t²) (Abramowitz and
    Stegun 1964, 26.7.1).

    >>> round(t_tail(2.262157, 9), 6)
    0.025
    """
    if t == inf:
        return 0.0
    if df == inf:
        return erfc(t / sqrt(2)) / 2
    tail = beta_share(df / (df + t * t), df / 2, 0.5) / 2
    return tail if t >= 0 else 1 - tail


@lru_cache(maxsize=4096)
def t_point(tail: float, df: float = inf) -> float:
    """The upper quantile of Student's t: the t with P(T > t) = `tail`, by bisection.

    >>> round(t_point(0.025, 9), 6), round(t_point(0.025), 6)
    (2.262157, 1.959964)
    """
    if not (0 < tail < 1 and df > 0):
        raise ValueError(f"no t quantile for tail {tail} and {df} degrees of freedom")
    if tail > 0.5:
        return -t_point(1 - tail, df)
    low, high = 0.0, 1.0
    while t_tail(high, df) > tail:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high and high - low > 1e-13 * high:
        low, high = (middle, high) if t_tail(middle, df) > tail else (low, middle)
    return high


def beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function I_x(a, b), by its continued fraction (DLMF 8.17.22).

    >>> round(beta_share(0.25, 2, 3), 8)
    0.26171875
    """
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # The fraction converges quickly only on this side.
        return 1 - beta_share(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)) / a
    # The modified method of Lentz (Thompson and Barnett 1986): no denominator is 0.
    value, c, d = 1.0, 1.0, 0.0
    for step in range(_MAX_STEPS):
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
"""1 − confidence level of the intervals."""
DRAWS = 2_000
"""Number of resamples of a bootstrap."""
FEWEST_TASKS = 5
"""Fewest tasks for an interval or a test: the spread of fewer says next to nothing."""
TOO_FEW = "too few tasks for an interval"
"""What stands where there is no interval."""
NOTHING = "–"
"""The text of a table's cell that has no figure."""
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean with its 95 % interval, clustered by task."""

    mean: float
    low: float
    """Lower end of the interval; -inf where there is none, as for fewer than FEWEST_TASKS tasks."""
    high: float
    """Upper end of the interval; inf where there is none."""
    tasks: int
    """Number of tasks."""

    @property
    def has_interval(self) -> bool:
        """Whether there were enough tasks for an interval."""
        return self.high < inf

    def to_json(self) -> dict[str, float | None]:
        """Mean, low and high, to six places; an infinite end is null."""
        low, high = (
            None if abs(bound) == inf else round(bound, 6) for bound in (self.low, self.high)
        )
        return {"mean": round(self.mean, 6), "low": low, "high": high}


def estimate(values: Sequence[float]) -> Estimate:
    """The mean of one value per task, with Student's t interval: mean ± t(0.025, n − 1) × s / √n.

    For amounts, which have no upper bound; shares have `shares.mean_share`. Raises ValueError if
    there is no value.

    >>> mean = estimate([1, 2, 3, 4, 5])
    >>> mean.mean, round(mean.low, 3), round(mean.high, 3), mean.tasks
    (3.0, 1.037, 4.963, 5)
    """
    if not values:
        raise ValueError("no values to estimate from")
    n, mean = len(values), sum(values) / len(values)
    if n < FEWEST_TASKS:
        return without_interval(mean, n)
    return around(mean, deviation(values) / sqrt(n), n - 1, n)


def without_interval(mean: float, tasks: int) -> Estimate:
    """The mean of too few tasks for an interval."""
    return Estimate(mean, -inf, inf, tasks)


def around(mean: float, error: float, df: float, tasks: int) -> Estimate:
    """The t interval of a mean with that standard error: mean ± t(0.025, df) × error."""
    half = t_point(ALPHA / 2, df) * error
    return Estimate(mean, mean - half, mean + half, tasks)


def bootstrap(
    tasks: Sequence[T], statistic: Callable[[Sequence[T]], float], name: str, draws: int = DRAWS
) -> Estimate:
    """Any statistic of tasks with its cluster bootstrap interval: tasks are resampled with
    replacement (Efron and Tibshirani 1993, An Introduction to the Bootstrap).

    `name` names the random generator.
    """
    stream, n = named_rng("bootstrap", name), len(tasks)
    drawn = [
        statistic([tasks[stream.below(n)] for _ in range(n)])
        for _ in range(draws if n >= FEWEST_TASKS else 0)
    ]
    return percentiles(statistic(tasks), drawn, n)


def percentiles(value: float, drawn: Sequence[float], tasks: int) -> Estimate:
    """The expanded percentile interval of a value, from its bootstrap resamples.

    The percentiles are taken at Φ(−√(n / (n − 1)) × t(0.025, n − 1)) instead of 0.025, since plain
    ones are too narrow for few tasks (Hesterberg 2015, What teachers should know about the
    bootstrap, §5.1).
    """
    if tasks < FEWEST_TASKS:
        return without_interval(value, tasks)
    ordered = sorted(drawn)
    reach = sqrt(tasks / (tasks - 1)) * t_point(ALPHA / 2, tasks - 1)
    skipped = int(t_tail(reach, inf) * len(ordered))
    return Estimate(value, ordered[skipped], ordered[-1 - skipped], tasks)


def percent(figure: Estimate | None, sign: str = "", plus_minus: str | None = "±") -> str:
    """A share or difference in percent, ± the distance to the farther end of its interval, if it
    has one; sign "+" always shows the sign.

    >>> percent(Estimate(0.5, 0.4, 0.6, 9)), percent(Estimate(0, 0, 0, 9), "+")
    ('50.0±10.0', '0.0±0.0')
    >>> percent(Estimate(0.5, 0.4, 0.6, 9), plus_minus=None), percent(Estimate(0.5, -inf, inf, 4))
    ('50.0', '50.0')
    """
    if figure is None:
        return NOTHING
    mean = round(100 * figure.mean, 1)
    text = f"{mean:{sign}.1f}" if mean else "0.0"
    if plus_minus is None or not figure.has_interval:
        return text
    half = 100 * max(figure.high - figure.mean, figure.mean - figure.low)
    # An interval wider than a hundred points carries no information.
    return f"{text}{plus_minus}{'100' if half > 99.95 else f'{half:.1f}'}"


def span(figure: Estimate | None) -> str:
    """A share in percent with the ends of its interval, which need not be symmetric.

    >>> span(Estimate(0.5, 0.4, 0.756, 9)), span(Estimate(0.1, -0.04, 0.2, 9))
    ('50.0 (40–76)', '10.0 (-4 to 20)')
    >>> span(Estimate(0.5, -inf, inf, 4))
    '50.0'
    """
    text = percent(figure, plus_minus=None)
    if figure is None or not figure.has_interval:
        return text
    low, high = round(100 * figure.low), round(100 * figure.high)
    return f"{text} ({low}{'–' if low >= 0 else ' to '}{high})"


def points(figure: Estimate) -> str:
    """A difference in percentage points with its interval.

    >>> points(Estimate(0.5, -0.1, 0.9, 9)), points(Estimate(0.5, -inf, inf, 4))
    ('+50.0 (-10.0 to +90.0) points', '+50.0 points (too few tasks for an interval)')
    """
    mean = f"{100 * figure.mean:+.1f}"
    if not figure.has_interval:
        return f"{mean} points ({TOO_FEW})"
    return f"{mean} ({100 * figure.low:+.1f} to {100 * figure.high:+.1f}) points"
