"""Statements: what most tracks read out of texts, and how they read a trace by them."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise, repeat
from typing import Any, NamedTuple, Protocol

from memorygym.core.outcome import Goal, SubTask
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import HELD, MISSING, STALE
from memorygym.core.types import JSON


class Statement(NamedTuple):
    """What a reader takes from a text, or a goal needs: a key of a subject has a value.

    See trace_reader.RequiredFact.
    """

    subject: str
    """As texts write its name."""
    key: str
    value: str
    rank: tuple[int, ...] = ()
    """Of several values of a key the highest rank holds; of equal ranks, the one told last."""

    @property
    def name(self) -> str:
        return self.subject

    @property
    def old(self) -> bool:
        return False

    def told(self, record: "Statement") -> bool:
        """Whether a statement tells of it, whatever value."""
        return record[:2] == self[:2]

    def state(self, records: Iterable["Statement"]) -> str:
        """What follows from statements, told in this order: HELD, STALE or MISSING."""
        held = StatementIndex(filter(self.told, records)).get(self.subject, self.key)
        if held is None:
            return MISSING
        return HELD if held.value == self.value else STALE

    def state_in(self, store: Iterable["Statement"]) -> str:
        """The same of statements whose order tells nothing: the right value may be the last."""
        return self.state(sorted(store, key=lambda one: one.value == self.value))


class StatementIndex:
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
        self._sources: Container[int] | None = None
        """What alone counts, unless all do."""
        for one, source in zip(statements, sources or repeat(0)):  # noqa: B905  # repeat has no end
            told = self._by_subject.setdefault(one.subject, {}).setdefault(one.key, [])
            told.append((one, source))
            self._subjects.setdefault((one.key, one.value), []).append((one.subject, source))

    def only(self, sources: Container[int]) -> "StatementIndex":
        """What is known from these alone."""
        other = copy(self)
        other._sources = sources
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
        return self._sources is None or source in self._sources

    def _holding(self, told: Iterable[tuple[Statement, int]]) -> Statement | None:
        held: Statement | None = None
        for one, source in told:
            if self._counted(source) and (held is None or one.rank >= held.rank):
                held = one
                if self._first:
                    break
        return held


class Sentence:
    """Reads and tells facts in one form of sentence; each place holds one word, the rank a number.

    >>> Sentence("{rank}: {subject}'s {key} is {value}.").read("You said: 7: Ada's size is M.")
    [Statement(subject='Ada', key='size', value='M', rank=(7,))]
    """

    def __init__(self, form: str) -> None:
        self._form = form
        pattern = re.escape(form).replace(r"\{rank\}", r"(?P<rank>\d+)")
        for name in ("subject", "key", "value"):
            pattern = pattern.replace(rf"\{{{name}\}}", rf"(?P<{name}>\w+)")
        self._pattern = re.compile(rf"(?<!\w){pattern}")

    def read(self, text: str) -> list[Statement]:
        """What a text tells, in order."""
        found = (match.groupdict() for match in self._pattern.finditer(text))
        return [
            Statement(
                one["subject"], one["key"], one["value"],
                (int(one["rank"]),) if "rank" in one else (),
            )
            for one in found
        ]  # fmt: skip

    def tell(self, fact: Statement) -> str:
        """The sentence."""
        rank = fact.rank[0] if fact.rank else ""
        return self._form.format(subject=fact.subject, key=fact.key, value=fact.value, rank=rank)


@dataclass(frozen=True, slots=True)
class SubTaskGold:
    """A gold table of sub-tasks whose needs are Statements; the fields `gold` and `outcomes` of
    their track are `SubTaskGold.from_json` and `scoring.episode_scores.rewarded`."""

    goals: tuple[SubTask, ...]
    """In the order in which they are due."""

    def texts(self, tell: Callable[[Statement], str]) -> dict[int, str]:
        """What an oracle shows: by event the facts that are needed there."""
        return {goal.event: "\n".join(map(tell, goal.needs)) for goal in self.goals}

    def to_json(self) -> dict[str, JSON]:
        return {"goals": [asdict(goal) for goal in self.goals]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "SubTaskGold":
        """Raises ValueError."""
        return cls(tuple(map(_goal, raw["goals"])))


def _goal(raw: Mapping[str, Any]) -> SubTask:
    needs = tuple(Statement(s, key, value, tuple(rank)) for s, key, value, rank in raw["needs"])
    return SubTask(**{**raw, "needs": needs, "rivals": tuple(raw["rivals"])})


class FactReader(Protocol):
    """Reads facts out of a text, in whatever part of a message or note they stand."""

    @property
    def read(self) -> Callable[[str], Sequence[Any]]:
        """What a text tells, in order: Statements, unless the track has records of its own."""

    @property
    def tell(self) -> Callable[[Any], str]:
        """The canonical sentence of a statement, which reads back to it."""


class StatementReader:
    """A trace whose goals need Statements. See trace_reader.TraceReader."""

    def __init__(
        self, trace: Trace, goals: Sequence[Goal], facts: FactReader, env_tools: frozenset[str]
    ) -> None:
        self.goals = goals
        self.read = facts.read
        self._trace, self._facts, self._env_tools = trace, facts, env_tools

    def truths(self, goal: Any) -> tuple[str, ...]:
        truth: str = goal.truth
        return (truth,)

    @cached_property
    def true(self) -> Mapping[tuple[str, str], str]:
        """By subject and key: the value of each fact that a goal needs, as the last goal has it."""
        facts = [self.required(goal, need) for goal in self.goals for need in goal.needs]
        return {(fact.subject, fact.key): fact.value for fact in facts}

    def required(self, goal: Any, need: Any) -> Statement:
        return Statement(*need)

    def exposed(self, goal: Any, need: Any, seen: Sequence[Statement]) -> bool:
        fact = self.required(goal, need)
        return any(one.value != fact.value for one in seen if fact.told(one))

    def first_told(self, goal: Any, need: Any) -> int:
        return min((event for event, _ in self._tellings(goal, need)), default=int(goal.event))

    def rewrites(self, goal: Any, need: Any) -> int:
        values = [value for at, value in self._tellings(goal, need) if at <= goal.event]
        return sum(one != other for one, other in pairwise(values))

    def replaced(self, goal: Any, need: Any) -> bool:
        return self.rewrites(goal, need) > 0

    def hops(self, goal: Any) -> int:
        return max(1, len({self.required(goal, need).subject for need in goal.needs}))

    def conditions(self, texts: Iterable[str]) -> list[str]:
        """Of the facts that goals need: all others count as irrelevant."""
        true, seen, found = self.true, set[Statement](), []
        for text in texts:
            told = [one for one in self.read(text) if (one.subject, one.key) in true]
            if not told:
                found.append("irrelevant")
            elif any(one.value != true[one.subject, one.key] for one in told):
                found.append("stale")
            else:
                found.append("duplicate" if seen.issuperset(told) else "true")
            seen.update(told)
        return found

    def facts(self, text: str) -> Iterator[Statement]:
        return (Statement(*one) for one in self.read(text))

    def text(self, fact: Statement) -> str:
        return self._facts.tell(fact)

    def says(self, fact: Statement, records: Sequence[Statement]) -> str:
        return ", then ".join(dict.fromkeys(one.value for one in records))

    def _tellings(self, goal: Any, need: Any) -> Sequence[tuple[int, str]]:
        fact = self.required(goal, need)
        return self._told.get((fact.subject, fact.key), ())

    @cached_property
    def _told(self) -> Mapping[tuple[str, str], Sequence[tuple[int, str]]]:
        """By subject and key: the events in which the environment told of it, with the value."""
        told: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for event, text in self._trace.told(self._env_tools):
            for one in self.read(text):
                told.setdefault((one.subject, one.key), []).append((event, one.value))
        return told
