"""The independent reader: it parses facts from rendered text by its own words for them."""

from collections.abc import Iterable
from functools import cached_property, lru_cache

from memorygym.core.statements import CURRENT, UNSTATED, Statement
from memorygym.core.tokens import MONTHS
from memorygym.scoring.fact_reader.matching import Matcher
from memorygym.tracks.research.questions import answer_of, parsed_question
from memorygym.tracks.research.relations import TERM
from memorygym.tracks.research.vocabulary import SOURCES, vocabulary

_VOCABULARY = vocabulary()
_DOCUMENTS = Matcher(_VOCABULARY, every_value=True)
"""Reads a stream's documents, of which each is read without knowledge of others."""


class ResearchReader:
    """The reader of the track. Implements _qa.questions.Reader."""

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        """`shown` are the texts of a stream; without them a value counts though nobody stated
        it."""
        self._shown = shown

    @cached_property
    def _matcher(self) -> Matcher:
        return _DOCUMENTS if self._shown is None else _matcher_of(self._shown)

    def against(self, shown: Iterable[str]) -> "ResearchReader":
        """See core.statements.MatchingReader."""
        return ResearchReader(tuple(shown))

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements in a text: those of documents under their headings, and those of notes."""
        return tuple(
            Statement(*fact[:2], fact.text, fact.role, _rank(fact.source, fact.date))
            for fact in self._matcher.read(text).facts
            if fact.role in (CURRENT, UNSTATED)
        )

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        reading = self._matcher.read(text)
        return len(reading.facts), reading.unread

    ask = staticmethod(parsed_question)
    answer = staticmethod(answer_of)

    def render(self, statement: Statement) -> str:
        """A note that states the fact and the rank of its source."""
        fact = _fact_text(statement)
        if len(statement.rank) != 2:
            return f"Noted: {fact}"
        authority, day = statement.rank
        date = f"{day % 100} {MONTHS[day // 100 % 100 - 1]} {day // 10_000}"
        return f"Noted from a source of rank {authority}, {date}: {fact}"


@lru_cache(maxsize=16)
def _matcher_of(shown: tuple[str, ...]) -> Matcher:
    """A reader that counts what these texts stated, and does not read their paragraphs again."""
    paragraphs = dict.fromkeys(part for text in shown for part in text.split("\n\n"))
    facts = {paragraph: _DOCUMENTS.read(paragraph).facts for paragraph in paragraphs}
    return Matcher(_VOCABULARY, (fact for own in facts.values() for fact in own), facts)


def _fact_text(statement: Statement) -> str:
    match statement.key.split(" "):
        case [relation, first, last] if relation == TERM:
            term = f"from {_month(first)} to {_month(last)}"
            return f"the {TERM} of {statement.subject} {term} is {statement.value}."
    return f"the {statement.key} of {statement.subject} is {statement.value}."


def _month(key: str) -> str:
    year, month = key.split("-")
    return f"{MONTHS[int(month) - 1]} {year}"


def _rank(source: str, date: str) -> tuple[int, ...]:
    """The authority of a source and the day as a number; nothing if neither is known."""
    if not source and not date:
        return ()
    return SOURCES.get(source, 0), int(date.replace("-", "") or "0")
