"""Units, scales and currencies that may stand beside a number, and when two of them clash."""

from dataclasses import dataclass
from decimal import Decimal

SCALES = {
    "k": 3, "thousand": 3, "mn": 6, "mln": 6, "mio": 6, "million": 6, "millions": 6, "b": 9,
    "bn": 9, "bln": 9, "billion": 9, "billions": 9, "t": 12, "tn": 12, "trillion": 12,
}  # fmt: skip
"""Power of ten by scale word; a lone "m" may be metres or millions and is settled by the truth."""

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
"""Letters that are units or scales only when nothing stands between them and the number."""

MAYBE_METRES = ("m?", "m ?")
"""The base of "5m" and of "5 m": metres, minutes or millions, which only the truth can tell."""

CLASH = "?"
"""The base of a number with two units at once, such as "$3 %": it agrees with no stated unit."""

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
class Unit:
    """What a number counts: `$` per `month`, `%`, nothing per `100`."""

    base: str = ""
    """The canonical unit or currency."""
    per: str = ""
    """What it is divided by: a unit or an integer in digits; "/3" for an odd one after a slash."""

    def clashes(self, other: "Unit") -> bool:
        """Whether both are stated and cannot mean the same.

        >>> Unit("min").clashes(Unit("h")), Unit("min").clashes(Unit("%"))
        (False, True)
        """
        if self.per != other.per and ((self.per and other.per) or "/" in self.per + other.per):
            return True
        if "%" in (self.base, other.base) and "100" in (self.per, other.per):
            return False
        if not self.base or not other.base or self.base == other.base:
            return False
        if "°" in (self.base, other.base):
            return self.base[0] != other.base[0]
        mine, theirs = _SIZES.get(self.base), _SIZES.get(other.base)
        return mine is None or theirs is None or mine[0] != theirs[0]

    def convert(self, value: Decimal, to: "Unit") -> Decimal:
        """A value in this unit as one in another; unchanged where no conversion is known."""
        mine, theirs = _SIZES.get(self.base), _SIZES.get(to.base)
        if self.base == to.base or mine is None or theirs is None or mine[0] != theirs[0]:
            return value
        return value * mine[1] / theirs[1]


def finer(first: Unit, second: Unit) -> bool:
    """Whether the second is a smaller time unit, so that "1 hour 42 min" is one quantity."""
    mine, theirs = _SIZES.get(first.base), _SIZES.get(second.base)
    return bool(mine and theirs and mine[0] == theirs[0] == "time" and mine[1] > theirs[1])
