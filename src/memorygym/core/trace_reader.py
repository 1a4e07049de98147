"""How a track reads its traces: which facts a goal needs, and what a text states about them.

Attribution of misses, evidence recall, store precision and `explain` are computed through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from memorygym.core.outcome import Goal

HELD, STALE, MISSING = "held", "stale", "missing"
"""What a text says of a needed fact: its right value, another value, or nothing."""
CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")
"""What a fact that a memory's store states is, against the gold table."""
END = 10**9
"""Later than every event."""


class RequiredFact(Protocol):
    """A fact that a goal needs, with its right value."""

    @property
    def name(self) -> str:
        """The name that every text about the fact contains."""

    @property
    def old(self) -> bool:
        """Whether the goal asks for a former value, which was replaced."""

    def is_stated_by(self, record: Any) -> bool:
        """Whether a record is about this fact, whatever value it states."""

    def state(self, records: Iterable[Any]) -> str:
        """HELD, STALE or MISSING, from records in the order in which they were stated."""

    def state_in(self, store: Iterable[Any]) -> str:
        """The same from records whose order has no meaning: the right value may be the last."""


class TraceReader(Protocol):
    """The reader of one trace; most tracks use `core.statements.StatementReader`."""

    @property
    def goals(self) -> Sequence[Goal]:
        """In the order in which they are due."""

    def truths(self, goal: Any) -> tuple[str, ...]:
        """All right answers to a goal."""

    def read(self, text: str) -> Sequence[Any]:
        """The records (facts as the track represents them) in a text."""

    def required(self, goal: Any, need: Any) -> RequiredFact:
        """The fact of a need, with the value that was right when the goal was due."""

    def shows_stale(self, goal: Any, need: Any, seen: Sequence[Any]) -> bool:
        """Whether the seen records state a superseded value as if it were current."""

    def first_stated(self, goal: Any, need: Any) -> int:
        """The event that first stated the fact; the goal's own event if none did."""

    def rewrites(self, goal: Any, need: Any) -> int:
        """How often the fact had changed when the goal was due."""

    def replaced(self, goal: Any, need: Any) -> bool:
        """Whether the fact had changed and the goal does not ask about the change itself."""

    def hops(self, goal: Any) -> int:
        """How many lookups a goal combines."""

    def condition(self, fact: Any, event: int = END) -> str:
        """One of CONDITIONS but "duplicate", for a fact that a text states, against what the task
        had stated after an event."""

    def importance(self, fact: Any) -> int:
        """How much it counts to hold a fact: 1, unless the system message states more."""

    def true_facts(self) -> Iterator[RequiredFact]:
        """The facts that are true at the end: all those that a memory should hold."""

    def facts(self, text: str) -> Iterator[RequiredFact]:
        """The facts that a text states."""

    def text(self, fact: Any) -> str:
        """A fact as people read it."""

    def describe(self, fact: Any, records: Sequence[Any]) -> str:
        """The value of a fact according to records, as people read it."""


class AnswerReader(TraceReader, Protocol):
    """A TraceReader of a track whose goals are questions, with its grader."""

    def grade(self, goal: Any, answer: str) -> tuple[bool, str]:
        """Whether an answer is right, and the reason in a short sentence."""
