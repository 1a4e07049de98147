"""Whole calendar dates in any notation that can mean only one day."""

import re
from datetime import date

from memorygym.grading.lexicon import MONTHS, ORDINALS
from memorygym.grading.quantities import ENDINGS
from memorygym.grading.reading import Reading, read

_SLASHED = re.compile(
    r"(?<![0-9./-])(?:([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{1,2})([/.-])([0-9]{1,2})\6([0-9]{4}))(?![0-9/]|[.-][0-9])"
)
_COMPACT = re.compile(r"(?<![0-9./-])([12][0-9]{3})([01][0-9])([0-3][0-9])(?![0-9/]|[.,-][0-9])")


def dates(reading: Reading) -> list[date]:
    """Every whole date that a text states.

    >>> dates(read("March 9, 2014 or 09/03/2014"))
    [datetime.date(2014, 3, 9)]
    """
    found = [_iso(word) for word in reading.words if word.count("-") == 2 and word[0].isdigit()]
    found += [_slashed(*match.groups()) for match in _SLASHED.finditer(reading.text)]
    found += [_compact(*match.groups()) for match in _COMPACT.finditer(reading.text)]
    if not MONTHS.keys().isdisjoint(reading.words):
        plain = [word for word in reading.words if word not in (",", ".", "of", "the", *ENDINGS)]
        found += [_spoken(plain, at) for at, word in enumerate(plain) if word in MONTHS]
    return [day for day in found if day]


def day(text: str) -> date | None:
    """The date that a text spells whole in ISO notation, or None."""
    return _iso(text) if len(read(text).words) == 1 and text.count("-") == 2 else None


def _iso(word: str) -> date | None:
    year, month, number = (part if part.isdecimal() else "0" for part in word.split("-"))
    return _date(int(year), int(month), int(number))


def _slashed(*groups: str | None) -> date | None:
    """Year first is plain; else one of the first two must be over 12, or both equal."""
    year, _, month, number, first, _, second, last = groups
    if year and month and number:
        return _date(int(year), int(month), int(number))
    if not (first and second and last):
        return None
    one, two = int(first), int(second)
    if one == two or two > 12:
        return _date(int(last), one, two)
    return _date(int(last), two, one) if one > 12 else None


def _compact(year: str, month: str, number: str) -> date | None:
    return _date(int(year), int(month), int(number))


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


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
