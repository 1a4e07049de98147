"""What questions are made of, and the reader's grammar of them: phrases that nest."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Start:
    """What a question names."""

    name: str
    """Of an entity; where none is dealt yet, its kind."""


@dataclass(frozen=True, slots=True)
class GrammarStep:
    """The value of a key of something; with `inverse`, what has that as its value."""

    key: str
    of: "Query"
    inverse: bool = False
    month: int = 0
    """Of a term of office: the month it must cover, counted from the year 0."""


@dataclass(frozen=True, slots=True)
class Pick:
    """The one of two with less, or more, of a key."""

    key: str
    least: bool
    left: "Query"
    right: "Query"

    def place(self, values: Sequence[int]) -> int:
        """Which of the two it is, from 0."""
        return values.index((min if self.least else max)(values))


@dataclass(frozen=True, slots=True)
class Shared:
    """Who works at a laboratory and invented a method that builds on another."""

    laboratory: "Query"
    basis: "Query"


@dataclass(frozen=True, slots=True)
class Total:
    """Two numbers added, or the difference between them."""

    left: "Query"
    right: "Query"
    minus: bool

    def of(self, first: int, second: int) -> str:
        """The sum, or the difference."""
        return str(abs(first - second) if self.minus else first + second)


Query: TypeAlias = Start | GrammarStep | Pick | Shared | Total

NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
MONTHS = (
    "January February March April May June July August September October November December".split()
)
_ASKED = re.compile(r"^Question: (?:(?:Who|What) is|Which [a-z]+ is) (.+)\?\s*$", re.MULTILINE)
_GET = {
    r"(?:employer of|laboratory that employs)": "employer",
    r"(?:birthplace of|native town of)": "birthplace",
    r"(?:mentor of|doctoral supervisor of)": "mentor",
    r"(?:birth year of|year of birth of)": "birth year",
    r"(?:home town of|town that is home to)": "seat",
    r"(?:founding year of|year of foundation of)": "founding year",
    r"(?:staff size of|number of employees of)": "staff",
    r"(?:flagship instrument of|principal instrument of)": "flagship",
    r"(?:designer of|engineer behind)": "designer",
    r"(?:weight|mass) in kilograms of": "weight",
    r"(?:inventor of|originator of)": "inventor",
    r"(?:parent method of|method underlying)": "basis",
    r"(?:measuring instrument of|instrument used by)": "instrument",
    r"(?:sample count of|number of samples of)": "samples",
    r"(?:leader of|chief of)": "leader",
    r"(?:population of|number of inhabitants of)": "population",
    r"(?:mayor of|person who is mayor of)": "mayor",
}
_WHOSE = {
    r"the laboratory (?:whose flagship is|famed for)": "flagship",
    r"the instrument (?:devised by|due to)": "designer",
    r"the method (?:devised by|due to)": "inventor",
    r"the survey (?:that relied on|equipped with)": "instrument",
    r"the survey (?:headed by|under)": "leader",
    r"a method (?:derived from|rooted in)": "basis",
}
_CHOSEN = {
    "founding year": ("was founded later", "was founded earlier"),
    "birth year": ("was born later", "was born earlier"),
    "weight": ("is heavier", "is lighter"),
    "population": ("is more populous", "is less populous"),
}
"""In words, that it has more, and that it has less."""
_SOUGHT = {
    "employer": "employer, works at, joined, holds a post at, payroll",
    "birthplace": "was born in, came into the world in",
    "mentor": "mentor, was trained by, learned the trade under, doctorate",
    "birth year": "was born in the year, came into the world",
    "seat": "is based in, buildings, plays host",
    "founding year": "was founded in, opened its doors, charter",
    "staff": "employs people, wages",
    "flagship": "flagship, showpiece",
    "director": "director, directed, run by, in charge, from, to",
    "designer": "designer, was designed by, plans",
    "weight": "weighs kilograms",
    "inventor": "inventor, was invented by, came up with, credit",
    "basis": "basis, builds on, extends, grew out of",
    "instrument": "instrument, readings, carried out with",
    "samples": "samples gathered, taken",
    "leader": "leader, was led by, in command, into the field",
    "population": "inhabitants, people live in, census, residents",
    "mayor": "mayor",
}
"""Words in which one would search for a key."""
_STEPS = [
    *((re.compile(f"the {words} "), key, False) for words, key in _GET.items()),
    *((re.compile(f"{words} "), key, True) for words, key in _WHOSE.items()),
]
_TERM = re.compile(r"the (?:director|head) in ([A-Z][a-z]+) (\d{4}) of ")
_NAMED = re.compile(NAME)


def month_of(name: str, year: str) -> int:
    """A month counted from the year 0."""
    return int(year) * 12 + MONTHS.index(name)


def month_key(month: int) -> str:
    """A month as keys write it.

    >>> month_key(2029 * 12 + 2)
    '2029-03'
    """
    return f"{month // 12}-{month % 12 + 1:02d}"


def month_text(month: int) -> str:
    """A month in words.

    >>> month_text(2029 * 12 + 2)
    'March 2029'
    """
    return f"{MONTHS[month % 12]} {month // 12}"


def sought(subject: str, key: str) -> str:
    """What one would search for: a name, and the words in which a key is told.

    >>> sought("Orm Hall", "mayor")
    'Orm Hall mayor'
    """
    return f"{subject} {_SOUGHT.get(key, key)}"


def seeking(text: str) -> tuple[str, str] | None:
    """The name and the key of what `sought` wrote; None if it did not."""
    name = " ".join(text.split(" ")[:2])
    keys = (key for key in _SOUGHT if text == sought(name, key))
    return next(((name, key) for key in keys), None)


def question(text: str) -> Query | None:
    """The query that the text of an event asks; None if it asks none."""
    found = _ASKED.search(text)
    return phrase(found[1]) if found else None


def phrase(text: str) -> Query | None:
    """The query of a whole phrase; None if it is none."""
    parser = _Parser(text)
    try:
        query = parser.phrase()
    except _Unread:
        return None
    return query if parser.at == len(text) else None


class _Unread(ValueError):
    """A phrase that the grammar lacks."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def phrase(self) -> Query:
        if term := self._take(_TERM):
            return GrammarStep("director", self.phrase(), month=month_of(*term.groups()))
        for pattern, key, inverse in _STEPS:
            if self._take(pattern):
                return GrammarStep(key, self.phrase(), inverse)
        if self._take("whichever of "):
            left, right = self._pair(" and ")
            for key, (more, less) in _CHOSEN.items():
                if found := self._take(f" (?:{more}|({less}))"):
                    return Pick(key, bool(found[1]), left, right)
        if self._take("the person who belongs to "):
            return Shared(*self._pair(" and devised a method derived from "))
        for words, minus in (("the sum of ", False), ("the difference between ", True)):
            if self._take(words):
                return Total(*self._pair(" and "), minus)
        if name := self._take(_NAMED):
            return Start(name[0])
        raise _Unread(self.text[self.at :])

    def _pair(self, between: str) -> tuple[Query, Query]:
        left = self.phrase()
        if not self._take(between):
            raise _Unread(self.text[self.at :])
        return left, self.phrase()

    def _take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        found = re.compile(pattern).match(self.text, self.at)
        if found:
            self.at = found.end()
        return found
