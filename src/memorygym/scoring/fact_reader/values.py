"""Values in a clause: numbers, dates, series, choices and texts, in any usual notation."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from memorygym.core.tokens import MONTHS
from memorygym.scoring.fact_reader.key import Key
from memorygym.scoring.fact_reader.phrases import mask
from memorygym.scoring.fact_reader.words import choice_pattern, lowered

Parsed = int | str | tuple[int, ...]
"""A number scaled by 10^decimals, a text, an ISO date or a series of scaled numbers."""


class Candidate(NamedTuple):
    """Something in a clause that has the form of a key's value."""

    start: int
    end: int
    value: Parsed


_NAMED = "|".join(f"{month[:3]}(?:{month[3:]})?" for month in MONTHS).replace("Sep(", "Sept?(")
_MONTH = _NAMED.lower()
_DATE = re.compile(
    rf"(?=[\dadfjmnos])(?<![\w.,-])"
    rf"(?:(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}})(?=t\d|(?![\w-]))"
    rf"|(\d{{1,2}})(?:st|nd|rd|th)?[ -](?:of )?({_MONTH})\.?[ ,-]+(\d{{4}})(?![\w-])"
    rf"|({_MONTH})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}})(?![\w-])"
    r"|(\d{1,2})([./])(\d{1,2})\11(\d{4})(?![\w-]))"
)
_TIME = re.compile(r"(?:T|,? (?:at )?)(\d\d:\d\d)(?::\d\d)?(?!\d)")
_DAY = re.compile(
    rf"(?<![\w.,$-])\d{{1,2}}(?:st|nd|rd|th)? (?:{_NAMED})\b(?!,? \d)"
    rf"|\b(?:{_NAMED})\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?![.,%]?\d|%)",
)
"""A day without its year."""
_MAY_NAME = re.compile("[JFMASOND][a-u][bcglnprtvy]")
"""What every name of a month begins with."""
_YEAR = re.compile(
    r"\b(?:in|since|during|until|by|for|fy|fiscal|year|early|late|mid|end of|start of)[ -]?"
    r"((?:19|20)\d\d)(?![\d,.%]\d|\d|%)(?! ?-| ?–)"
)
_MAGNITUDES = {
    "hundred": 2, "hundreds": 2, "k": 3, "thousand": 3,
    "m": 6, "mn": 6, "mio": 6, "mil": 6, "million": 6, "millions": 6,
    "b": 9, "bn": 9, "billion": 9, "billions": 9,
}  # fmt: skip
_PERCENT = {"%", "percent", "pct", "pc", "per cent", "percentage points", "percentage point", "pp",
            "points", "point", "pts"}  # fmt: skip
_NUMBER = re.compile(
    r"(?=[-−+$€£\du])(?<![\w€£$])(?<!\d[.,:/])(?P<sign>[-−+](?=[\d$€£]))?"
    r"(?P<money>(?:us ?)?\$|usd ?|[€£])?"
    r"(?P<digits>\d{1,3}(?:[,'’_\u202f\u00a0]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?: ?(?P<unit>%|(?:percentage points?|per cent|percent|pct|pp|pts|points?|thousand|millions?"
    r"|billions?|mio|mil|mn|bn|[kmb]|dozens?|hundreds?|ms|msec|milliseconds?|mm|millimet(?:re|er)s?|kg|kilograms?)"
    r"(?![^\W_])))?(?P<after>(?: ?(?:usd|us dollars|dollars|\$))?)"
    r"(?!\w|[.,]\d|[-/]\d)"
)
"""For texts in lower case."""
_WORDS = {
    "millisecond": "ms",
    "milliseconds": "ms",
    "msec": "ms",
    "kilogram": "kg",
    "kilograms": "kg",
}
_QUOTED = re.compile(r"[\"“”«»]([^\"“”«»\n]+)[\"“”«»]|`([^`\n]+)`|(?<!\w)['‘]([^'’\n]+)['’](?!\w)")
has_date = re.compile(r"(?:19|20|21)(?<!\d..)\d\d(?!\d)").search
"""Whether a text has a year, as every full date does."""


@lru_cache(maxsize=2_000)
def dates(text: str) -> tuple[tuple[int, int, str], ...]:
    """(start, end, ISO date) of each full date. Of 3/4/2031 nobody knows which is the month."""
    return tuple(_dates(text)) if has_date(text) else ()


def _dates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _DATE.finditer(lowered(text)):
        year, month, day, day2, name2, year2, name3, day3, year3, first, mark, second, year4 = (
            match.groups()
        )
        if year2 or year3:
            year, day = year2 or year3, day2 or day3
            month = str(_month_number(name2 or name3))
        elif year4:
            day, month, year = first, second, year4
            if mark == "/" and int(day) <= 12:
                if int(month) <= 12:
                    continue
                day, month = month, day
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31:
            yield match.start(), match.end(), f"{year}-{int(month):02d}-{int(day):02d}"


def stamps(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, ISO date, with the time if there is one) of each full date."""
    for start, end, iso in dates(text):
        time = _TIME.match(text, end)
        yield (start, time.end(), f"{iso} {time[1]}") if time else (start, end, iso)


def _month_number(name: str) -> int:
    return [month[:3] for month in MONTHS].index(name[:3].capitalize()) + 1


def candidates(key: Key, text: str) -> list[Candidate]:
    """Everything in a clause that has the form of the key's values."""
    match key.kind:
        case "date":
            return [Candidate(start, end, iso) for start, end, iso in dates(text)]
        case "number":
            return _numbers(key, text)
        case "series":
            return _series(key, text)
        case "enum":
            choices = {choice.lower(): choice for choice in key.choices}
            return [
                Candidate(match.start(), match.end(), choices[match[0]])
                for match in choice_pattern(choices).finditer(lowered(text))
            ]
        case "text":
            return _texts(key, text)
        case "word":
            return [
                Candidate(match.start(), match.end(), match[match.lastindex or 0])
                for match in re.finditer(key.pattern, text)
            ]
    return []


def without_dates(text: str) -> str:
    """The text with blanks instead of what `dated` finds."""
    return mask(text, sorted(dated(text)), " ")


def dated(text: str) -> list[tuple[int, int]]:
    """Where dates stand, years that date something, and days such as "26 Jan"."""
    spans = [match.span() for match in _DAY.finditer(text)] if _MAY_NAME.search(text) else []
    if has_date(text):
        spans += [(start, end) for start, end, _ in dates(text)]
        spans += [match.span(1) for match in _YEAR.finditer(lowered(text))]
    return spans


def figures(text: str) -> list[re.Match[str]]:
    """The figures of a text in lower case; `scaled` tells what they are."""
    return [*_NUMBER.finditer(text)]


def _numbers(key: Key, text: str) -> list[Candidate]:
    return [
        Candidate(match.start(), match.end(), number)
        for match in figures(lowered(text if key.is_whole else without_dates(text)))
        if (number := scaled(match, key)) is not None
    ]


def scaled(match: re.Match[str], key: Key) -> int | None:
    """A number in the key's unit, times 10^decimals; None if it has another unit."""
    _, money, _, unit, after = match.groups("")
    unit = _WORDS.get(unit, unit)
    own = key.suffix.strip().lower()
    is_money = bool(money or after)
    if is_money and not key.prefix:
        return None
    if unit in _PERCENT:
        return _fixed(match, 0, key) if own == "%" else None
    if own == "%":
        return None if unit else _fixed(match, 0, key)
    if unit in ("dozen", "dozens"):
        return 12 * _fixed(match, 0, key)
    magnitude = _MAGNITUDES.get(unit)
    if unit and magnitude is None:
        return _fixed(match, 0, key) if unit == own else None
    if magnitude is None and is_money and own in _MAGNITUDES and _fixed(match, 0, key) > 10**8:
        magnitude = 0
    if magnitude is None:
        return _fixed(match, 0, key)
    return _fixed(match, magnitude - _MAGNITUDES.get(own, 0), key)


_SEPARATORS = {ord(sign): "" for sign in ",'’_\u202f\u00a0"}


def _fixed(match: re.Match[str], shift: int, key: Key) -> int:
    """The digits times 10^(shift + decimals); surplus decimals are cut off."""
    whole, _, rest = match["digits"].translate(_SEPARATORS).partition(".")
    places = shift + key.decimals
    digits = whole + rest
    point = len(whole) + places
    value = int((digits + "0" * max(0, point - len(digits)))[: max(0, point)] or "0")
    return -value if match["sign"] in ("-", "−") else value


def _series(key: Key, text: str) -> list[Candidate]:
    """Runs of exactly `length` numbers that only separators part."""
    # Numbers of three digits without blanks look like one number.
    together = rf"(?<![\d.,])\d{{3}}(?:,\d{{3}}){{{key.length - 1}}}(?![\d,])"
    plain = re.sub(r"(?<=\d),(?=\d{3}(?:,\d{3})*,\d{3}(?!\d))", ", ", text)
    bare = re.sub(together, lambda match: match[0].replace(",", ", "), text)
    parted = re.sub(r"(?<=\d)[/-](?=\d)", " ", text)
    for source in dict.fromkeys((bare, text, plain, parted)):
        run: list[Candidate] = []
        runs = [run]
        for number in _numbers(key, source):
            gap = source[run[-1].end : number.start] if run else ""
            if run and not re.fullmatch(r"[\s,;/|>→\"']*(?:and |then |Q\d:? ?)?", gap):
                runs.append(run := [])
            run.append(number)
        whole = [run for run in runs if len(run) == key.length]
        if whole:
            return [
                Candidate(run[0].start, run[-1].end, tuple(int(n.value) for n in run))  # type: ignore[arg-type]
                for run in whole
            ]
    return []


def _texts(key: Key, text: str) -> list[Candidate]:
    """Quoted texts of `length` words; else a run of exactly so many words after a separator."""
    found = []
    for match in _QUOTED.finditer(text):
        words = (match[1] or match[2] or match[3]).strip(" .").split()
        if len(words) == key.length:
            found.append(Candidate(match.start(), match.end(), " ".join(words).lower()))
    if found:
        return found
    word = r"[^\W\d_]+(?:['’-][^\W\d_]+)*"
    run = (
        r"(?:^|[:=|>→,;(\[—–\t\ue000\ue001]|\s-|\b(?:is|are|as|to|of|was))[\s*_]*"
        rf"({word}(?:\s+{word}){{{key.length - 1}}})[\s*_.!]*(?=$|[|,;)\]([<—–\t\ue001]|\s-)"
    )
    return [
        Candidate(match.start(1), match.end(1), " ".join(match[1].split()).lower())
        for match in re.finditer(run, text)
    ]
