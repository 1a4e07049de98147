"""The fact reader of repair: where services live, how they are tested, what maintainers allow."""

from collections.abc import Iterable
from functools import lru_cache

from memorygym.core.statements import Statement
from memorygym.scoring.fact_reader.claims import Reading
from memorygym.scoring.fact_reader.key import Key, ValueKind
from memorygym.scoring.fact_reader.names import CapitalisedNames
from memorygym.scoring.fact_reader.vocabulary import Vocabulary
from memorygym.scoring.stream_reader import StreamReader, ranked
from memorygym.tracks.repair.issues import (
    ERROR,
    FROZEN,
    JOB,
    LIMIT,
    OPEN,
    OWNER,
    PLACE,
    PROFILE,
    PUBLIC,
    STATE,
    issue_in,
)
from memorygym.tracks.repair.texts import WORKS


def _key(kind: ValueKind, label: str, pattern: str = "", **form: str | tuple[str, ...]) -> Key:
    return Key(label, kind, (label,), pattern=pattern, subject="service", **form)  # type: ignore[arg-type]  # each has its field's type


KEYS = (
    _key("enum", STATE, choices=(OPEN, FROZEN)),
    _key("entity", OWNER, value="person"),
    _key("word", JOB, r"\b([A-Z]-\d{4})\b"),
    _key("word", PLACE, r"(?<![\w./])([\w./]+\.py::\w+(?:\.\w+)?)(?!\w)"),
    _key("word", PROFILE, r"\b([a-z]+-\d{2})\b"),
    _key("word", ERROR, r"\b([A-Z][a-z]+(?:[A-Z][a-z]+)+)\b"),
    _key("word", PUBLIC, r"\b([a-z]+_[a-z]+_v\d)\b"),
    _key("number", LIMIT),
)
NOUNS = frozenset(("service", "person", "issue", "maintainer"))
VOCABULARY = Vocabulary(
    KEYS,
    CapitalisedNames(KEYS, NOUNS),
    NOUNS,
    lambda name: "service" if name.rpartition(" ")[2] in WORKS else "person",
)


class RepairReader(StreamReader):
    """Reads the facts of a session. A statement that replaces a value ranks above others."""

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        super().__init__(VOCABULARY, shown)

    def against(self, shown: Iterable[str]) -> "RepairReader":
        """See core.statements.MatchingReader."""
        return reader_for(tuple(shown))

    def _stated(self, shown: tuple[str, ...]) -> Iterable[Statement]:
        return (fact for text in shown for fact in reader_for()._parsed(text).facts)

    def _general(self, text: str) -> Reading:
        if issue_in(text):
            return Reading((), 0)
        return self._matcher.read(text)

    def _statements(self, text: str) -> tuple[Statement, ...]:
        facts = self._parsed(text).facts
        return tuple(ranked(text, facts, lambda fact: (fact.subject, fact.key, fact.text)))

    def render(self, fact: Statement) -> str:
        """The sentence that states a fact."""
        return f"The {fact.key} of the {fact.subject} is {'now ' if fact.rank else ''}{fact.text}."


@lru_cache(maxsize=64)
def reader_for(shown: tuple[str, ...] | None = None) -> RepairReader:
    """The reader, against the texts of a session if they are known; it parses each text once."""
    return RepairReader(shown)


def reader_of(_: str) -> RepairReader:
    """The reader; all system messages say the same."""
    return reader_for()
