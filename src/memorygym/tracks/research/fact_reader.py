"""The independent reader: it parses facts from rendered text and has no access to the templates.

A sentence is first reduced to its frame: names, numbers and months become letters. There are few
frames, so each is matched with the patterns only once. To answer a query, the reader goes from the
named entities to the answer, fact by fact.
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
"""Authority of each source, as the system message states it."""

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


class _MissingFact(Exception):
    """The subject and the key of a fact that the next step needs and that is not known."""


def answer_of(query: question_grammar.Query, known: StatementIndex) -> Found | Missing:
    """The answer that follows from the known facts, or the fact to search for next."""
    walk = _QueryWalk(known)
    try:
        answer = walk.find(query)
    except _MissingFact as missing:
        return Missing(question_grammar.search_words(*missing.args), tuple(walk.used))
    return Found(answer, tuple(walk.used))


class _QueryWalk:
    def __init__(self, known: StatementIndex) -> None:
        self._known = known
        self.used: list[Statement] = []

    def find(self, query: question_grammar.Query) -> str:
        match query:
            case question_grammar.Start(name):
                return name
            case question_grammar.GrammarStep(key, inner, inverse, month):
                entity = self.find(inner)
                if inverse:
                    return self._subject(key, entity)
                return self._term(entity, month) if month else self._value(entity, key)
            case question_grammar.Pick(key, _, left, right):
                names = [self.find(left), self.find(right)]
                values = [self._number(self._value(name, key), key) for name in names]
                return names[query.chosen_index(values)]
            case question_grammar.Shared(laboratory, basis):
                return self._shared(self.find(laboratory), self.find(basis))
            case question_grammar.Total(left, right):
                sides = ((self.find(side), getattr(side, "key", "")) for side in (left, right))
                return query.result(*(self._number(value, key) for value, key in sides))

    def _value(self, subject: str, key: str) -> str:
        statement = self._known.get(subject, key)
        if statement is None:
            raise _MissingFact(subject, key)
        self.used.append(statement)
        return statement.value

    def _number(self, value: str, key: str) -> int:
        if not value.isdecimal():
            raise _MissingFact(value, key)
        return int(value)

    def _term(self, subject: str, month: int) -> str:
        """The director in a month. The key of a term holds its first and its last month."""
        month_name = question_grammar.month_key(month)
        for key, statement in self._known.about(subject).items():
            match key.split(" "):
                case ["director", first, last] if first <= month_name <= last:
                    self.used.append(statement)
                    return statement.value
        raise _MissingFact(subject, "director")

    def _subject(self, key: str, value: str) -> str:
        statements = self._known.whose(key, value)
        if len(statements) != 1:
            raise _MissingFact(value, key)
        self.used.append(statements[0])
        return statements[0].subject

    def _shared(self, laboratory: str, basis: str) -> str:
        """The person who works at the laboratory and invented a method with that basis."""
        staff = {
            statement.subject: statement for statement in self._known.whose("employer", laboratory)
        }
        missing = None if staff else _MissingFact(laboratory, "employer")
        self.used += staff.values()
        for method in self._known.whose("basis", basis):
            person = self._known.get(method.subject, "inventor")
            if person and person.value in staff:
                self.used += [method, person]
                return person.value
            employer = self._known.get(person.value, "employer") if person else None
            if person is None:
                missing = missing or _MissingFact(method.subject, "inventor")
            elif employer is None:
                missing = missing or _MissingFact(person.value, "employer")
            # Facts that rule a method out are kept too, so that it is not searched for again.
            self.used += [statement for statement in (method, person, employer) if statement]
        raise missing or _MissingFact(basis, "basis")


class ResearchReader:
    """The reader of the track. Implements _qa.questions.Reader."""

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements in a text: those of documents under their headings, and those of notes."""
        statements: list[Statement] = []
        rank: tuple[int, ...] = ()
        for line in text.split("\n"):
            if not line or line.isspace():
                rank = ()
            elif heading := _HEADING.match(line):
                rank = _rank(_RANKS.get(heading[1].strip().lower(), 0), *heading.groups()[1:])
            else:
                parsed = [_statement(sentence, rank) for sentence in _SENTENCE.split(line)]
                statements += filter(None, parsed)
        return tuple(statements)

    ask = staticmethod(question_grammar.parsed_question)
    answer = staticmethod(answer_of)

    def render(self, statement: Statement) -> str:
        """A note that states the fact and the rank of its source."""
        fact = _fact_text(statement)
        if len(statement.rank) != 2:
            return f"Noted: {fact}"
        authority, day = statement.rank
        date = f"{day % 100} {question_grammar.MONTHS[day // 100 % 100 - 1]} {day // 10_000}"
        return f"Noted from a source of rank {authority}, {date}: {fact}"


def _fact_text(statement: Statement) -> str:
    match statement.key.split(" "):
        case ["director", first, last]:
            term = f"from {_month(first)} to {_month(last)}"
            return f"the director of {statement.subject} {term} is {statement.value}."
    return f"the {statement.key} of {statement.subject} is {statement.value}."


def _month(key: str) -> str:
    year, month = key.split("-")
    return f"{question_grammar.MONTHS[int(month) - 1]} {year}"


def _rank(authority: int, day: str, month: str, year: str) -> tuple[int, int]:
    month_number = question_grammar.MONTHS.index(month) + 1
    return authority, int(year) * 10_000 + month_number * 100 + int(day)


def _statement(sentence: str, rank: tuple[int, ...]) -> Statement | None:
    if sentence.startswith("Noted"):
        if ranked := _NOTED.match(sentence):
            rank, sentence = _rank(int(ranked[1]), *ranked.groups()[1:4]), ranked[5]
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
        question_grammar.month_key(question_grammar.month_of(*parts[index].split(" ")))
        for index in terms
    ]
    return Statement(parts[subject], " ".join([key, *months]), parts[value].replace(",", ""), rank)


@lru_cache(maxsize=4096)
def _frame(text: str) -> tuple[str, int, int, tuple[int, ...]] | None:
    """The key that a frame states, and the positions of subject, value and months of a term among
    the reduced parts; None if the frame states nothing."""
    marks = re.findall(r"\b[NM]\b|#", text)
    names = [index for index, mark in enumerate(marks) if mark != "M"]
    months = tuple(index for index, mark in enumerate(marks) if mark == "M")
    for pattern, key, (subject, value) in _COMPILED:
        match = pattern.fullmatch(text.rstrip(".!"))
        if match and len(names) == 2 and len(months) in (0, 2):
            return key or match[1], names[subject], names[value], months
    return None
