"""The strong reader of worlds: it reads rendered text only, as a careful human would."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from memorygym.tracks._qa.stream import EVENT
from memorygym.tracks.worlds.answers import QueryAnswerer, Unknown
from memorygym.tracks.worlds.facts import Guide, Knowledge, Query, Record, Value
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.note_reader import NoteReader
from memorygym.tracks.worlds.prose_reader import ProseReader
from memorygym.tracks.worlds.question_parser import QuestionParser


class Parser:
    """Reads texts and answers queries under one guide; every text is parsed once."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._prose = ProseReader(guide)
        self._notes = NoteReader(guide, self._prose)
        self.ask = QuestionParser(guide, self._prose).ask
        self._cached = lru_cache(maxsize=2_000)(self._parsed)

    def read(self, text: str) -> tuple[Record, ...]:
        """See StrongReader."""
        return self._cached(text)

    def _parsed(self, text: str) -> tuple[Record, ...]:
        """The records of an event's documents, or of the documents and notes in a memory's text."""
        if text.startswith(EVENT):
            return self._prose.read(text)
        return tuple(
            record
            for notes, documents in self._prose.split(text)
            for record in (*self._notes.read(notes), *documents)
        )

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


@lru_cache(maxsize=64)
def strong_reader(system: str) -> StrongReader:
    """The strong reader for a system message, with its caches; one object per message."""
    parser = Parser(guide := read_guide(system))
    return StrongReader(guide, parser.read, parser.ask, parser.answer, parser.render)
