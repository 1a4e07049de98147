"""What stands before and after the digits of a number: sign, currency, scale, unit, divisor."""

import re

from memorygym.grading.lexicon import CARDINALS
from memorygym.grading.reading import Reading
from memorygym.grading.units import CURRENCIES, SCALES, SHORT, SQUARES, UNITS, Unit

_EXPONENT = re.compile(r"e[0-9]{1,2}").fullmatch


def hyphenated(reading: Reading, place: int) -> bool:
    """Whether the digits belong to a word, as in "PG-13"."""
    text, start = reading.text, reading.starts[place]
    return start > 1 and text[start - 1] == "-" and text[start - 2].isalpha()


def prefix(reading: Reading, place: int) -> tuple[bool, bool, str]:
    """Whether negative, whether signed, and the currency, from what stands before the digits."""
    text, at = reading.text, reading.starts[place] - 1
    currency = sign = ""
    while at >= 0 and (text[at] in "+- " or text[at] in CURRENCIES):
        char = text[at]
        if char == " " and not (at and text[at - 1] in CURRENCIES and not currency):
            break
        if char in CURRENCIES:
            currency = CURRENCIES[char]
        elif char != " ":
            if sign or (at and text[at - 1].isalnum() and not currency):
                break
            sign = char
        at -= 1
    word = reading.word(place - 1)
    if not currency and word in CURRENCIES:
        currency, word = CURRENCIES[word], reading.word(place - 2)
    if word == "us" and currency:
        word = reading.word(place - 2)
    if word in ("minus", "negative"):
        return True, True, currency
    return sign == "-", bool(sign), currency


def suffix(reading: Reading, place: int) -> tuple[int | None, Unit, int]:
    """Scale and unit after a number, and where they end."""
    power: int | None = None
    if place >= len(reading.words):
        return None, Unit(), place
    word, glued = reading.words[place], reading.glued(place)
    if glued and _EXPONENT(word):
        power, place = int(word[1:]), place + 1
    elif word == "m":
        if reading.raws[place] == "M":
            power, place = 6, place + 1
        else:
            per, end = _per(reading, place + 1)
            return None, Unit("m?" if glued else "m ?", per), end
    elif word in SCALES and (glued or word not in SHORT or reading.raws[place].isupper()):
        power, place = SCALES[word], place + 1
    base, place = _base(reading, place)
    per, place = _per(reading, place)
    return power, Unit(base, per), place


def _base(reading: Reading, place: int) -> tuple[str, int]:
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


def _per(reading: Reading, place: int) -> tuple[str, int]:
    """What a number is divided by: "/100", "out of 100", "of 5", "/hr", "per month"."""
    if reading.word(place) not in ("/", "per", "of", "out"):
        return "", place
    words = tuple(reading.words[place : place + 3])
    match words:
        case ("out", "of", *_):
            start = place + 2
        case ("/" | "per", *_) | ("of", *_):
            start = place + 1
        case _:
            return "", place
    if words[0] == "of" and words[1:2] == ("the",):
        start += 1
    word = reading.word(start)
    if words[0] in ("/", "per") and word in UNITS:
        return UNITS[word], start + 1
    if word in CARDINALS and words[0] != "/":
        return str(CARDINALS[word]), start + 1
    if not word.replace(",", "").isdecimal() or not word.isascii():
        return "", place
    digits = word.replace(",", "")
    if reading.word(start + 1) == "k" and reading.glued(start + 1):
        return digits + "000", start + 2
    share = words[0] != "/" or digits.strip("0") == "1"
    return digits if share else "/" + digits, start + 1
