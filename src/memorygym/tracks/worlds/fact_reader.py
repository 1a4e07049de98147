"""The strong reader of worlds: it reads rendered text only, as a careful human would."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby

from memorygym.core.statements import (
    AMONG,
    CATEGORY,
    CURRENT,
    FORMER,
    SHIFT,
    Statement,
    StatementIndex,
)
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.outline import Outline
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.stream import EVENT
from memorygym.tracks.worlds.facts import Guide, Query
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.prose_reader import HEAD, ProseReader
from memorygym.tracks.worlds.question_texts import QuestionParser
from memorygym.tracks.worlds.questions import answer_of
from memorygym.tracks.worlds.vocabulary import vocabulary_of

_EVENT = re.compile(rf"{EVENT} [A-Z]+ · event \d+ of \d+")
"""How the text of an event begins; a memory's text may begin with the same sign."""
_CODED = re.compile(r"^[A-Z][a-z]+(?: [A-Z][a-z]+)+ (?:[A-J](?: |$)|[a-z] |was [a-w] ).*$", re.M)
"""A line that may be in the notation of the scripted agents."""


class Parser:
    """Reads texts and answers queries under one guide; every text is parsed once."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._prose = ProseReader(guide)
        self._outline = Outline(vocabulary_of(guide))
        self.ask = QuestionParser(guide).ask
        self._reading = lru_cache(maxsize=2_000)(self._parsed)
        # A memory shows the same lines again after every change of another line.
        self._note = lru_cache(maxsize=2_000)(partial(read_note, guide=guide))

    def read(self, text: str) -> tuple[Statement, ...]:
        """See StrongReader."""
        return self._reading(text).facts

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        facts, unread = self._reading(text)
        return len(facts), unread

    def _parsed(self, text: str) -> Reading:
        """What an event's documents state, or the documents and notes in a memory's text."""
        if _EVENT.match(text):
            return self._prose.read(text)
        readings = list(self._parts(text))
        facts = tuple(fact for reading in readings for fact in reading.facts)
        return Reading(facts, sum(reading.unread for reading in readings))

    def _parts(self, text: str) -> Iterator[Reading]:
        """What a text states: documents as they were shown, coded notes, and all other parts."""
        start = 0
        spans = [
            (match.start(), match.end(), self._prose.document(match))
            for match in HEAD.finditer(text)
        ]
        spans += [(m.start(), m.end(), self._note(m[0])) for m in _CODED.finditer(text)]
        for begin, end, facts in sorted(spans, key=lambda span: span[:2]):
            if facts is not None and begin >= start:
                yield self._general(text[start:begin])
                yield Reading(facts, 0)
                start = end
        yield self._general(text[start:])

    def _general(self, text: str) -> Reading:
        """What a text in any layout states."""
        if not text or text.isspace():
            return Reading((), 0)
        facts, unread = self._outline.read(text)
        return Reading(tuple(map(self._as_stated, facts)), unread)

    def _as_stated(self, fact: Statement) -> Statement:
        """A fact with the role that its key has in this track."""
        if fact.key == CATEGORY or self._guide.relation(fact.key):
            own = self._guide.fact(fact.subject, fact.key, str(fact.value))
            return own._replace(date=fact.date)
        is_shift = fact.role == SHIFT and isinstance(fact.value, int)
        role = fact.role if is_shift or fact.role == FORMER else CURRENT
        return Statement(*fact[:3], role, date=fact.date)

    def answer(
        self, query: Query, known: StatementIndex, *, careless: bool = False
    ) -> Found | Missing:
        """See StrongReader."""
        return answer_of(self._guide, query, known, careless=careless)


@dataclass(frozen=True, slots=True)
class StrongReader:
    """A reader that knows only rendered text and concludes only what a careful human could.

    All agents of a process share it, so it is immutable and keeps no state.
    """

    guide: Guide
    """The contents of the system message."""
    read: Callable[[str], tuple[Statement, ...]]
    """All facts in a text: documents, corrections, or notes from memory."""
    coverage: Callable[[str], tuple[int, int]]
    """See core.statements.CountingReader."""
    ask: Callable[[str], Query | None]
    """The question in an event's text, or None if there is none or it cannot be parsed."""
    answer: Callable[..., Found | Missing]
    """The answer to a query, or what is known of it. With `careless` the reader leaves out unknown
    members of a set, as long as it knows some."""
    render: Callable[[Statement], str]
    """A fact as a canonical sentence."""

    def blocks(self, facts: Sequence[Statement]) -> list[str]:
        """See core.statements.BlockWriter."""
        documents = groupby(facts, key=lambda fact: (fact.subject, fact.date))
        return [
            "\n".join([f"[Fact · {name} · current]", *map(self.render, _in_order(own))])
            for (name, _), own in documents
        ]


def _in_order(facts: Iterable[Statement]) -> list[Statement]:
    """What holds: the category, then values, then relations."""
    holding = [fact for fact in facts if fact.holds]
    return sorted(holding, key=lambda fact: (fact.key != CATEGORY, fact.role == AMONG))


@lru_cache(maxsize=64)
def strong_reader(system: str) -> StrongReader:
    """The strong reader for a system message, with its caches; one object per message."""
    parser = Parser(guide := read_guide(system))
    return StrongReader(
        guide, parser.read, parser.coverage, parser.ask, parser.answer, guide.sentence
    )
