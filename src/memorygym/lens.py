"""How a track reads its own traces: what was asked, what it rests on, and what a text tells of it.

All that scores, attributes and explains goes through the lens that a track brings, by name.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from memorygym import registry
from memorygym.core import Gold
from memorygym.errors import BadTrace
from memorygym.trace import Trace

HELD, STALE, MISSING = "held", "stale", "missing"
CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")
"""What an entry can be worth, from the facts in it."""


class Asked(Protocol):
    """A question of a gold table."""

    @property
    def event(self) -> int: ...
    @property
    def kind(self) -> str:
        """How results group it; `abstention` if the right answer is to refuse."""
        ...

    @property
    def competency(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def truth(self) -> str: ...
    @property
    def rivals(self) -> tuple[str, ...]:
        """Wrong candidates that it names."""
        ...

    @property
    def needs(self) -> Sequence[Any]:
        """What it rests on, in the track's own terms."""
        ...


class Wanted(Protocol):
    """A fact that a question needs, with the value that is right."""

    @property
    def name(self) -> str:
        """What every text about it names."""
        ...

    @property
    def old(self) -> bool:
        """Asked for is a value that was replaced."""
        ...

    def told(self, record: Any) -> bool:
        """Whether a record tells of it, whatever value."""
        ...

    def state(self, records: Iterable[Any]) -> str:
        """What follows from records, told in this order: HELD, STALE (another value) or MISSING."""
        ...

    def state_in(self, store: Iterable[Any]) -> str:
        """The same of records whose order tells nothing: the right value may be the last."""
        ...


class Lens(Protocol):
    """One trace, as its track reads it."""

    @property
    def questions(self) -> Sequence[Asked]:
        """In the order in which they are asked."""
        ...

    @property
    def env_tools(self) -> frozenset[str]:
        """The tools of the environment: what they tell does not come from memory."""
        ...

    def grade(self, question: Any, answer: str) -> tuple[bool, str]:
        """Whether an answer is right, and why in a short sentence."""
        ...

    def truths(self, question: Any) -> tuple[str, ...]:
        """All texts that are right answers."""
        ...

    def read(self, text: str) -> Sequence[Any]:
        """The records in a text."""
        ...

    def wanted(self, question: Any, need: Any) -> Wanted:
        """The fact behind a need, as it was when the question was asked."""
        ...

    def exposed(self, question: Any, need: Any, seen: Sequence[Any]) -> bool:
        """Whether what was seen gives a superseded value as if it held."""
        ...

    def first_told(self, need: Any) -> int:
        """The event that first told it."""
        ...

    def rewrites(self, question: Any, need: Any) -> int:
        """How often it had been changed when the question was asked."""
        ...

    def replaced(self, question: Any, need: Any) -> bool:
        """Whether it had been, and the question does not ask about the change."""
        ...

    def hops(self, question: Any) -> int:
        """How many lookups the question combines."""
        ...

    def conditions(self, texts: Iterable[str]) -> Sequence[str]:
        """One of CONDITIONS for each entry, of what held in the end."""
        ...

    def facts(self, text: str) -> Iterator[Wanted]:
        """The facts that a text tells."""
        ...

    def text(self, fact: Any) -> str:
        """A fact as people read it."""
        ...

    def says(self, fact: Any, records: Sequence[Any]) -> str:
        """What records tell of a fact, as people read it."""
        ...


def lens(trace: Trace) -> Lens:
    """The lens of the trace's track. Raises BadTrace without a gold table."""
    made: Lens = _part(trace, "lens")(trace)
    return made


def table(trace: Trace) -> Any:
    """The side table of a trace, in memory or read from disk. Raises BadTrace without one."""
    if trace.gold is None:
        raise BadTrace(f"trace {trace.task} carries no gold table, so it cannot be scored")
    if not isinstance(trace.gold, Mapping):
        return trace.gold
    made: Gold = _part(trace, "table")(trace.gold)
    return made


def _part(trace: Trace, hook: str) -> Any:
    return registry.load("tracks", registry.known("tracks", trace.track), hook)
