"""The cells of a table: shares with intervals, amounts, quantities, p-values; and its notes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf

from memorygym.core import registry
from memorygym.core.track import find
from memorygym.reports.terminal import fit
from memorygym.runs.comparison.figures import SystemRow
from memorygym.stats import NOTHING, Estimate, percent, span


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a comparison's table."""

    head: str
    cell: Callable[[SystemRow], str]


ACCURACY = "accuracy"


def score_name(track: str, reasoner: str) -> str:
    """What the score of a reasoner is: the share of right answers, or, for a scripted reasoner that
    sees the gold table, the share of questions whose evidence it was shown."""
    if track not in registry.names("tracks"):
        return ACCURACY
    informed = find(track).reasoners_see_gold and reasoner in find(track).reasoners
    return "evidence shown" if informed else ACCURACY


def amount(value: float | None) -> str:
    """A count or a mean, rounded to the digits that are worth reading.

    >>> [amount(n) for n in (None, 0, 0.25, 12.5, 1234.5, 12345, 1234567)]
    ['–', '0', '0.25', '12.5', '1,234', '12.3k', '1.23M']
    """
    if value is None:
        return NOTHING
    if value >= 999_950:
        return f"{value / 1e6:.2f}M"
    if value >= 9_999.5:
        return f"{value / 1e3:.1f}k"
    if value >= 99.95 or value == round(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def quantity(estimate: Estimate | None) -> str:
    """An amount with half of its interval, if there is one with a width, in its unit.

    >>> quantity(Estimate(12, 11, 13.26, 9)), quantity(Estimate(12, 12, 12, 9))
    ('12.0±1.3', '12')
    >>> quantity(Estimate(12345, 11000, 13690, 9)), quantity(Estimate(123, 100, 146, 9))
    ('12.3±1.3k', '123±23')
    >>> quantity(Estimate(54_100, 3_600, 104_600, 9)), quantity(Estimate(100_300, 99e3, 101_600, 9))
    ('54±50k', '100±1k')
    """
    if estimate is None:
        return NOTHING
    mean, half = estimate.mean, estimate.high - estimate.mean
    if not 0 < half < inf:
        return amount(mean)
    size, unit = next(((n, u) for n, u in ((1e6, "M"), (1e3, "k")) if mean >= n), (1, ""))
    # A decimal is noise where the interval is wide or the number is long.
    digits = 1 if mean < 99.95 * size and half < 9.95 * size else 0
    return f"{mean / size:.{digits}f}±{half / size:.{digits}f}{unit}"


def share(head: str, figure: str, sign: str = "") -> Column:
    """A share in percent, or a difference of two."""
    return Column(head, lambda row: percent(row[figure], sign))


def mean_share(head: str, figure: str, sign: str = "") -> Column:
    """The same without its interval."""
    return Column(head, lambda row: percent(row[figure], sign, None))


def interval(head: str, figure: str) -> Column:
    """A share in percent with the ends of its interval."""
    return Column(head, lambda row: span(row[figure]))


def number(head: str, figure: str) -> Column:
    """A quantity."""
    return Column(head, lambda row: quantity(row[figure]))


def mean_number(head: str, figure: str) -> Column:
    """A quantity without its interval."""
    return Column(head, lambda row: amount(estimate.mean if (estimate := row[figure]) else None))


def p_value(p: float | None) -> str:
    """
    >>> p_value(None), p_value(1.0), p_value(0.012), p_value(0.0001)
    ('–', '1', '.012', '<.001')
    """
    if p is None:
        return NOTHING
    return "<.001" if p < 0.001 else "1" if p >= 0.9995 else f"{p:.3f}"[1:]


def paragraph(text: str) -> list[str]:
    """The lines of a text without line breaks of its own."""
    return fit(" ".join(text.split()))


def listed(words: Iterable[str]) -> str:
    """
    >>> listed("a"), listed("ab"), listed("abc")
    ('a', 'a and b', 'a, b and c')
    """
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
