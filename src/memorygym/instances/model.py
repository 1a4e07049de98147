"""What a question-answering task is made of: texts that tell facts, questions that rest on them."""

from collections.abc import Callable, Container, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from itertools import repeat
from typing import Any, NamedTuple, Protocol

from memorygym.core import JSON
from memorygym.shapes import shape


class Statement(NamedTuple):
    """What a reader takes from a text: a key of a subject has a value."""

    subject: str
    """As texts write its name."""
    key: str
    value: str
    rank: tuple[int, ...] = ()
    """Of several values of a key the highest rank holds; of equal ranks, the one told last."""


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
    competency: str
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
class Gold:
    """The side table of such a task."""

    facts: tuple[Fact, ...]
    questions: tuple[Question, ...]

    def to_json(self) -> dict[str, JSON]:
        return {
            "facts": [{n: getattr(fact, n) for n in Fact.__slots__} for fact in self.facts],
            "questions": [{n: getattr(q, n) for n in Question.__slots__} for q in self.questions],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Gold":
        """The table again, from what `to_json` wrote. Raises ValueError with what is wrong."""
        return shape(cls, raw, "gold")


class Known:
    """Statements by what they tell; with `first`, what was told first holds.

    `sources` says where each comes from (a document's number), so that what is known `without` some
    of them, or from them `only`, costs no more than what is looked up.
    """

    def __init__(
        self,
        statements: Iterable[Statement],
        sources: Iterable[int] | None = None,
        *,
        first: bool = False,
    ) -> None:
        self._by_subject: dict[str, dict[str, list[tuple[Statement, int]]]] = {}
        self._subjects: dict[tuple[str, str], list[tuple[str, int]]] = {}
        """By key and value, of any statement."""
        self._first = first
        self._counts: Callable[[int], bool] | None = None
        for one, source in zip(statements, sources or repeat(0)):  # noqa: B905  # repeat has no end
            self._by_subject.setdefault(one.subject, {}).setdefault(one.key, []).append(
                (one, source)
            )
            self._subjects.setdefault((one.key, one.value), []).append((one.subject, source))

    def without(self, sources: Container[int]) -> "Known":
        """What is known but from these."""
        return self._where(lambda source: source not in sources)

    def only(self, sources: Container[int]) -> "Known":
        """What is known from these alone."""
        return self._where(lambda source: source in sources)

    def _where(self, counts: Callable[[int], bool]) -> "Known":
        other = copy(self)
        other._counts = counts
        return other

    def get(self, subject: str, key: str) -> Statement | None:
        """The statement that holds."""
        return self._holding(self._by_subject.get(subject, {}).get(key, ()))

    def about(self, subject: str) -> dict[str, Statement]:
        """All that holds of a subject, by key."""
        keys = self._by_subject.get(subject, {})
        found = ((key, self._holding(told)) for key, told in keys.items())
        return {key: one for key, one in found if one}

    def whose(self, key: str, value: str) -> list[Statement]:
        """The statements that hold with that value of that key, in the order they were told."""
        told = self._subjects.get((key, value), ())
        subjects = dict.fromkeys(s for s, source in told if self._counted(source))
        held = (self.get(subject, key) for subject in subjects)
        return [one for one in held if one and one.value == value]

    def _counted(self, source: int) -> bool:
        return self._counts is None or self._counts(source)

    def _holding(self, told: Iterable[tuple[Statement, int]]) -> Statement | None:
        held: Statement | None = None
        for one, source in told:
            if self._counted(source) and (
                held is None or (not self._first and one.rank >= held.rank)
            ):
                held = one
        return held


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

    def read(self, text: str) -> tuple[Statement, ...]:
        """What a text tells: a message, or any part of one that a memory kept."""
        ...

    def ask(self, text: str) -> Any:
        """The query in the text of an event; None if it asks nothing."""
        ...

    def answer(self, query: Any, known: Known) -> Found | Missing:
        """What follows from what is known."""
        ...

    def tell(self, statement: Statement) -> str:
        """The canonical sentence of a statement, which is read back to it."""
        ...
