"""Reads what stands around the digits of a number: sign, currency, scale, unit, divisor."""

import re
from dataclasses import dataclass
from decimal import Decimal

from memorygym.scoring.grading.lexicon import CARDINALS
from memorygym.scoring.grading.parsed_text import ParsedText

SCALES = {
    "k": 3, "thousand": 3, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "b": 9,
    "bn": 9, "bln": 9, "billion": 9, "billions": 9, "t": 12, "tn": 12, "trillion": 12,
}  # fmt: skip
"""Power of ten by scale word; a lone "m" (metres or millions) is decided by the right answer."""

CURRENCIES = {
    "$": "$", "usd": "$", "dollar": "$", "dollars": "$", "us$": "$", "€": "€", "eur": "€",
    "euro": "€", "euros": "€", "£": "£", "gbp": "£", "pound": "£", "pounds": "£", "¥": "¥",
    "jpy": "¥", "yen": "¥", "cny": "¥", "yuan": "¥", "₹": "₹", "inr": "₹", "rupees": "₹",
}  # fmt: skip

_SPELLINGS = {
    "%": "% percent pct percentage pp",
    "ms": "ms msec millisecond milliseconds",
    "s": "s sec secs second seconds",
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "d": "d day days",
    "week": "wk wks week weeks",
    "month": "mo mos month months",
    "year": "y yr yrs year years",
    "mm": "mm millimetre millimetres millimeter millimeters",
    "cm": "cm centimetre centimetres centimeter centimeters",
    "m": "metre metres meter meters",
    "km": "km kms kilometre kilometres kilometer kilometers",
    "mi": "mi mile miles",
    "ft": "ft foot feet",
    "m²": "m² m2 sqm",
    "km²": "km² km2 sqkm",
    "mi²": "mi² mi2",
    "acre": "acre acres",
    "ha": "ha hectare hectares",
    "kB": "kb kilobyte kilobytes",
    "MB": "mb megabyte megabytes mib",
    "GB": "gb gigabyte gigabytes gib",
    "TB": "tb terabyte terabytes",
    "kbps": "kbps",
    "Mbps": "mbps",
    "Gbps": "gbps",
    "°C": "celsius °c",
    "°F": "fahrenheit °f",
    "°": "degree degrees °",
    "kg": "kg kilogram kilograms",
    "t": "tonne tonnes",
}
UNITS = {word: unit for unit, words in _SPELLINGS.items() for word in words.split()} | CURRENCIES

SHORT = frozenset("d y t k b".split())
"""Letters that are units or scales only directly after the number."""

MAYBE_METRES = ("m?", "m ?")
"""The base of "5m" and of "5 m": metres, minutes or millions; the right answer decides."""

_BEFORE = re.compile(r"(?:([+-])?([$€£¥₹]) ?|(?<![^\W_]))([+-])?$").search
"""What stands before digits: a sign, a currency, another sign; a sign after a word is a hyphen."""
_EXPONENT = re.compile(r"e[0-9]{1,2}").fullmatch

SQUARES = {"m": "m²", "km": "km²", "mi": "mi²"}

_SIZES: dict[str, tuple[str, Decimal]] = {
    unit: (kind, Decimal(size))
    for kind, sizes in (
        ("time", "ms .001 s 1 min 60 h 3600 d 86400 week 604800"),
        ("length", "mm .001 cm .01 m 1 km 1000"),
        ("area", "m² 1 ha 10000 km² 1000000"),
        ("rate", "kbps 1 Mbps 1000 Gbps 1000000"),
    )
    for unit, size in zip(sizes.split()[::2], sizes.split()[1::2], strict=True)
}


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """The unit of a number: `$` per `month`, `%`, nothing per `100`."""

    base: str = ""
    """The canonical unit or currency."""
    per: str = ""
    """The divisor: a unit, or a whole number; "/3" if an unusual number follows a slash."""

    def clashes(self, other: "MeasureUnit") -> bool:
        """Whether both units are stated and differ in kind.

        >>> minute = MeasureUnit("min")
        >>> minute.clashes(MeasureUnit("h")), minute.clashes(MeasureUnit("%"))
        (False, True)
        """
        if self.per != other.per and ((self.per and other.per) or "/" in self.per + other.per):
            return True
        if not self.base or not other.base or self.base == other.base:
            return False
        if "°" in (self.base, other.base):
            return self.base[0] != other.base[0]
        return _sizes(self, other) is None

    def convert(self, value: Decimal, to: "MeasureUnit") -> Decimal:
        """A value of this unit converted to another; unchanged if no conversion is known."""
        sizes = _sizes(self, to)
        return value * sizes[0] / sizes[1] if sizes and self.base != to.base else value


def finer(first: MeasureUnit, second: MeasureUnit) -> bool:
    """Whether the second unit of time is smaller, so that "1 hour 42 min" is one quantity."""
    sizes = _sizes(first, second)
    return sizes is not None and _SIZES[first.base][0] == "time" and sizes[0] > sizes[1]


def _sizes(first: MeasureUnit, second: MeasureUnit) -> tuple[Decimal, Decimal] | None:
    """The sizes of two units of one kind; None if none is known."""
    (kind, size), (other_kind, other) = (
        _SIZES.get(unit.base, ("", Decimal(0))) for unit in (first, second)
    )
    return (size, other) if kind and kind == other_kind else None


def hyphenated(reading: ParsedText, place: int) -> bool:
    """Whether the digits belong to a word, as in "PG-13"."""
    text, start = reading.text, reading.starts[place]
    return start > 1 and text[start - 1] == "-" and text[start - 2].isalpha()


def prefix(reading: ParsedText, place: int) -> tuple[bool, bool, str]:
    """From the text before the digits: whether negative, whether signed, and the currency."""
    start = reading.starts[place]
    before = _BEFORE(reading.text, max(0, start - 4), start)
    outer, currency, inner = before.groups("") if before else ("", "", "")
    sign, word = inner or outer, reading.word(place - 1)
    if not currency and word in CURRENCIES:
        currency, word = CURRENCIES[word], reading.word(place - 2)
    if word in ("minus", "negative"):
        return True, True, currency
    return sign == "-", bool(sign), currency


def suffix(reading: ParsedText, place: int) -> tuple[int | None, MeasureUnit, int]:
    """The scale (a power of ten) and unit after a number, and the place where they end."""
    power: int | None = None
    if place >= len(reading.words):
        return None, MeasureUnit(), place
    word, glued = reading.words[place], reading.glued(place)
    if glued and _EXPONENT(word):
        power, place = int(word[1:]), place + 1
    elif word == "m":
        if reading.raws[place] == "M":
            power, place = 6, place + 1
        else:
            per, end = _per(reading, place + 1)
            return None, MeasureUnit("m?" if glued else "m ?", per), end
    elif word in SCALES and (glued or word not in SHORT or reading.raws[place].isupper()):
        power, place = SCALES[word], place + 1
    base, place = _base(reading, place)
    per, place = _per(reading, place)
    return power, MeasureUnit(base, per), place


def _base(reading: ParsedText, place: int) -> tuple[str, int]:
    word = reading.word(place)
    if word == "us" and reading.word(place + 1) in CURRENCIES:
        place, word = place + 1, reading.word(place + 1)
    after = reading.word(place + 1)
    if word in ("sq", "square") and UNITS.get(after) in SQUARES:
        return SQUARES[UNITS[after]], place + 2
    if word in ("°", "degrees", "degree") and after in ("c", "f", "celsius", "fahrenheit"):
        return "°" + after[0].upper(), place + 2
    if word in ("per", "percentage") and after in ("cent", "points", "point"):
        return "%", place + 2
    if word in UNITS and (word not in SHORT or reading.glued(place)):
        return UNITS[word], place + 1
    return "", place


def _per(reading: ParsedText, place: int) -> tuple[str, int]:
    """The divisor of a number, and its end: "/100", "out of 100", "of 5", "/hr", "per month"."""
    start = place + (reading.word(place) == "out")
    first = reading.word(start)
    if first not in ("/", "per", "of"):
        return "", place
    start += 2 if first == "of" and reading.word(start + 1) == "the" else 1
    word = reading.word(start)
    if first in ("/", "per") and word in UNITS:
        return UNITS[word], start + 1
    if word in CARDINALS and first != "/":
        return str(CARDINALS[word]), start + 1
    digits = word.replace(",", "")
    if not digits.isdecimal():
        return "", place
    if reading.word(start + 1) == "k" and reading.glued(start + 1):
        return digits + "000", start + 2
    share = first != "/" or digits.strip("0") == "1"
    return digits if share else "/" + digits, start + 1
