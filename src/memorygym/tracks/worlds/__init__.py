"""worlds: documents stream past a budgeted memory, some are corrected, then asked about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

from memorygym.core import JSON, Env, Gold, Memory, Policy, Task
from memorygym.errors import UnknownPart
from memorygym.facts import Guide, Knowledge, Query, Record
from memorygym.lens import Lens
from memorygym.lens import table as table_of
from memorygym.trace import Trace
from memorygym.tracks.worlds.answers import Answerer, Unknown
from memorygym.tracks.worlds.env import WorldsEnv
from memorygym.tracks.worlds.guide import read_guide
from memorygym.tracks.worlds.jottings import NoteReader
from memorygym.tracks.worlds.prose import ProseReader
from memorygym.tracks.worlds.questions import QuestionReader

VERSION = "worlds-v2"
PARTS = ("worlds", "scoring.py")
"""What its scores depend on beside this folder."""
REASONERS = ("strong", "weak")
INFORMED = False
"""Whether its reasoners are given the side table."""
EVENT = "==="
"""What the text of an event begins with."""


class Parser:
    """Reads and answers; a text is parsed once."""

    def __init__(self, guide: Guide) -> None:
        self._guide = guide
        self._prose = ProseReader(guide)
        self._notes = NoteReader(guide, self._prose)
        self.ask = QuestionReader(guide, self._prose).ask
        self._read: dict[str, tuple[Record, ...]] = {}

    def read(self, text: str) -> tuple[Record, ...]:
        """See facts.Reader."""
        found = self._read.get(text)
        if found is None:
            if len(self._read) > 2_000:
                self._read.clear()
            found = self._read[text] = self._parsed(text)
        return found

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
        """See facts.Reader."""
        try:
            return Answerer(self._guide, query, knowledge, careless=careless).answer()
        except Unknown:
            return None


@dataclass(frozen=True, slots=True, init=False)
class StrongReader:
    """Reads only rendered text; what it concludes, a careful human could.

    All agents of a process share it, so nothing can be left on it or be taken from it.
    """

    guide: Guide
    read: Callable[[str], tuple[Record, ...]]
    ask: Callable[[str], Query | None]
    answer: Callable[..., str | None]

    def __init__(self, system: str) -> None:
        parser = Parser(guide := read_guide(system))
        for name, part in (
            ("guide", guide), ("read", parser.read), ("ask", parser.ask), ("answer", parser.answer)
        ):  # fmt: skip
            object.__setattr__(self, name, part)


@lru_cache(maxsize=64)
def reader(system: str) -> StrongReader:
    """The strong reader under that pinned message; one object a message, with its caches."""
    return StrongReader(system)


def env(task: Task) -> Env:
    """An environment that plays the task."""
    return WorldsEnv(task)


# What plays knows the dealer's words, which the reader must not: it is imported where it is used.


def table(raw: Mapping[str, JSON]) -> Gold:
    """The side table, read from a trace. Raises ValueError with what is wrong."""
    from memorygym.worlds.dealing.gold import Gold as Table

    return Table.from_json(raw)


def lens(trace: Trace) -> Lens:
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks.worlds.viewing import WorldsLens

    return WorldsLens(table_of(trace), trace.system)


def reasoner(name: str, _: Task | None = None) -> Policy:
    """The locked reasoner of that name. Raises UnknownPart with the choices."""
    from memorygym.tracks.worlds.reasoners import Strong, Weak

    made: dict[str, Callable[[], Policy]] = dict(zip(REASONERS, (Strong, Weak), strict=True))
    if name not in made:
        raise UnknownPart("reasoner", name, REASONERS)
    return made[name]()


def scribe(reasoner: Policy, _: Task | None = None) -> Policy:
    """The fixed user of memories with tools, who answers as that reasoner does."""
    from memorygym.tracks.worlds.reasoners import Clerk

    return Clerk(reasoner)


def listener(reasoner: Policy, _: Task | None = None) -> Policy:
    """That reasoner, who is asked nothing where the track asks nothing."""
    from memorygym.tracks.worlds.reasoners import Listener, Strong

    return reasoner if isinstance(reasoner, Strong) else Listener(reasoner)


def oracle(task: Task) -> Callable[[], Memory]:
    """Makes the memory that shows each question of the task what it needs, and no more."""
    from memorygym.tracks._oracle import Oracle
    from memorygym.tracks.worlds.ceiling import sentences

    return partial(Oracle, sentences(task))


def least_view(task: Task) -> int:
    """The fewest tokens of a view that hold what some question of the task needs."""
    from memorygym.tracks._oracle import least_view_of
    from memorygym.tracks.worlds.ceiling import sentences

    return least_view_of(task, sentences(task))
