"""The parts of questions, and the grammar by which the reader parses them: nested phrases."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Start:
    """An entity that a question names."""

    name: str
    """The entity's name; in a program without entities, its kind."""


@dataclass(frozen=True, slots=True)
class GrammarStep:
    """The value of a key of an entity; with `inverse`, the entity that has that value."""

    key: str
    inner: "Query"
    inverse: bool = False
    month: int = 0
    """For a term of office: the month that it must cover, counted from the year 0."""


@dataclass(frozen=True, slots=True)
class Pick:
    """The one of two entities with the smaller, or larger, value of a key."""

    key: str
    least: bool
    left: "Query"
    right: "Query"

    def chosen_index(self, values: Sequence[int]) -> int:
        """The index of the chosen entity: 0 or 1."""
        return values.index((min if self.least else max)(values))


@dataclass(frozen=True, slots=True)
class Shared:
    """The person who works at a laboratory and invented a method that builds on another."""

    laboratory: "Query"
    basis: "Query"


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of two numbers, or the difference between them."""

    left: "Query"
    right: "Query"
    minus: bool

    def result(self, first: int, second: int) -> str:
        """The sum, or the difference."""
        return str(abs(first - second) if self.minus else first + second)


Query: TypeAlias = Start | GrammarStep | Pick | Shared | Total

NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
MONTHS = (
    "January February March April May June July August September October November December".split()
)
_QUESTION = re.compile(r"^Question: (?:(?:Who|What) is|Which [a-z]+ is) (.+)\?\s*$", re.MULTILINE)
_FORWARD_PHRASES = {
    r"(?:employer of|laboratory that employs)": "employer",
    r"(?:birthplace of|native town of)": "birthplace",
    r"(?:mentor of|doctoral supervisor of)": "mentor",
    r"(?:birth year of|year of birth of)": "birth year",
    r"(?:home town of|town that houses)": "seat",
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
_INVERSE_PHRASES = {
    r"the laboratory (?:whose flagship is|famed for)": "flagship",
    r"the instrument (?:devised by|due to)": "designer",
    r"the method (?:devised by|due to)": "inventor",
    r"the survey (?:that relied on|equipped with)": "instrument",
    r"the survey (?:headed by|under)": "leader",
    r"a method (?:derived from|rooted in)": "basis",
}
_COMPARISONS = {
    "founding year": ("was founded later", "was founded earlier"),
    "birth year": ("was born later", "was born earlier"),
    "weight": ("is heavier", "is lighter"),
    "population": ("is more populous", "is less populous"),
}
"""By key: the words for the larger value, and for the smaller."""
_SEARCH_WORDS = {
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
"""By key: words to search for it."""
_STEPS = [
    *((re.compile(f"the {words} "), key, False) for words, key in _FORWARD_PHRASES.items()),
    *((re.compile(f"{words} "), key, True) for words, key in _INVERSE_PHRASES.items()),
]
_TERM = re.compile(r"the (?:director|head) in ([A-Z][a-z]+) (\d{4}) of ")
_NAMED = re.compile(NAME)


def month_of(name: str, year: str) -> int:
    """The number of a month, counted from the year 0."""
    return int(year) * 12 + MONTHS.index(name)


def month_key(month: int) -> str:
    """A month as it stands in a key.

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


def search_words(subject: str, key: str) -> str:
    """A search query: a name, and words for the key.

    >>> search_words("Orm Hall", "mayor")
    'Orm Hall mayor'
    """
    return f"{subject} {_SEARCH_WORDS.get(key, key)}"


def parsed_search(text: str) -> tuple[str, str] | None:
    """The name and the key of a query of `search_words`; None for any other text."""
    name = " ".join(text.split(" ")[:2])
    keys = (key for key in _SEARCH_WORDS if text == search_words(name, key))
    return next(((name, key) for key in keys), None)


def parsed_question(text: str) -> Query | None:
    """The query in the text of an event; None if the event asks no question."""
    match = _QUESTION.search(text)
    return parsed_phrase(match[1]) if match else None


def parsed_phrase(text: str) -> Query | None:
    """The query that a whole phrase states; None if the grammar does not cover it."""
    parser = _Parser(text)
    try:
        query = parser.parsed_phrase()
    except _UnknownPhrase:
        return None
    return query if parser.position == len(text) else None


class _UnknownPhrase(ValueError):
    """A phrase that the grammar does not cover."""


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def parsed_phrase(self) -> Query:
        if term := self._take(_TERM):
            return GrammarStep("director", self.parsed_phrase(), month=month_of(*term.groups()))
        for pattern, key, inverse in _STEPS:
            if self._take(pattern):
                return GrammarStep(key, self.parsed_phrase(), inverse)
        if self._take("whichever of "):
            left, right = self._pair(" and ")
            for key, (more, less) in _COMPARISONS.items():
                if match := self._take(f" (?:{more}|({less}))"):
                    return Pick(key, bool(match[1]), left, right)
        if self._take("the person who belongs to "):
            return Shared(*self._pair(" and devised a method derived from "))
        for words, minus in (("the sum of ", False), ("the difference between ", True)):
            if self._take(words):
                return Total(*self._pair(" and "), minus)
        if name := self._take(_NAMED):
            return Start(name[0])
        raise _UnknownPhrase(self.text[self.position :])

    def _pair(self, between: str) -> tuple[Query, Query]:
        left = self.parsed_phrase()
        if not self._take(between):
            raise _UnknownPhrase(self.text[self.position :])
        return left, self.parsed_phrase()

    def _take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        match = re.compile(pattern).match(self.text, self.position)
        if match:
            self.position = match.end()
        return match
