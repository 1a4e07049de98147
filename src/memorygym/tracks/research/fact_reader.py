"""The independent reader: it parses facts from rendered text by its own words for them."""

from memorygym.core.statements import CURRENT, Statement
from memorygym.scoring.fact_reader.outline import Outline
from memorygym.tracks.research.questions import answer_of, parsed_question
from memorygym.tracks.research.relations import MONTHS, TERM
from memorygym.tracks.research.vocabulary import SOURCES, vocabulary

_OUTLINE = Outline(vocabulary())


class ResearchReader:
    """The reader of the track. Implements _qa.questions.Reader."""

    def read(self, text: str) -> tuple[Statement, ...]:
        """The statements in a text: those of documents under their headings, and those of notes."""
        return tuple(
            Statement(fact.subject, fact.key, fact.text, rank=_rank(fact.source, fact.date))
            for fact in _OUTLINE.read(text).facts
            if fact.role == CURRENT
        )

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        reading = _OUTLINE.read(text)
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
