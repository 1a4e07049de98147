"""The questions of the track: a question is a nested phrase, and each kind of part states its text,
its parser and its answer in one class.

The answer is found in the known facts, one by one: the truth of a task is what `answer_of` finds in
the facts that the generator stated, and the reader's answer what it finds in those that it read.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.research.relations import (
    COUNT,
    RELATIONS,
    TERM,
    YEAR,
    month_key,
    month_of,
    month_text,
)

End: TypeAlias = tuple[str, bool]
"""A look-up that leads to the answer: its key, and whether it starts from the value."""
NAME = r"[A-Z][a-z]+ [A-Z][a-z]+"
_NAMED = re.compile(NAME)
_QUESTION = re.compile(r"^Question: (?:(?:Who|What) is|Which [a-z]+ is) (.+)\?\s*$", re.MULTILINE)


class _MissingFact(Exception):
    """The subject and the key of a fact that the next hop needs and that is not known."""


class _UnknownPhrase(ValueError):
    """A phrase that is no part of a question."""


class QuestionPart(Protocol):
    """A part of a question. The entities that it names have names, or in a program only kinds."""

    @property
    def kind(self) -> str:
        """The kind of what it leads to: of entity, YEAR or COUNT."""

    @property
    def parts(self) -> "tuple[QuestionPart, ...]":
        """The parts that it is made of, in the order of the text."""
        return ()

    @property
    def ends(self) -> tuple[End, ...]:
        """The look-ups that lead to the answer."""
        return tuple(end for part in self.parts for end in part.ends)

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        """Its text; `starts` are the entities that it names."""

    @staticmethod
    def parse(phrase: "_Phrase") -> "QuestionPart | None":
        """The part that a phrase begins with, if it is one of this kind."""

    def find(self, facts: "_Facts") -> str:
        """What it leads to. Raises _MissingFact."""


@dataclass(frozen=True, slots=True)
class Start(QuestionPart):
    """An entity that a question names."""

    name: str
    """The entity's name; in a program, its kind."""

    @property
    def kind(self) -> str:
        return self.name

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        return next(starts)

    @staticmethod
    def parse(phrase: "_Phrase") -> "Start | None":
        name = phrase.take(_NAMED)
        return Start(name[0]) if name else None

    def find(self, facts: "_Facts") -> str:
        """What the part leads to. Raises _MissingFact."""
        return self.name


@dataclass(frozen=True, slots=True)
class Hop(QuestionPart):
    """The value of a key of an entity; with `inverse`, the entity that has that value."""

    key: str
    inner: QuestionPart
    inverse: bool = False
    month: int = 0
    """For a term of office: the month that it must cover, counted from the year 0."""

    @property
    def kind(self) -> str:
        relation = RELATIONS[self.key]
        return relation.subject if self.inverse else relation.value

    @property
    def parts(self) -> tuple[QuestionPart, ...]:
        return (self.inner,)

    @property
    def ends(self) -> tuple[End, ...]:
        return ((self.key, self.inverse),)

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        words = hop_words(stream, self.key, self.month, inverse=self.inverse)
        return f"{words} {self.inner.words(stream, starts)}"

    @staticmethod
    def parse(phrase: "_Phrase") -> "Hop | None":
        for pattern, key, inverse in _HOPS:
            if match := phrase.take(pattern):
                month = month_of(*match.groups()) if match.groups() else 0
                return Hop(key, phrase.query(), inverse, month)
        return None

    def find(self, facts: "_Facts") -> str:
        entity = self.inner.find(facts)
        if self.inverse:
            return facts.subject(self.key, entity)
        return facts.term(entity, self.month) if self.month else facts.value(entity, self.key)


def hop_words(stream: Stream, key: str, month: int, *, inverse: bool) -> str:
    """One hop in words; the entity that it starts from follows them."""
    relation = RELATIONS[key]
    words = stream.choice(relation.subject_phrases if inverse else relation.value_phrases)
    return words.format(month=month_text(month))


_HOPS = [
    (re.compile(f"{phrase} ".replace("{month}", r"([A-Z][a-z]+) (\d{4})")), relation.key, inverse)
    for inverse in (False, True)
    for relation in RELATIONS.values()
    for phrase in (relation.subject_phrases if inverse else relation.value_phrases)
]


@dataclass(frozen=True, slots=True)
class Pick(QuestionPart):
    """The one of two entities with the smaller, or larger, value of a key."""

    key: str
    least: bool
    left: QuestionPart
    right: QuestionPart

    @property
    def kind(self) -> str:
        return RELATIONS[self.key].subject

    @property
    def parts(self) -> tuple[QuestionPart, ...]:
        return self.left, self.right

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        sides = " and ".join(side.words(stream, starts) for side in self.parts)
        comparison = RELATIONS[self.key].comparison
        assert comparison
        return f"whichever of {sides} {comparison[self.least]}"

    @staticmethod
    def parse(phrase: "_Phrase") -> "Pick | None":
        if not phrase.take("whichever of "):
            return None
        left, right = phrase.pair(" and ")
        for relation in RELATIONS.values():
            for least, words in enumerate(relation.comparison or ()):
                if phrase.take(f" {words}"):
                    return Pick(relation.key, bool(least), left, right)
        return None

    def find(self, facts: "_Facts") -> str:
        names = [side.find(facts) for side in self.parts]
        values = [_number(facts.value(name, self.key), self.key) for name in names]
        return names[self.chosen_index(values)]

    def chosen_index(self, values: Sequence[int]) -> int:
        """The index of the chosen entity: 0 or 1."""
        return values.index((min if self.least else max)(values))


@dataclass(frozen=True, slots=True)
class Shared(QuestionPart):
    """The person who works at a laboratory and invented a method that builds on another."""

    laboratory: QuestionPart
    basis: QuestionPart

    @property
    def kind(self) -> str:
        return "person"

    @property
    def parts(self) -> tuple[QuestionPart, ...]:
        return self.laboratory, self.basis

    @property
    def ends(self) -> tuple[End, ...]:
        return (("inventor", False),)

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        place = f"the person who belongs to {self.laboratory.words(stream, starts)}"
        return f"{place} and devised a method derived from {self.basis.words(stream, starts)}"

    @staticmethod
    def parse(phrase: "_Phrase") -> "Shared | None":
        if not phrase.take("the person who belongs to "):
            return None
        return Shared(*phrase.pair(" and devised a method derived from "))

    def find(self, facts: "_Facts") -> str:
        laboratory, basis = (side.find(facts) for side in self.parts)
        staff = {fact.subject: fact for fact in facts.known.whose("employer", laboratory)}
        missing = None if staff else _MissingFact(laboratory, "employer")
        facts.used += staff.values()
        for method in facts.known.whose("basis", basis):
            person = facts.known.get(method.subject, "inventor")
            if person and person.text in staff:
                facts.used += [method, person]
                return person.text
            employer = facts.known.get(person.text, "employer") if person else None
            if person is None:
                missing = missing or _MissingFact(method.subject, "inventor")
            elif employer is None:
                missing = missing or _MissingFact(person.text, "employer")
            # Facts that rule a method out are kept too, so that it is not searched for again.
            facts.used += [fact for fact in (method, person, employer) if fact]
        raise missing or _MissingFact(basis, "basis")


@dataclass(frozen=True, slots=True)
class Total(QuestionPart):
    """The sum of two numbers, or the difference between them."""

    left: QuestionPart
    right: QuestionPart
    minus: bool

    @property
    def kind(self) -> str:
        return COUNT

    @property
    def parts(self) -> tuple[QuestionPart, ...]:
        return self.left, self.right

    def words(self, stream: Stream, starts: Iterator[str]) -> str:
        sides = " and ".join(side.words(stream, starts) for side in self.parts)
        return f"{'the difference between' if self.minus else 'the sum of'} {sides}"

    @staticmethod
    def parse(phrase: "_Phrase") -> "Total | None":
        for words, minus in (("the sum of ", False), ("the difference between ", True)):
            if phrase.take(words):
                return Total(*phrase.pair(" and "), minus)
        return None

    def find(self, facts: "_Facts") -> str:
        sides = ((side.find(facts), getattr(side, "key", "")) for side in self.parts)
        return self.result(*(_number(value, key) for value, key in sides))

    def result(self, first: int, second: int) -> str:
        """The sum, or the difference."""
        return str(abs(first - second) if self.minus else first + second)


_PARTS: tuple[type[QuestionPart], ...] = (Hop, Pick, Shared, Total, Start)


def _number(value: str, key: str) -> int:
    if not value.isdecimal():
        raise _MissingFact(value, key)
    return int(value)


class _Facts:
    """The known facts, and those that were used so far."""

    def __init__(self, known: StatementIndex) -> None:
        self.known = known
        self.used: list[Statement] = []

    def value(self, subject: str, key: str) -> str:
        statement = self.known.get(subject, key)
        if statement is None:
            raise _MissingFact(subject, key)
        self.used.append(statement)
        return statement.text

    def term(self, subject: str, month: int) -> str:
        """The director in a month. The key of a term holds its first and its last month."""
        name = month_key(month)
        for key, statement in self.known.about(subject).items():
            match key.split(" "):
                case [relation, first, last] if relation == TERM and first <= name <= last:
                    self.used.append(statement)
                    return statement.text
        raise _MissingFact(subject, TERM)

    def subject(self, key: str, value: str) -> str:
        statements = self.known.whose(key, value)
        if len(statements) != 1:
            raise _MissingFact(value, key)
        self.used.append(statements[0])
        return statements[0].subject


def answer_of(query: QuestionPart, known: StatementIndex) -> Found | Missing:
    """The answer that follows from the known facts, or the fact to search for next."""
    facts = _Facts(known)
    try:
        answer = query.find(facts)
    except _MissingFact as missing:
        return Missing(search_words(*missing.args), tuple(facts.used))
    return Found(answer, tuple(facts.used))


def question_of(stream: Stream, query: QuestionPart, starts: Sequence[str]) -> str:
    """The text of a question; `starts` are the entities that it names."""
    kind = query.kind
    asks = {"person": "Who is", YEAR: "What is", COUNT: "What is"}.get(kind, f"Which {kind} is")
    return f"{asks} {query.words(stream, iter(starts))}?"


def parsed_question(text: str) -> QuestionPart | None:
    """The query in the text of an event; None if the event asks no question."""
    match = _QUESTION.search(text)
    return parsed_phrase(match[1]) if match else None


def parsed_phrase(text: str) -> QuestionPart | None:
    """The query that a whole phrase states; None if it is none."""
    phrase = _Phrase(text)
    try:
        query = phrase.query()
    except _UnknownPhrase:
        return None
    return query if phrase.position == len(text) else None


class _Phrase:
    """A phrase that is parsed from its start."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0

    def query(self) -> QuestionPart:
        """The next part. Raises _UnknownPhrase."""
        for part in _PARTS:
            if query := part.parse(self):
                return query
        raise _UnknownPhrase(self.text[self.position :])

    def pair(self, between: str) -> tuple[QuestionPart, QuestionPart]:
        """Two parts with words between them. Raises _UnknownPhrase."""
        left = self.query()
        if not self.take(between):
            raise _UnknownPhrase(self.text[self.position :])
        return left, self.query()

    def take(self, pattern: str | re.Pattern[str]) -> re.Match[str] | None:
        """The match of a pattern at this position, which moves behind it."""
        match = re.compile(pattern).match(self.text, self.position)
        if match:
            self.position = match.end()
        return match


def search_words(subject: str, key: str) -> str:
    """A search query: a name, and words for the key.

    >>> search_words("Orm Hall", "mayor")
    'Orm Hall mayor'
    """
    return f"{subject} {RELATIONS[key].search if key in RELATIONS else key}"


def parsed_search(text: str) -> tuple[str, str] | None:
    """The name and the key of a query of `search_words`; None for any other text."""
    name = " ".join(text.split(" ")[:2])
    keys = (key for key in RELATIONS if text == search_words(name, key))
    return next(((name, key) for key in keys), None)
