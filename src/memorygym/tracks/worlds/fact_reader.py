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
    SHIFT,
    Statement,
    StatementIndex,
)
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.stream_reader import Span, StreamReader
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.stream import EVENT
from memorygym.tracks.worlds.facts import Facts, Guide, Query
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.prose_reader import HEAD, ProseReader
from memorygym.tracks.worlds.question_texts import QuestionParser, description
from memorygym.tracks.worlds.questions import answer_of
from memorygym.tracks.worlds.vocabulary import vocabulary_of

_EVENT = re.compile(rf"{EVENT} [A-Z]+ · event \d+ of \d+")
"""How the text of an event begins; a memory's text may begin with the same sign."""
_CODED = re.compile(r"^[A-Z][a-z]+(?: [A-Z][a-z]+)+ (?:[A-J](?: |$)|[a-z] |was [a-w] ).*$", re.M)
"""A line that may be in the notation of the scripted agents."""


class _Parser(StreamReader):
    """Reads texts under one guide, against the texts of a stream if they are known."""

    def __init__(self, prose: ProseReader, shown: tuple[str, ...] | None) -> None:
        super().__init__(vocabulary_of(prose.guide), shown)
        self._guide, self._prose = prose.guide, prose
        # A memory shows the same lines again after every change of another line.
        self._note = lru_cache(maxsize=2_000)(partial(read_note, guide=prose.guide))
        self._asked = re.compile(description(prose.guide))

    def _stated(self, shown: tuple[str, ...]) -> Iterator[Statement]:
        return _implied(self._guide, [f for text in shown for f in self._prose.read(text).facts])

    def _reading(self, text: str) -> Reading:
        """What an event's documents state, or the documents and notes in a memory's text."""
        if _EVENT.match(text):
            facts, unread = self._prose.read(text)
            return Reading(tuple(map(self._known, facts)), unread)
        return super()._reading(text)

    def _spans(self, text: str) -> Iterator[Span]:
        """Documents as they were shown, coded notes, and descriptions, which state nothing."""
        readers: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Facts | None]], ...] = (
            (HEAD, self._prose.document),
            (_CODED, lambda match: self._note(match[0])),
            (self._asked, lambda _: ()),
        )
        for pattern, read in readers:
            for match in pattern.finditer(text):
                if (facts := read(match)) is not None:
                    yield match.start(), match.end(), facts

    def _general(self, text: str) -> Reading:
        facts, unread = self._matcher.read(text)
        return Reading(tuple(map(self._as_stated, facts)), unread)

    def _as_stated(self, fact: Statement) -> Statement:
        """A fact with the role that its key has in this track."""
        among = fact.role == CURRENT and self._guide.relation(fact.key)
        return fact._replace(role=AMONG, source="") if among else fact._replace(source="")


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
    against: Callable[[Iterable[str]], "StrongReader"]
    """See core.statements.MatchingReader."""

    def answer(
        self, query: Query, known: StatementIndex, *, careless: bool = False
    ) -> Found | Missing:
        """The answer to a query, or what is known of it. With `careless` the reader leaves out
        unknown members of a set, as long as it knows some."""
        return answer_of(self.guide, query, known, careless=careless)

    def render(self, fact: Statement) -> str:
        """A fact as a canonical sentence."""
        return self.guide.sentence(fact)

    def blocks(self, facts: Sequence[Statement]) -> list[str]:
        """See core.statements.BlockWriter."""
        documents = groupby(facts, key=lambda fact: (fact.subject, fact.date))
        return [
            "\n".join([f"[Fact · {name} · current]", *map(self.render, _in_order(own))])
            for (name, _), own in documents
        ]


def _implied(guide: Guide, facts: Sequence[Statement]) -> Iterator[Statement]:
    """Facts with what follows from them: the values after shifts, both directions of links."""
    yield from facts
    for fact in facts:
        if (relation := guide.relation(fact.key)) and relation.symmetric:
            yield fact._replace(subject=fact.text, value=fact.subject)
    known = StatementIndex(facts)
    for subject, key in dict.fromkeys(fact[:2] for fact in facts if fact.role == SHIFT):
        yield from (Statement(subject, key, value) for value in known.history(subject, key))


def _in_order(facts: Iterable[Statement]) -> list[Statement]:
    """What holds: the category, then values, then relations."""
    holding = [fact for fact in facts if fact.holds]
    return sorted(holding, key=lambda fact: (fact.key != CATEGORY, fact.role == AMONG))


@lru_cache(maxsize=64)
def _prose_reader(system: str) -> ProseReader:
    return ProseReader(read_guide(system))


@lru_cache(maxsize=64)
def strong_reader(system: str, shown: tuple[str, ...] | None = None, /) -> StrongReader:
    """The strong reader for a system message and the texts of a stream, with its caches. Without
    these texts a value counts though nobody stated it."""
    prose = _prose_reader(system)
    parser = _Parser(prose, shown)
    return StrongReader(
        prose.guide,
        parser.read,
        parser.coverage,
        QuestionParser(prose.guide).ask,
        # Without other messages, such as the memory's status, all traces of a task share a reader.
        lambda texts: strong_reader(system, tuple(filter(_EVENT.match, texts))),
    )
