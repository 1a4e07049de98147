"""How a track reads its traces: which facts a goal needs, and what a text states about them.

Attribution of misses, evidence recall, store precision and `explain` are computed through it.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from typing import Any

from memorygym.core.outcome import Goal
from memorygym.core.statements import (
    CURRENT,
    FORMER,
    SHIFT,
    UNSTATED,
    FactReader,
    Statement,
    StatementIndex,
    Value,
    against,
)
from memorygym.core.trace import Trace

CONDITIONS = ("true", "stale", "wrong", "duplicate", "irrelevant")
"""What a fact that a memory's store states is, against the gold table."""
END = 10**9
"""Later than every event."""
EVER = range(END)
"""All events."""


class TraceReader:
    """The reader of one trace: of the facts that its goals need, and of what its texts state."""

    def __init__(
        self, trace: Trace, goals: Sequence[Goal], facts: FactReader, env_tools: frozenset[str]
    ) -> None:
        self.goals = goals
        self._trace, self._facts, self._env_tools = trace, facts, env_tools

    @cached_property
    def memory_facts(self) -> FactReader:
        """The reader of what a memory holds, against what the environment showed."""
        return against(self._facts, (text for _, text in self._environment_texts()))

    def read(self, text: str) -> Sequence[Statement]:
        """What a text of the memory states."""
        return self.memory_facts.read(text)

    def _environment_texts(self) -> Iterator[tuple[int, str]]:
        return self._trace.environment_texts(self._env_tools)

    def truths(self, goal: Any) -> tuple[str, ...]:
        """All right answers to a goal."""
        truth: str = goal.truth
        return (truth,)

    def mention(self, fact: Statement) -> str:
        """The name that every text about a fact contains, in some spelling."""
        return fact.subject.removeprefix("the ")

    def first_stated(self, goal: Goal, need: Statement) -> int:
        """The event that first stated a fact; the goal's own event if none did."""
        return min((event for event, _ in self._mentions_of(need)), default=goal.event)

    def is_stated(self, fact: Statement, before: int) -> bool:
        """Whether the environment stated a fact before an event, or the last change to it."""
        mentions = self._mentions.get(fact[:2], ())
        own = (s for event, s in mentions if event < before and fact.is_stated_by(s))
        return any(s.value == fact.value or s.role == SHIFT for s in own)

    def values(self, fact: Statement, before: int) -> list[Value]:
        """All values that a fact had, one after another, as the environment stated them before an
        event."""
        mentions = self._mentions.get(fact[:2], ())
        return StatementIndex(s for event, s in mentions if event < before).history(*fact[:2])

    def bases(self, fact: Statement, before: int) -> Iterator[tuple[int, Statement]]:
        """The relative corrections that led to a fact's value before an event, the last one first:
        the event of each, and the fact as it was, which it changed."""
        mentions = self._mentions.get(fact[:2], ())
        stated = [(event, other) for event, other in mentions if event < before]
        while stated and stated[-1][1].role == SHIFT:
            event, _ = stated.pop()
            value = StatementIndex(other for _, other in stated).current(*fact[:2])
            if value is not None:
                yield event, fact._replace(value=value)

    def rewrites(self, goal: Goal, need: Statement) -> int:
        """How often a fact had changed before the goal's event, in which it may change again."""
        values = [value for event, value in self._mentions_of(need) if event < goal.event]
        return sum(before != after for before, after in pairwise(values))

    def replaced(self, goal: Goal, need: Statement) -> bool:
        """Whether a fact had changed and the goal does not ask about the change itself."""
        is_about_change = any(n[:2] == need[:2] and n.role == FORMER for n in goal.needs)
        return not is_about_change and self.rewrites(goal, need) > 0

    def hops(self, goal: Any) -> int:
        """How many lookups a goal combines."""
        return max(1, len({need.subject for need in goal.needs}))

    def condition(self, fact: Statement, event: int = END) -> str:
        """One of CONDITIONS but "duplicate", for a fact that a text states, as of an event; a fact
        that no goal needs is irrelevant."""
        needed = self._needed.get(fact[:2])
        if needed is None:
            return "irrelevant"
        shown = self._shown.only(range(event + 1)) if event < END else None
        true = (shown and shown.current(*fact[:2])) or needed.value
        return "true" if fact.value == true else "stale"

    def importance(self, fact: Statement) -> int:
        """How much it counts to hold a fact: 1, unless the system message states more."""
        return 1

    def true_facts(self) -> Iterator[Statement]:
        """The facts that are true at the end: all those that a memory should hold."""
        return iter(self._needed.values())

    def facts(self, text: str) -> Iterator[Statement]:
        """What a text says that holds, whether or not anybody stated it."""
        for fact in self.read(text):
            if fact.holds or fact.role == UNSTATED:
                yield fact._replace(role=CURRENT) if fact.role == UNSTATED else fact

    def text(self, fact: Statement) -> str:
        """A fact as people read it."""
        return self._facts.render(fact)

    def describe(self, fact: Statement, stated: Sequence[Statement]) -> str:
        """The value of a fact according to statements, as people read it."""
        return ", then ".join(dict.fromkeys(str(statement.value) for statement in stated))

    def stated(self, events: range = EVER) -> Iterator[tuple[int, Statement]]:
        """What the environment stated in these events, each with its event."""
        for event, text in self._environment_texts():
            if event in events:
                yield from ((event, fact) for fact in self._facts.read(text))

    @cached_property
    def _needed(self) -> Mapping[tuple[str, Value], Statement]:
        """By subject and key: each needed fact, as the last goal requires it."""
        needs = (need for goal in self.goals for need in goal.needs)
        return {need[:2]: need for need in needs}

    def _mentions_of(self, need: Statement) -> list[tuple[int, Value]]:
        """The events at which the environment stated a value of a fact, and the values."""
        mentions = self._mentions.get(need[:2], ())
        return [(event, fact.value) for event, fact in mentions if need.is_stated_by(fact)]

    @cached_property
    def _mentions(self) -> Mapping[tuple[str, Value], Sequence[tuple[int, Statement]]]:
        mentions: dict[tuple[str, Value], list[tuple[int, Statement]]] = {}
        for event, fact in self.stated():
            mentions.setdefault(fact[:2], []).append((event, fact))
        return mentions

    @cached_property
    def _shown(self) -> StatementIndex:
        """What the environment stated, by the events of the statements."""
        stated = [*self.stated()]
        return StatementIndex([fact for _, fact in stated], [event for event, _ in stated])
