"""Tails and quantiles of the normal and of Student's t distribution, to twelve digits."""

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, sqrt

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
