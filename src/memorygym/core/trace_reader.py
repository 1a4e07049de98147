"""How a track reads one of its traces: which facts a goal needs, and what a text tells of them.

Attribution, survival, store precision and `explain` go through it.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from memorygym.core.outcome import Goal

HELD, STALE, MISSING = "held", "stale", "missing"
CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")
"""What an entry can be worth, from the facts in it."""


class RequiredFact(Protocol):
    """A fact that a goal needs, with the value that is right."""

    @property
    def name(self) -> str:
        """What every text about it names."""

    @property
    def old(self) -> bool:
        """Asked for is a value that was replaced."""

    def told(self, record: Any) -> bool:
        """Whether a record tells of it, whatever value."""

    def state(self, records: Iterable[Any]) -> str:
        """What follows from records, told in this order: HELD, STALE (another value) or MISSING."""

    def state_in(self, store: Iterable[Any]) -> str:
        """The same of records whose order tells nothing: the right value may be the last."""


class TraceReader(Protocol):
    """One trace, as its track reads it; `core.statements.StatementReader` does for most."""

    @property
    def goals(self) -> Sequence[Goal]:
        """In the order in which they are due."""

    def truths(self, goal: Any) -> tuple[str, ...]:
        """All texts that are right answers."""

    def read(self, text: str) -> Sequence[Any]:
        """The records in a text."""

    def required(self, goal: Any, need: Any) -> RequiredFact:
        """The fact behind a need, as it was when the goal was due."""

    def exposed(self, goal: Any, need: Any, seen: Sequence[Any]) -> bool:
        """Whether what was seen gives a superseded value as if it held."""

    def first_told(self, goal: Any, need: Any) -> int:
        """The event that first told it; that of the goal if none did."""

    def rewrites(self, goal: Any, need: Any) -> int:
        """How often it had been changed when the goal was due."""

    def replaced(self, goal: Any, need: Any) -> bool:
        """Whether it had been, and the goal does not ask about the change."""

    def hops(self, goal: Any) -> int:
        """How many lookups the goal combines."""

    def conditions(self, texts: Iterable[str]) -> Sequence[str]:
        """One of CONDITIONS for each entry, of what held in the end."""

    def facts(self, text: str) -> Iterator[RequiredFact]:
        """The facts that a text tells."""

    def text(self, fact: Any) -> str:
        """A fact as people read it."""

    def says(self, fact: Any, records: Sequence[Any]) -> str:
        """What records tell of a fact, as people read it."""


class AnswerReader(TraceReader, Protocol):
    """The same where goals are questions and answers are graded."""

    def grade(self, goal: Any, answer: str) -> tuple[bool, str]:
        """Whether an answer is right, and why in a short sentence."""
