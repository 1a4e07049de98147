"""The questions of the track: a question is a nested phrase, and each kind of part states its
wording and its answer in one class. A question is parsed by the wordings that write it.

The answer is found in the known facts, one by one: the truth of a task is what `answer_of` finds in
the facts that the generator stated, and the reader's answer what it finds in those that it read.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks._qa.questions import Found, KnownStatements, Missing, MissingFact
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
_MONTH = r"([A-Z][a-z]+) (\d{4})"
_QUESTION = re.compile(r"^Question: (?:(?:Who|What) is|Which [a-z]+ is) (.+)\?\s*$", re.MULTILINE)


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

    def wording(self, stream: Stream) -> str:
        """Its text, with places for its parts, or for the name that it is."""

    def find(self, facts: KnownStatements) -> str:
        """What it leads to. Raises MissingFact."""


@dataclass(frozen=True, slots=True)
class Start(QuestionPart):
    """An entity that a question names."""

    name: str
    """The entity's name; in a program, its kind."""

    @property
    def kind(self) -> str:
        return self.name

    def wording(self, stream: Stream) -> str:
        return "{}"

    def find(self, facts: KnownStatements) -> str:
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

    def wording(self, stream: Stream) -> str:
        return f"{hop_words(stream, self.key, self.month, inverse=self.inverse)} {{}}"

    def find(self, facts: KnownStatements) -> str:
        entity = self.inner.find(facts)
        if self.month:
            stated = _terms(facts.index, entity, self.month)[:1]
        elif self.inverse:
            stated = facts.index.whose(self.key, entity)
        else:
            return facts.get(entity, self.key)
        if len(stated) != 1:
            raise MissingFact(entity, self.key)
        facts.used[stated[0]] = None
        return stated[0].subject if self.inverse else stated[0].text


def _terms(known: StatementIndex, subject: str, month: int) -> list[Statement]:
    """The terms that cover a month. The key of a term holds its first and its last month."""
    name = month_key(month)
    return [
        statement
        for key, statement in known.about(subject).items()
        if (term := key.split(" "))[0] == TERM and len(term) == 3 and term[1] <= name <= term[2]
    ]


def hop_words(stream: Stream, key: str, month: int, *, inverse: bool) -> str:
    """One hop in words; the entity that it starts from follows them."""
    relation = RELATIONS[key]
    words = stream.choice(relation.subject_phrases if inverse else relation.value_phrases)
    return words.format(month=month_text(month))


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

    def wording(self, stream: Stream) -> str:
        comparison = RELATIONS[self.key].comparison
        assert comparison
        return f"{_PICK} {comparison[self.least]}"

    def find(self, facts: KnownStatements) -> str:
        names = [side.find(facts) for side in self.parts]
        values = [_number(facts.get(name, self.key), self.key) for name in names]
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

    def wording(self, stream: Stream) -> str:
        return _SHARED

    def find(self, facts: KnownStatements) -> str:
        laboratory, basis = (side.find(facts) for side in self.parts)
        staff = {fact.subject: fact for fact in facts.index.whose("employer", laboratory)}
        missing = None if staff else MissingFact(laboratory, "employer")
        facts.used |= dict.fromkeys(staff.values())
        for method in facts.index.whose("basis", basis):
            person = facts.index.get(method.subject, "inventor")
            if person and person.text in staff:
                facts.used |= dict.fromkeys((method, person))
                return person.text
            employer = facts.index.get(person.text, "employer") if person else None
            if person is None:
                missing = missing or MissingFact(method.subject, "inventor")
            elif employer is None:
                missing = missing or MissingFact(person.text, "employer")
            # Facts that rule a method out are kept too, so that it is not searched for again.
            facts.used |= dict.fromkeys(filter(None, (method, person, employer)))
        raise missing or MissingFact(basis, "basis")


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

    def wording(self, stream: Stream) -> str:
        return _TOTALS[self.minus]

    def find(self, facts: KnownStatements) -> str:
        sides = ((side.find(facts), getattr(side, "key", "")) for side in self.parts)
        return self.result(*(_number(value, key) for value, key in sides))

    def result(self, first: int, second: int) -> str:
        """The sum, or the difference."""
        return str(abs(first - second) if self.minus else first + second)


_PICK = "whichever of {} and {}"
_SHARED = "the person who belongs to {} and devised a method derived from {}"
_TOTALS = ("the sum of {} and {}", "the difference between {} and {}")
_COMPARISONS = {
    words: (relation.key, bool(least))
    for relation in RELATIONS.values()
    for least, words in enumerate(relation.comparison or ())
}


def _hop(key: str, inverse: bool, inner: QuestionPart, *month: str) -> Hop:
    return Hop(key, inner, inverse, month_of(*month) if month else 0)


def _pick(left: QuestionPart, right: QuestionPart, words: str) -> Pick:
    return Pick(*_COMPARISONS[words], left, right)


_WORDINGS: list[tuple[str, Callable[..., QuestionPart]]] = [
    *(
        (f"{phrase.replace('{month}', _MONTH)} {{}}", partial(_hop, relation.key, inverse))
        for inverse in (False, True)
        for relation in RELATIONS.values()
        for phrase in (relation.subject_phrases if inverse else relation.value_phrases)
    ),
    (f"{_PICK} ({'|'.join(_COMPARISONS)})", _pick),
    (_SHARED, Shared),
    *((text, partial(Total, minus=bool(minus))) for minus, text in enumerate(_TOTALS)),
]
"""Every wording of a part that is made of others, and what makes the part of those and of the
groups; no two begin alike."""
_PIECES = [([re.compile(piece) for piece in text.split("{}")], make) for text, make in _WORDINGS]


def _number(value: str, key: str) -> int:
    if not value.isdecimal():
        raise MissingFact(value, key)
    return int(value)


def answer_of(query: QuestionPart, known: StatementIndex) -> Found | Missing:
    """The answer that follows from the known facts, or the fact to search for next."""
    facts = KnownStatements(known)
    try:
        answer = query.find(facts)
    except MissingFact as missing:
        return Missing(search_words(*missing.args), tuple(facts.used))
    return Found(answer, tuple(facts.used))


def question_of(stream: Stream, query: QuestionPart, starts: Sequence[str]) -> str:
    """The text of a question; `starts` are the entities that it names."""
    kind = query.kind
    asks = {"person": "Who is", YEAR: "What is", COUNT: "What is"}.get(kind, f"Which {kind} is")
    return f"{asks} {_text(query, stream, iter(starts))}?"


def _text(query: QuestionPart, stream: Stream, starts: Iterator[str]) -> str:
    words = query.wording(stream)
    parts = [_text(part, stream, starts) for part in query.parts]
    return words.format(*parts or [next(starts)])


def parsed_question(text: str) -> QuestionPart | None:
    """The query in the text of an event; None if the event asks no question."""
    match = _QUESTION.search(text)
    return parsed_phrase(match[1]) if match else None


def parsed_phrase(text: str) -> QuestionPart | None:
    """The query that a whole phrase states; None if it is none."""
    parsed = _parsed(text, 0)
    return parsed[0] if parsed and parsed[1] == len(text) else None


def _parsed(text: str, start: int) -> tuple[QuestionPart, int] | None:
    """The part that stands at a place of a text, and the place behind it."""
    if name := _NAMED.match(text, start):
        return Start(name[0]), name.end()
    for (first, *further), make in _PIECES:
        if match := first.match(text, start):
            parts, groups = list[QuestionPart](), [*match.groups()]
            for piece in further:
                if not (parsed := _parsed(text, match.end())):
                    return None
                if not (match := piece.match(text, parsed[1])):
                    return None
                parts.append(parsed[0])
                groups += match.groups()
            return make(*parts, *groups), match.end()
    return None


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
