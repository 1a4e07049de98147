"""Whole calendar dates in any notation that can mean only one day."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from memorygym.grading.lexicon import MONTHS, ORDINALS
from memorygym.grading.quantities import ENDINGS
from memorygym.grading.reading import Reading, read

_SLASHED = re.compile(
    r"(?<![0-9./-])(?:([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{1,2})([/.-])([0-9]{1,2})\6([0-9]{4}))(?![0-9/]|[.-][0-9])"
)
_COMPACT = re.compile(r"(?<![0-9./-])([12][0-9]{3})([01][0-9])([0-3][0-9])(?![0-9/]|[.,-][0-9])")


class Dated(NamedTuple):
    """A date and the words that state it."""

    day: date
    place: int
    end: int


def dates(reading: Reading) -> list[Dated]:
    """Every whole date that a text states.

    >>> dates(read("March 9, 2014"))
    [Dated(day=datetime.date(2014, 3, 9), place=0, end=4)]
    """
    found = [
        (_date(*word.split("-")), place, place + 1)
        for place, word in enumerate(reading.words)
        if word.count("-") == 2 and word[0].isdigit()
    ]
    for make, pattern in ((_slashed, _SLASHED), (_date, _COMPACT)):
        for match in pattern.finditer(reading.text):
            first, last = (bisect_left(reading.starts, at) for at in match.span())
            found.append((make(*match.groups()), first, last))
    if not MONTHS.keys().isdisjoint(reading.words):
        found += _spoken_dates(reading.words)
    return [Dated(day, place, end) for day, place, end in found if day]


def _spoken_dates(words: list[str]) -> Iterator[tuple[date | None, int, int]]:
    kept = [at for at, word in enumerate(words) if word not in (",", ".", "of", "the", *ENDINGS)]
    plain = [words[at] for at in kept]
    for at, word in enumerate(plain):
        if word in MONTHS:
            first = last = at
            while first > max(0, at - 2) and _figure(plain, first - 1):
                first -= 1
            while last < at + 2 and _figure(plain, last + 1):
                last += 1
            yield _spoken(plain, at), kept[first], kept[last] + 1


def day(text: str) -> date | None:
    """The date that a text spells whole in ISO notation, or None."""
    whole = len(read(text).words) == 1 and text.count("-") == 2
    return _date(*text.split("-")) if whole else None


def _slashed(*groups: str) -> date | None:
    """Year first is plain; else one of the first two must be over 12, or both equal."""
    year, _, month, number, first, _, second, last = groups
    if year:
        return _date(year, month, number)
    one, two = int(first), int(second)
    if one == two or two > 12:
        return _date(last, one, two)
    return _date(last, two, one) if one > 12 else None


def _spoken(words: list[str], at: int) -> date | None:
    """March 9 2014 · 9 March 2014 · 2014 March 9."""
    month = MONTHS[words[at]]
    near = [_figure(words, at + step) for step in (-2, -1, 0, 1, 2)]
    before, after, later = near[1], near[3], near[4]
    if before and after and before <= 31 < after:
        return _date(after, month, before)
    if after and later and after <= 31 < later:
        return _date(later, month, after)
    return _date(before, month, after) if before and after and after <= 31 < before else None


def _figure(words: list[str], at: int) -> int:
    word = words[at] if 0 <= at < len(words) else ""
    if word.isdecimal() and word.isascii() and len(word) <= 4:
        return int(word)
    return ORDINALS.get(word, 0)


def _date(*parts: str | int) -> date | None:
    """The date of a year, a month and a day; None if there is none."""
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
