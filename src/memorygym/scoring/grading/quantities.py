"""Finds the numbers of a text, with signs, scales and units, and its whole dates."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from memorygym.scoring.grading import units
from memorygym.scoring.grading.lexicon import CARDINALS, MONTHS, ORDINALS
from memorygym.scoring.grading.parsed_text import ParsedText, read
from memorygym.scoring.grading.units import MAYBE_METRES, SCALES, MeasureUnit

_wellformed: Callable[[str], object] = re.compile(
    r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+"
).fullmatch
_DIGITS = 24
"""Most digits of a number; longer ones are unreadable, as exact arithmetic would overflow."""
_TOLERANCE = Decimal("0.02")
_SPELT = frozenset((*CARDINALS, *ORDINALS, "hundred", "none", "nil"))
ENDINGS = frozenset(("st", "nd", "rd", "th"))
_SLASHED = re.compile(
    r"(?<![0-9./-])(?:([0-9]{4})([/.])([0-9]{1,2})\2([0-9]{1,2})"
    r"|([0-9]{1,2})([/.-])([0-9]{1,2})\6([0-9]{4}))(?![0-9/]|[.-][0-9])"
)
_COMPACT = re.compile(r"(?<![0-9./-])([12][0-9]{3})([01][0-9])([0-3][0-9])(?![0-9/]|[.,-][0-9])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text."""

    value: Decimal | None
    """Sign and digits as written; None if they are malformed or glued to a word."""
    power: int | None
    """Power of ten of the stated scale ("K", "million"); None if none is stated."""
    unit: MeasureUnit
    place: int
    """Place of its first word."""
    end: int
    """Place of the first word after it."""
    signed: bool = False
    """Whether a plus or minus is written."""
    ordinal: bool = False
    """Whether it is a rank or position: "3rd"."""
    fraction: bool = False
    """Whether a decimal point is written."""

    @property
    def whole(self) -> Decimal:
        """The value multiplied by its scale."""
        assert self.value is not None
        return self.value.scaleb(self.power or 0)


@dataclass(frozen=True, slots=True)
class Number:
    """A right number; claims must equal it, or be within 2 % if it is `loose`."""

    quantity: Quantity
    loose: bool
    rank: bool = False
    """Whether it is a position ("#306"), which "306th" states too."""

    def agrees(self, claim: Quantity) -> bool:
        """Whether a claim equals this number; it may omit scale and unit."""
        own = self.quantity
        claim = _settled(claim, own)
        if claim.value is None or own.value is None or own.unit.clashes(claim.unit):
            return False
        if self._near(own.whole, claim.unit.convert(claim.whole, own.unit)):
            return True
        bare = own.power is not None and claim.power is None
        return bare and self._near(own.value, claim.value)

    def _near(self, true: Decimal, claimed: Decimal) -> bool:
        if not self.loose:
            return claimed == true
        return abs(claimed - true) <= _TOLERANCE * abs(true)


def _settled(claim: Quantity, true: Quantity) -> Quantity:
    """The claim with a lone "m" decided by the right number: its unit, metres, or millions."""
    if claim.unit.base not in MAYBE_METRES:
        return claim
    if true.unit.base in ("m", "min"):
        return replace(claim, unit=MeasureUnit(true.unit.base))
    if claim.unit.base == "m ?" and not true.unit.base and true.power is None:
        return replace(claim, unit=MeasureUnit("m"))
    return replace(claim, unit=MeasureUnit(), power=6)


def quantities(reading: ParsedText) -> list[Quantity]:
    """All numbers in order of appearance, ordinals and malformed ones included."""
    results: list[Quantity] = []
    place, end = 0, len(reading.words)
    while place < end:
        word = reading.words[place]
        if word[0] in "0123456789." and word != ".":
            quantity = _digits(reading, place)
            results += [quantity] if quantity else []
            place = quantity.end if quantity else place + 1
        elif word not in _SPELT:
            place += 1
        elif word in CARDINALS or word == "hundred":
            results.append(_spelled(reading, place))
            place = results[-1].end
        else:
            value = Decimal(ORDINALS.get(word, 0))
            ordinal = word in ORDINALS
            results.append(Quantity(value, None, MeasureUnit(), place, place + 1, ordinal=ordinal))
            place += 1
    return _joined(reading, results)


def _digits(reading: ParsedText, place: int) -> Quantity | None:
    """The number at a place; None for a date and for digits that belong to a word."""
    raw, after = reading.words[place], reading.word(place + 1)
    glued = bool(after) and reading.glued(place + 1)
    if "-" in raw or units.hyphenated(reading, place):
        return None
    power, unit, end = units.suffix(reading, place + 1)
    if not _wellformed(raw) or len(raw) > _DIGITS:
        return Quantity(None, None, MeasureUnit(), place, end)
    value = Decimal(raw.replace(",", ""))
    if glued and after in ENDINGS:
        return Quantity(value, None, MeasureUnit(), place, place + 2, ordinal=True)
    decade = after == "s" and len(raw) == 4
    if glued and after[0].isalpha() and (end == place + 1 or decade):
        return None
    negative, signed, currency = units.prefix(reading, place)
    if currency and unit.base in MAYBE_METRES:
        power, unit = 6, MeasureUnit(currency, unit.per)
    elif currency:
        unit = MeasureUnit(currency, unit.per)
    value = -value if negative else value
    return Quantity(value, power, unit, place, end, signed, fraction="." in raw)


def _spelled(reading: ParsedText, place: int) -> Quantity:
    """A number in words: "one hundred and twenty-one thousand"."""
    total = part = 0
    start, step = place, 0
    while True:
        word = reading.word(place)
        if word in CARDINALS and _fits(part, CARDINALS[word], step):
            part += CARDINALS[word]
            step = CARDINALS[word]
        elif word == "hundred" and part < 100 and total % 1000 == 0:
            part, step = (part or 1) * 100, 100
        elif word in ("thousand", "million") and part and (not total or word == "thousand"):
            total, part, step = total + part * 10 ** SCALES[word], 0, 100
        elif not (word == "and" and step == 100 and reading.word(place + 1) in CARDINALS):
            break
        place += 1
    negative, signed, currency = units.prefix(reading, start)
    power, unit, end = units.suffix(reading, place)
    value = Decimal(total + part)
    unit = MeasureUnit(currency or unit.base, unit.per)
    return Quantity(-value if negative else value, power, unit, start, end, signed)


def _fits(part: int, value: int, step: int) -> bool:
    """Whether a cardinal may continue a number: "two" may follow "forty", "twelve" may not."""
    if step == 0:
        return part == 0
    return step == 100 or (20 <= step <= 90 and 0 < value < 10)


def _joined(reading: ParsedText, results: list[Quantity]) -> list[Quantity]:
    """The quantities with "1 hour 42 min" joined into one."""
    merged = results[:1]
    for item in results[1:]:
        last, unit = merged[-1], item.unit
        if unit.base in MAYBE_METRES and last.unit.base == "h":
            unit = MeasureUnit("min")
        apart = reading.words[last.end : item.place] not in ([], ["and"], [","])
        if apart or not units.finer(last.unit, unit) or last.value is None or item.value is None:
            merged.append(item)
        else:
            value = last.unit.convert(last.value, unit) + item.value
            merged[-1] = replace(item, value=value, unit=unit, place=last.place)
    return merged


@lru_cache(maxsize=4096)
def number(text: str, *, ratio: bool = False) -> Number | None:
    """The right number that a whole text spells, or None.

    >>> number("102 min").quantity.unit.base, number("builds 5 trams")
    ('min', None)
    """
    reading = read(text)
    results = quantities(reading)
    if len(results) != 1 or results[0].place != 0 or results[0].value is None or results[0].ordinal:
        return None
    rest = reading.raws[results[0].end :]
    if len(rest) > 1 or not all(raw.isalpha() and raw.islower() for raw in rest):
        return None
    if reading.words[0][0] not in ".0123456789":
        return None
    true = results[0]
    if true.unit.base in MAYBE_METRES:
        true = replace(true, unit=MeasureUnit("m", true.unit.per))
    return Number(true, loose=ratio or true.fraction, rank=text.startswith("#"))


class Dated(NamedTuple):
    """A date, and the places of the words that state it."""

    day: date
    place: int
    end: int


def dates(reading: ParsedText) -> list[Dated]:
    """The whole dates of a text, in any unambiguous notation.

    >>> dates(read("March 9, 2014"))
    [Dated(day=datetime.date(2014, 3, 9), place=0, end=4)]
    """
    results = [
        (_date(*word.split("-")), place, place + 1)
        for place, word in enumerate(reading.words)
        if word.count("-") == 2 and word[0].isdigit()
    ]
    for make, pattern in ((_slashed, _SLASHED), (_date, _COMPACT)):
        for match in pattern.finditer(reading.text):
            first, last = (bisect_left(reading.starts, index) for index in match.span())
            results.append((make(*match.groups()), first, last))
    results += _spoken_dates(reading.words)
    return [Dated(day, place, end) for day, place, end in results if day]


def _spoken_dates(words: list[str]) -> Iterator[tuple[date | None, int, int]]:
    kept = [
        index for index, word in enumerate(words) if word not in (",", ".", "of", "the", *ENDINGS)
    ]
    spoken_words = [words[index] for index in kept]
    for index, word in enumerate(spoken_words):
        if word in MONTHS:
            first = last = index
            while first > max(0, index - 2) and _figure(spoken_words, first - 1):
                first -= 1
            while last < index + 2 and _figure(spoken_words, last + 1):
                last += 1
            yield _spoken(spoken_words, index), kept[first], kept[last] + 1


def day(text: str) -> date | None:
    """The date that a whole text spells in ISO notation, or None."""
    whole = len(read(text).words) == 1 and text.count("-") == 2
    return _date(*text.split("-")) if whole else None


def _slashed(*groups: str) -> date | None:
    """The date of 2014/3/9 or 9/3/2014; None if day and month cannot be distinguished."""
    year, _, month, number, first, _, second, last = groups
    if year:
        return _date(year, month, number)
    first_number, second_number = int(first), int(second)
    if first_number == second_number or second_number > 12:
        return _date(last, first_number, second_number)
    return _date(last, second_number, first_number) if first_number > 12 else None


def _spoken(words: list[str], index: int) -> date | None:
    """March 9 2014 · 9 March 2014 · 2014 March 9."""
    month = MONTHS[words[index]]
    before, after, later = (_figure(words, index + step) for step in (-1, 1, 2))
    for day, year in ((before, after), (after, later), (after, before)):
        if 0 < day <= 31 < year:
            return _date(year, month, day)
    return None


def _figure(words: list[str], index: int) -> int:
    word = words[index] if 0 <= index < len(words) else ""
    if word.isdecimal() and word.isascii() and len(word) <= 4:
        return int(word)
    return ORDINALS.get(word, 0)


def _date(*parts: str | int) -> date | None:
    """The date of a year, month and day; None if there is no such day."""
    try:
        return date(*map(int, parts))
    except ValueError:
        return None
