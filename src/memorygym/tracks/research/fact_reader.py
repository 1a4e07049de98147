"""The independent reader: it takes facts from rendered text alone and knows no table of wordings.

A sentence is first reduced to its frame: names, numbers and months become letters. The frames are
few, so that each is matched with the patterns once. To answer, it walks a query from what is named
to what is asked, fact by fact.
"""

import re
from functools import lru_cache

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.research import question_grammar

_MONTH = f"(?:{'|'.join(question_grammar.MONTHS)})"
_HEADING = re.compile(rf"\[([^·\]]+) · [^·\]]+ · (\d{{1,2}}) ({_MONTH}) (\d{{4}})\]\s*$")
_NOTED = re.compile(rf"Noted from a source of rank (\d), (\d{{1,2}}) ({_MONTH}) (\d{{4}}): (.*)")
_PLAIN = re.compile(r"Noted: (.*)")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_DATES = re.compile(rf"\b{_MONTH} \d{{4}}\b")
_NAMES = re.compile(rf"\b{question_grammar.NAME}\b")
_NUMBERS = re.compile(r"\b\d[\d,]*\b")
_PARTS = re.compile(rf"\b(?:{_MONTH} \d{{4}}|{question_grammar.NAME}|\d[\d,]*)\b")
_RANKS = {
    "register": 3, "catalogue": 3, "field report": 2, "conference notes": 2,
    "newsletter": 1, "profile": 1, "travel log": 1,
}  # fmt: skip
"""Which sources prevail, as the system message has it."""

_FORWARD, _BACKWARD = (0, 1), (1, 0)
_PATTERNS: tuple[tuple[str, str, tuple[int, int]], ...] = (
    (r"N (?:works at|holds a post at) N", "employer", _FORWARD),
    (r"N has N on its payroll", "employer", _BACKWARD),
    (r"N joined N\b.* still there", "employer", _FORWARD),
    (r"N (?:was born|came into the world) in N", "birthplace", _FORWARD),
    (r"N is where N was born", "birthplace", _BACKWARD),
    (r"N (?:learned .* under|was trained by) N", "mentor", _FORWARD),
    (r"N guided N through .*doctorate", "mentor", _BACKWARD),
    (r"N (?:was born|came into the world) in #", "birth year", _FORWARD),
    (r"The year # saw N born", "birth year", _BACKWARD),
    (r"N (?:is based|has all its buildings) in N", "seat", _FORWARD),
    (r"N plays host to N", "seat", _BACKWARD),
    (r"N (?:was founded|opened its doors) in #", "founding year", _FORWARD),
    (r"The charter granted to N dates from #", "founding year", _FORWARD),
    (r"N (?:employs|pays wages to) # people", "staff", _FORWARD),
    (r"# people are employed at N", "staff", _BACKWARD),
    (r"N (?:owns|shows) N\b.*showpiece", "flagship", _FORWARD),
    (r"N serves as the showpiece at N", "flagship", _BACKWARD),
    (r"N directed N from M to M", "director", _BACKWARD),
    (r"N was run by N from M to M", "director", _FORWARD),
    (r"N had N in charge from M to M", "director", _FORWARD),
    (r"N was designed by N", "designer", _FORWARD),
    (r"N drew up the plans for N", "designer", _BACKWARD),
    (r"The plans for N came from N", "designer", _FORWARD),
    (r"N (?:weighs|tips the scales at) # kilograms", "weight", _FORWARD),
    (r"The crane lifted # kilograms when N was moved", "weight", _BACKWARD),
    (r"N was invented by N", "inventor", _FORWARD),
    (r"N came up with N", "inventor", _BACKWARD),
    (r"Credit for N goes to N", "inventor", _FORWARD),
    (r"N (?:builds on|extends) N", "basis", _FORWARD),
    (r"N is what N grew out of", "basis", _BACKWARD),
    (r"N (?:took its readings|was carried out) with N", "instrument", _FORWARD),
    (r"N supplied the readings for N", "instrument", _BACKWARD),
    (r"N (?:gathered|came home with) # samples", "samples", _FORWARD),
    (r"# samples were taken during N", "samples", _BACKWARD),
    (r"N was led by N", "leader", _FORWARD),
    (r"N took N into the field", "leader", _BACKWARD),
    (r"N was in command throughout N", "leader", _BACKWARD),
    (r"N has # inhabitants", "population", _FORWARD),
    (r"# people live in N", "population", _BACKWARD),
    (r"The census counted # residents in N", "population", _BACKWARD),
    (r"N is governed by N as mayor", "mayor", _FORWARD),
    (r"N (?:was sworn in as mayor|wears the mayor's chain) in N", "mayor", _BACKWARD),
    (r"the ([a-z ]+) of N is [N#]", "", _FORWARD),
    (r"the director of N from M to M is N", "director", _FORWARD),
)
_COMPILED = tuple((re.compile(pattern), key, order) for pattern, key, order in _PATTERNS)


class _Lacking(Exception):
    """A subject and a key without whose value the walk cannot go on."""


def answered(query: question_grammar.Query, known: StatementIndex) -> Found | Missing:
    """What follows from what is known, or what to look for next."""
    walk = _Walk(known)
    try:
        answer = walk.find(query)
    except _Lacking as lacking:
        return Missing(question_grammar.sought(*lacking.args), tuple(walk.used))
    return Found(answer, tuple(walk.used))


class _Walk:
    def __init__(self, known: StatementIndex) -> None:
        self._known = known
        self.used: list[Statement] = []

    def find(self, query: question_grammar.Query) -> str:
        match query:
            case question_grammar.Start(name):
                return name
            case question_grammar.GrammarStep(key, of, inverse, month):
                found = self.find(of)
                if inverse:
                    return self._subject(key, found)
                return self._term(found, month) if month else self._value(found, key)
            case question_grammar.Pick(key, _, left, right):
                names = [self.find(left), self.find(right)]
                values = [self._whole(self._value(name, key), key) for name in names]
                return names[query.place(values)]
            case question_grammar.Shared(laboratory, basis):
                return self._shared(self.find(laboratory), self.find(basis))
            case question_grammar.Total(left, right):
                sides = ((self.find(side), getattr(side, "key", "")) for side in (left, right))
                return query.of(*(self._whole(value, key) for value, key in sides))

    def _value(self, subject: str, key: str) -> str:
        one = self._known.get(subject, key)
        if one is None:
            raise _Lacking(subject, key)
        self.used.append(one)
        return one.value

    def _whole(self, value: str, key: str) -> int:
        if not value.isdecimal():
            raise _Lacking(value, key)
        return int(value)

    def _term(self, subject: str, month: int) -> str:
        """Who was director in a month: the key of a term names its first month and its last."""
        wanted = question_grammar.month_key(month)
        for key, one in self._known.about(subject).items():
            match key.split(" "):
                case ["director", first, last] if first <= wanted <= last:
                    self.used.append(one)
                    return one.value
        raise _Lacking(subject, "director")

    def _subject(self, key: str, value: str) -> str:
        told = self._known.whose(key, value)
        if len(told) != 1:
            raise _Lacking(value, key)
        self.used.append(told[0])
        return told[0].subject

    def _shared(self, laboratory: str, basis: str) -> str:
        """Of those who work there, the one who invented a method on that basis."""
        staff = {one.subject: one for one in self._known.whose("employer", laboratory)}
        lacking = None if staff else _Lacking(laboratory, "employer")
        self.used += staff.values()
        for method in self._known.whose("basis", basis):
            person = self._known.get(method.subject, "inventor")
            if person and person.value in staff:
                self.used += [method, person]
                return person.value
            place = self._known.get(person.value, "employer") if person else None
            if person is None:
                lacking = lacking or _Lacking(method.subject, "inventor")
            elif place is None:
                lacking = lacking or _Lacking(person.value, "employer")
            # What is ruled out is worth keeping too: it need not be looked for again.
            self.used += [one for one in (method, person, place) if one]
        raise lacking or _Lacking(basis, "basis")


class ResearchReader:
    """Implements _qa.types.Reader."""

    def read(self, text: str) -> tuple[Statement, ...]:
        """What a text tells: documents under their headings, and notes."""
        told: list[Statement] = []
        rank: tuple[int, ...] = ()
        for line in text.split("\n"):
            if not line or line.isspace():
                rank = ()
            elif heading := _HEADING.match(line):
                rank = _rank(_RANKS.get(heading[1].strip().lower(), 0), *heading.groups()[1:])
            else:
                found = [_statement(sentence, rank) for sentence in _SENTENCE.split(line)]
                told += filter(None, found)
        return tuple(told)

    ask = staticmethod(question_grammar.question)
    answer = staticmethod(answered)

    def render(self, statement: Statement) -> str:
        """A note with the rank of its source."""
        fact = _told(statement)
        if len(statement.rank) != 2:
            return f"Noted: {fact}"
        authority, day = statement.rank
        date = f"{day % 100} {question_grammar.MONTHS[day // 100 % 100 - 1]} {day // 10_000}"
        return f"Noted from a source of rank {authority}, {date}: {fact}"


def _told(statement: Statement) -> str:
    match statement.key.split(" "):
        case ["director", first, last]:
            term = f"from {_month(first)} to {_month(last)}"
            return f"the director of {statement.subject} {term} is {statement.value}."
    return f"the {statement.key} of {statement.subject} is {statement.value}."


def _month(key: str) -> str:
    year, month = key.split("-")
    return f"{question_grammar.MONTHS[int(month) - 1]} {year}"


def _rank(authority: int, day: str, month: str, year: str) -> tuple[int, int]:
    return authority, int(year) * 10_000 + (question_grammar.MONTHS.index(month) + 1) * 100 + int(
        day
    )


def _statement(sentence: str, rank: tuple[int, ...]) -> Statement | None:
    if sentence.startswith("Noted"):
        if noted := _NOTED.match(sentence):
            rank, sentence = _rank(int(noted[1]), *noted.groups()[1:4]), noted[5]
        elif plain := _PLAIN.match(sentence):
            rank, sentence = (), plain[1]
    parts = _PARTS.findall(sentence)
    if len(parts) < 2:
        return None
    frame = _frame(_NUMBERS.sub("#", _NAMES.sub("N", _DATES.sub("M", sentence))))
    if frame is None:
        return None
    key, subject, value, terms = frame
    months = [
        question_grammar.month_key(question_grammar.month_of(*parts[at].split(" "))) for at in terms
    ]
    return Statement(parts[subject], " ".join([key, *months]), parts[value].replace(",", ""), rank)


@lru_cache(maxsize=4096)
def _frame(text: str) -> tuple[str, int, int, tuple[int, ...]] | None:
    """What a frame tells: a key, and where the subject, the value and the months of a term stand
    among all that was reduced; None if it tells nothing."""
    marks = re.findall(r"\b[NM]\b|#", text)
    things = [at for at, mark in enumerate(marks) if mark != "M"]
    months = tuple(at for at, mark in enumerate(marks) if mark == "M")
    for pattern, key, (subject, value) in _COMPILED:
        found = pattern.fullmatch(text.rstrip(".!"))
        if found and len(things) == 2 and len(months) in (0, 2):
            return key or found[1], things[subject], things[value], months
    return None
