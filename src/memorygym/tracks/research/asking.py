"""The reader's grammar of questions: phrases that nest, read from left to right."""

import re
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Named:
    """An entity by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Get:
    """The value of a key of something."""

    key: str
    of: "Query"
    month: str = ""
    """Of a term of office: the month it must cover, as 2029-03."""


@dataclass(frozen=True, slots=True)
class Whose:
    """What has something as the value of a key."""

    key: str
    value: "Query"


@dataclass(frozen=True, slots=True)
class Choice:
    """The one of two with less, or more, of a key."""

    key: str
    least: bool
    left: "Query"
    right: "Query"


@dataclass(frozen=True, slots=True)
class Both:
    """Who works at a laboratory and invented a method that builds on another."""

    laboratory: "Query"
    basis: "Query"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers added, or the difference between them."""

    left: "Query"
    right: "Query"
    minus: bool


Query: TypeAlias = Named | Get | Whose | Choice | Both | Sum

NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
MONTHS = {
    name: number
    for number, name in enumerate(
        "January February March April May June July August September October November "
        "December".split(),
        1,
    )
}
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
    "was founded earlier": ("founding year", True),
    "was founded later": ("founding year", False),
    "was born earlier": ("birth year", True),
    "was born later": ("birth year", False),
    "is lighter": ("weight", True),
    "is heavier": ("weight", False),
    "is less populous": ("population", True),
    "is more populous": ("population", False),
}
_STEPS = [
    *((re.compile(f"the {words} "), "get", key) for words, key in _GET.items()),
    *((re.compile(f"{words} "), "whose", key) for words, key in _WHOSE.items()),
]
_TERM = re.compile(r"the (?:director|head) in ([A-Z][a-z]+) (\d{4}) of ")
_NAMED = re.compile(NAME)


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
        if found := self._take(_TERM):
            month = f"{found[2]}-{MONTHS[found[1]]:02d}"
            return Get("director", self.phrase(), month)
        for pattern, what, key in _STEPS:
            if self._take(pattern):
                inner = self.phrase()
                return Get(key, inner) if what == "get" else Whose(key, inner)
        if self._word("whichever of "):
            return self._choice()
        if self._word("the person who belongs to "):
            place = self.phrase()
            self._need(" and devised a method derived from ")
            return Both(place, self.phrase())
        for words, minus in (("the sum of ", False), ("the difference between ", True)):
            if self._word(words):
                left, right = self._pair()
                return Sum(left, right, minus)
        if found := self._take(_NAMED):
            return Named(found[0])
        raise _Unread(self.text[self.at :])

    def _choice(self) -> Query:
        left, right = self._pair()
        for words, (key, least) in _CHOSEN.items():
            if self._word(f" {words}"):
                return Choice(key, least, left, right)
        raise _Unread(self.text[self.at :])

    def _pair(self) -> tuple[Query, Query]:
        left = self.phrase()
        self._need(" and ")
        return left, self.phrase()

    def _need(self, words: str) -> None:
        if not self._word(words):
            raise _Unread(self.text[self.at :])

    def _word(self, words: str) -> bool:
        found = self.text.startswith(words, self.at)
        self.at += len(words) if found else 0
        return found

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()
        return found
