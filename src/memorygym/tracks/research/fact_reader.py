"""The independent reader: it parses facts from rendered text by its own words for them."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from memorygym.core.statements import CURRENT, UNSTATED, Statement
from memorygym.core.tokens import MONTHS
from memorygym.scoring.stream_reader import Span, StreamReader, free_matcher
from memorygym.tracks.research.questions import answer_of, parsed_question
from memorygym.tracks.research.relations import TERM
from memorygym.tracks.research.vocabulary import SOURCES, VOCABULARY

_DOCUMENT = re.compile(r"^\[.*\]\n.*", re.MULTILINE)


class ResearchReader(StreamReader):
    """The reader of the track: of documents under their headings, and of notes. Implements
    _qa.questions.Reader."""

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        super().__init__(VOCABULARY, shown)

    def against(self, shown: Iterable[str]) -> "ResearchReader":
        """See core.statements.MatchingReader."""
        return ResearchReader(tuple(shown))

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        return chain.from_iterable(self._documents.values())

    @cached_property
    def _documents(self) -> Mapping[str, Sequence[Statement]]:
        """What each paragraph of the stream states."""
        parts = dict.fromkeys(part for text in self._shown or () for part in text.split("\n\n"))
        return {part: free_matcher(VOCABULARY).read(part).facts for part in parts}

    def _spans(self, text: str) -> Iterator[Span]:
        """Documents as they were shown, with or without blank lines around them."""
        for match in _DOCUMENT.finditer(text):
            if (facts := self._documents.get(match[0])) is not None:
                yield match.start(), match.end(), facts

    def _statements(self, text: str) -> tuple[Statement, ...]:
        return tuple(
            Statement(*fact[:2], fact.text, fact.role, _rank(fact.source, fact.date))
            for fact in self._parsed(text).facts
            if fact.role in (CURRENT, UNSTATED)
        )

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
