"""The strong reader of worlds: it knows rendered text alone, as a careful human does."""

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
    """Reads and answers; a text is parsed once."""

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
        """The documents of an event; of what a memory shows, documents and the notes between."""
        if text.startswith(EVENT):
            return self._prose.read(text)
        return tuple(
            record
            for notes, documents in self._prose.between(text)
            for record in (*self._notes.read(notes), *documents)
        )

    def answer(self, query: Query, knowledge: Knowledge, *, careless: bool = False) -> str | None:
        """See StrongReader."""
        try:
            return QueryAnswerer(self._guide, query, knowledge, careless=careless).answer()
        except Unknown:
            return None

    def render(self, record: Record) -> str:
        """A record in canonical sentences, which read back to it."""
        told: list[tuple[str, Value]] = [*record.values.items(), *record.edges]
        if record.category:
            told.insert(0, ("category", record.category))
        sentences = [self._guide.sentence(record.name, key, value) for key, value in told]
        return "\n".join([f"[Fact · {record.name} · current]", *sentences])


@dataclass(frozen=True, slots=True)
class StrongReader:
    """Reads only rendered text; what it concludes, a careful human could.

    All agents of a process share it, so nothing can be left on it or be taken from it.
    """

    guide: Guide
    """What the pinned message tells."""
    read: Callable[[str], tuple[Record, ...]]
    """Every record that a text (documents, a notice, notes from memory) holds."""
    ask: Callable[[str], Query | None]
    """The question in an event's text, None if it holds none that can be understood."""
    answer: Callable[..., str | None]
    """The answer, None (refuse) if anything it rests on is unknown. A careless reader goes on with
    what it has as long as something is left to compute from."""
    render: Callable[[Record], str]


@lru_cache(maxsize=64)
def reader(system: str) -> StrongReader:
    """The strong reader under that pinned message; one object a message, with its caches."""
    parser = Parser(guide := read_guide(system))
    return StrongReader(guide, parser.read, parser.ask, parser.answer, parser.render)
