"""What a question-answering task is made of: texts that tell facts, questions that rest on them."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple, Protocol

from memorygym.core.json_types import from_json
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON


@dataclass(frozen=True, slots=True)
class Fact:
    """What a question may rest on."""

    id: str
    subject: str
    key: str
    value: str
    sentence: str
    """What the oracle shows; the reader takes exactly this fact from it."""
    event: int
    """The first event whose text tells it."""
    rewrites: int = 0
    """How often another value was told of it before it was asked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question, when it is asked and what is true then."""

    event: int
    kind: str
    """What it asks for, as results group it."""
    question_type: str
    """How it is graded: as `grading.grade` has it, or `em`, the exact match of SQuAD."""
    text: str
    truth: str
    aliases: tuple[str, ...] = ()
    """Other right answers."""
    rivals: tuple[str, ...] = ()
    """Wrong candidates that it names."""
    needs: tuple[str, ...] = ()
    """IDs of the facts that it rests on."""
    hops: int = 1


@dataclass(frozen=True, slots=True)
class QuestionGold:
    """The side table of such a task."""

    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]

    def to_json(self) -> dict[str, JSON]:
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "QuestionGold":
        """The table again, from what `to_json` wrote. Raises ValueError with what is wrong."""
        return from_json(cls, raw, "gold")


class Found(NamedTuple):
    """An answer, and what it was concluded from."""

    answer: str
    used: tuple[Statement, ...]


class Missing(NamedTuple):
    """What must be known next to answer."""

    query: str
    """As one would search for it; "" if nothing can be searched for."""
    used: tuple[Statement, ...]
    """What was concluded so far."""


class Reader(Protocol):
    """A track's strong reader: it knows rendered text alone, and no table of wordings."""

    @property
    def read(self) -> Callable[[str], tuple[Statement, ...]]:
        """What a text tells: a message, or any part of one that a memory kept."""

    def ask(self, text: str) -> Any:
        """The query in the text of an event; None if it asks nothing."""

    def answer(self, query: Any, known: StatementIndex) -> Found | Missing:
        """What follows from what is known."""

    @property
    def render(self) -> Callable[[Statement], str]:
        """The canonical sentence of a statement, which is read back to it."""
