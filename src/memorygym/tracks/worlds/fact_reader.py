"""The strong reader of worlds: it reads rendered text only, as a careful human would."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from memorygym.core.statements import FORMER, SHIFT, Statement
from memorygym.scoring.fact_reader.outline import Outline
from memorygym.tracks._qa.stream import EVENT
from memorygym.tracks.worlds.answers import QueryAnswerer, Unknown
from memorygym.tracks.worlds.facts import Guide, Knowledge, Query, Record, RecordDraft, Value
from memorygym.tracks.worlds.generator.notes import read_note
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.prose_reader import HEAD, ProseReader
from memorygym.tracks.worlds.question_parser import QuestionParser
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
        self.ask = QuestionParser(guide, self._prose).ask
        self._cached = lru_cache(maxsize=2_000)(self._parsed)

    def read(self, text: str) -> tuple[Record, ...]:
        """See StrongReader."""
        return self._cached(text)

    def _parsed(self, text: str) -> tuple[Record, ...]:
        """The records of an event's documents, or of the documents and notes in a memory's text."""
        if _EVENT.match(text):
            return self._prose.read(text)
        return tuple(self._records(text))

    def _records(self, text: str) -> Iterator[Record]:
        """The records in a text: documents as they were shown, coded notes, and all other parts."""
        start = 0
        spans = [
            (match.start(), match.end(), self._prose.document(match))
            for match in HEAD.finditer(text)
        ]
        spans += [(m.start(), m.end(), read_note(m[0], self._guide)) for m in _CODED.finditer(text)]
        for begin, end, record in sorted(spans, key=lambda span: span[:2]):
            if record is not None and begin >= start:
                yield from self._general(text[start:begin])
                yield record
                start = end
        yield from self._general(text[start:])

    def _general(self, text: str) -> Iterator[Record]:
        """The records of a text in any layout."""
        if not text or text.isspace():
            return
        reading = self._outline.read(text)
        draft = RecordDraft("")
        for fact in reading.facts:
            if not _fits(draft, fact):
                if draft.name:
                    yield draft.record()
                draft = RecordDraft(fact.subject, date=fact.date)
            _add(draft, fact)
        draft.unread = reading.unread
        if draft.name or draft.unread:
            yield draft.record()

    def answer(self, query: Query, knowledge: Knowledge, *, careless: bool = False) -> str | None:
        """See StrongReader."""
        try:
            return QueryAnswerer(self._guide, query, knowledge, careless=careless).answer()
        except Unknown:
            return None

    def render(self, record: Record) -> str:
        """A record in canonical sentences, from which it can be read again."""
        facts: list[tuple[str, Value]] = [*record.values.items(), *record.edges]
        if record.category:
            facts.insert(0, ("category", record.category))
        sentences = [self._guide.sentence(record.name, key, value) for key, value in facts]
        return "\n".join([f"[Fact · {record.name} · current]", *sentences])


def _fits(draft: RecordDraft, fact: Statement) -> bool:
    """Whether a fact may join a record: it has no value of that key yet."""
    if draft.name != fact.subject or draft.date != fact.date:
        return False
    if fact.role == FORMER:
        return fact.code not in draft.former and fact.code not in draft.shifts
    if fact.role == SHIFT:
        return fact.code not in draft.shifts
    return fact.code not in draft.values and fact.code not in draft.shifts


def _add(draft: RecordDraft, fact: Statement) -> None:
    """Adds a fact to a record."""
    if fact.code == "category":
        draft.category = draft.category or str(fact.value)
    elif fact.code in "xyz":
        draft.edges += ((fact.code, str(fact.value)),)
    elif fact.role == SHIFT and isinstance(fact.value, int):
        draft.shifts[fact.code] = fact.value
    else:
        values = draft.former if fact.role == FORMER else draft.values
        values[fact.code] = fact.value


@dataclass(frozen=True, slots=True)
class StrongReader:
    """A reader that knows only rendered text and concludes only what a careful human could.

    All agents of a process share it, so it is immutable and keeps no state.
    """

    guide: Guide
    """The contents of the system message."""
    read: Callable[[str], tuple[Record, ...]]
    """All records in a text: documents, corrections, or notes from memory."""
    ask: Callable[[str], Query | None]
    """The question in an event's text, or None if there is none or it cannot be parsed."""
    answer: Callable[..., str | None]
    """The answer to a query, or None (refuse) if a needed fact is unknown. With `careless` the
    reader leaves out unknown members of a set, as long as it knows some."""
    render: Callable[[Record], str]
    """A record in canonical sentences."""

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        records = self.read(text)
        counts = (
            bool(record.category)
            + len(record.edges)
            + len(record.values)
            + len(record.former)
            + len(record.shifts)
            for record in records
        )
        return sum(counts), sum(record.unread for record in records)


@lru_cache(maxsize=64)
def strong_reader(system: str) -> StrongReader:
    """The strong reader for a system message, with its caches; one object per message."""
    parser = Parser(guide := read_guide(system))
    return StrongReader(guide, parser.read, parser.ask, parser.answer, parser.render)
