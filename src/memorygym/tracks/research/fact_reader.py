"""The independent reader: it parses facts from rendered text and has no access to the templates.

To answer a query, the reader goes from the named entities to the answer, fact by fact.
"""

from collections.abc import Iterable
from functools import lru_cache

from memorygym.core.statements import Statement, StatementIndex
from memorygym.scoring.fact_reader.claims import CURRENT, ReadFact
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.scoring.fact_reader.outline import Outline
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.research import question_grammar
from memorygym.tracks.research.vocabulary import AUTHORITY, vocabulary

_VOCABULARY = vocabulary()
_OUTLINE = Outline(_VOCABULARY)
_DOCUMENTS = Matcher(_VOCABULARY, every_value=True)


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


@lru_cache(maxsize=4_000)
def document_facts(text: str) -> tuple[ReadFact, ...]:
    """What a text of the stream states: its documents are read without knowledge of others."""
    return _DOCUMENTS.read(text).facts


class ResearchReader:
    """The reader of the track. Implements _qa.questions.Reader."""

    _reader: Outline | Matcher = _OUTLINE

    @classmethod
    def against(cls, shown: Iterable[str]) -> "ResearchReader":
        """A reader that credits only what the texts of a stream, as far as shown, stated."""
        paragraphs = {p: document_facts(p) for text in shown for p in text.split("\n\n")}
        stated = (fact for facts in paragraphs.values() for fact in facts)
        reader = cls()
        reader._reader = Matcher(_VOCABULARY, stated, paragraphs)
        return reader

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements in a text: those of documents under their headings, and those of notes."""
        return tuple(
            Statement(fact.subject, fact.code, str(fact.value), _rank(fact.source, fact.date))
            for fact in self._reader.read(text).facts
            if fact.role == CURRENT
        )

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        reading = self._reader.read(text)
        return len(reading.facts), reading.unread

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


def _rank(source: str, date: str) -> tuple[int, ...]:
    """The authority of a source and the day as a number; nothing if neither is known."""
    if not source and not date:
        return ()
    return AUTHORITY.get(source, 0), int(date.replace("-", "") or "0")
