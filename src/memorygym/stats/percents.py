"""Estimates of shares as tables print them: in percent, with what is known of their spread."""

from math import inf

from memorygym.stats.intervals import Estimate

NOTHING = "–"
"""Where there is no figure."""


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
