"""worlds: documents stream past a budgeted memory, some are corrected, then asked about."""

from functools import lru_cache

from memorygym.core import Env, Task
from memorygym.facts import Knowledge, Query, Record
from memorygym.tracks.worlds.answers import Answerer, Unknown
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.jottings import NoteReader
from memorygym.tracks.worlds.prose import ProseReader
from memorygym.tracks.worlds.questions import QuestionReader


class StrongReader:
    """Reads only rendered text; what it concludes, a careful human could."""

    def __init__(self, system: str) -> None:
        self.guide = read_guide(system)
        self._prose = ProseReader(self.guide)
        self._notes = NoteReader(self.guide, self._prose)
        self._questions = QuestionReader(self.guide, self._prose)
        self._read: dict[str, tuple[Record, ...]] = {}

    def read(self, text: str) -> tuple[Record, ...]:
        """See facts.Reader; a text is parsed once."""
        found = self._read.get(text)
        if found is None:
            if len(self._read) > 2_000:
                self._read.clear()
            found = self._read[text] = self._prose.read(text) or self._notes.read(text)
        return found

    def ask(self, text: str) -> Query | None:
        """See facts.Reader."""
        return self._questions.ask(text)

    def answer(self, query: Query, knowledge: Knowledge, *, careless: bool = False) -> str | None:
        """See facts.Reader."""
        try:
            return Answerer(self.guide, query, knowledge, careless=careless).answer()
        except Unknown:
            return None


@lru_cache(maxsize=64)
def reader(system: str) -> StrongReader:
    """The strong reader under that pinned message; one object a message, with its caches."""
    return StrongReader(system)


def env(task: Task) -> Env:
    """An environment that plays the task."""
    return WorldsEnv(task)
