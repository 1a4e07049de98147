"""Statements: facts as (subject, key, value), by which most tracks read texts and traces."""

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, repeat
from typing import Any, NamedTuple, Protocol, runtime_checkable

from memorygym.core.outcome import Goal
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import END, HELD, MISSING, STALE


class Statement(NamedTuple):
    """A fact that a text states or a goal needs: the `key` of `subject` is `value`.

    It is a trace_reader.RequiredFact.
    """

    subject: str
    """The name as texts write it."""
    key: str
    value: str
    rank: tuple[int, ...] = ()
    """Of several values of a key, the one of highest rank is current; of equal ranks the last."""

    @property
    def name(self) -> str:
        return self.subject

    @property
    def old(self) -> bool:
        return False

    def is_stated_by(self, record: "Statement") -> bool:
        """Whether a statement has the same subject and key, whatever its value."""
        return record[:2] == self[:2]

    def state(self, records: Iterable["Statement"]) -> str:
        """HELD, STALE or MISSING, from statements in the order in which they were made."""
        current = StatementIndex(filter(self.is_stated_by, records)).get(self.subject, self.key)
        if current is None:
            return MISSING
        return HELD if current.value == self.value else STALE

    def state_in(self, store: Iterable["Statement"]) -> str:
        """The same from statements whose order has no meaning: the right value may be the last."""
        return self.state(sorted(store, key=lambda statement: statement.value == self.value))


def unranked(fact: Any) -> Any:
    """A fact such that facts of equal content are equal, whatever the rank of their statements."""
    return fact._replace(rank=()) if isinstance(fact, Statement) else fact


class StatementIndex:
    """The current value of every key, from a sequence of statements.

    With `first` the first statement of a key is current, not the last. `sources` gives the source
    of each statement (the number of a document); `only` then selects some sources at no cost.
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
        """Subjects and sources by key and value."""
        self._first = first
        self._sources: Container[int] | None = None
        """The selected sources; None selects all."""
        # `repeat` has no end, so the lengths differ.
        for statement, source in zip(statements, sources or repeat(0)):  # noqa: B905
            subject, key = statement.subject, statement.key
            by_key = self._by_subject.setdefault(subject, {})
            by_key.setdefault(key, []).append((statement, source))
            self._subjects.setdefault((key, statement.value), []).append((subject, source))

    def only(self, sources: Container[int]) -> "StatementIndex":
        """The index of the statements from these sources alone."""
        other = copy(self)
        other._sources = sources
        return other

    def get(self, subject: str, key: str) -> Statement | None:
        """The current statement of a key of a subject."""
        return self._current(self._by_subject.get(subject, {}).get(key, ()))

    def about(self, subject: str) -> dict[str, Statement]:
        """The current statements of a subject, by key."""
        keys = self._by_subject.get(subject, {})
        current = ((key, self._current(stated)) for key, stated in keys.items())
        return {key: statement for key, statement in current if statement}

    def whose(self, key: str, value: str) -> list[Statement]:
        """The current statements with that key and value, in the order of their first mention."""
        stated = self._subjects.get((key, value), ())
        subjects = dict.fromkeys(name for name, source in stated if self._includes(source))
        current = (self.get(subject, key) for subject in subjects)
        return [statement for statement in current if statement and statement.value == value]

    def _includes(self, source: int) -> bool:
        return self._sources is None or source in self._sources

    def _current(self, stated: Iterable[tuple[Statement, int]]) -> Statement | None:
        current: Statement | None = None
        for statement, source in stated:
            if self._includes(source) and (current is None or statement.rank >= current.rank):
                current = statement
                if self._first:
                    break
        return current


class Sentence:
    """A form of sentence that states one fact; it reads and renders Statements.

    `{subject}`, `{key}` and `{value}` stand for one word each, `{rank}` for a number.

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
        """The facts that a text states, in order."""
        matches = (match.groupdict() for match in self._pattern.finditer(text))
        return [
            Statement(
                words["subject"],
                words["key"],
                words["value"],
                (int(words["rank"]),) if "rank" in words else (),
            )
            for words in matches
        ]

    def render(self, fact: Statement) -> str:
        """The sentence that states a fact."""
        rank = fact.rank[0] if fact.rank else ""
        return self._form.format(subject=fact.subject, key=fact.key, value=fact.value, rank=rank)


@dataclass(frozen=True, slots=True)
class SubTask:
    """A Goal of a track whose agent acts: an order to place, a record to change."""

    event: int
    kind: str
    text: str
    """What is to be done, as people read it."""
    truth: str = ""
    """What is right, as people read it."""
    needs: tuple[Statement, ...] = ()
    """The facts that it needs."""
    question_type: str = ""
    """Defaults to `kind`."""
    rivals: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "question_type", self.question_type or self.kind)


@dataclass(frozen=True, slots=True)
class SubTaskGold:
    """The gold table of a track of sub-tasks whose needs are Statements.

    Such a track has `gold=partial(from_json, SubTaskGold)`, of core.json_types, and
    `outcomes=scoring.episode_scores.rewarded`.
    """

    goals: tuple[SubTask, ...]
    """In the order in which they are due."""

    def texts(self, render: Callable[[Statement], str]) -> dict[int, str]:
        """By event: the facts that its goal needs, as sentences; for a track's `oracle`."""
        return {goal.event: "\n".join(map(render, goal.needs)) for goal in self.goals}


class FactReader(Protocol):
    """A track's reader of facts: it finds them in any part of a message, document or note."""

    @property
    def read(self) -> Callable[[str], Sequence[Any]]:
        """The facts that a text states, in order: Statements, or the track's own records."""

    @property
    def render(self) -> Callable[[Any], str]:
        """The sentence that states a fact; reading it gives the fact again."""


@runtime_checkable
class CountingReader(Protocol):
    """A fact reader that also tells how much of a text it understood."""

    def coverage(self, text: str) -> tuple[int, int]:
        """The numbers of facts that it read and of statements that it could not attribute: those
        that name a known key with a value and belong to nothing."""


class StatementReader:
    """A trace_reader.TraceReader of a trace whose goals need Statements."""

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
        """By subject and key: the value of each needed fact, as the last goal requires it."""
        facts = [self.required(goal, need) for goal in self.goals for need in goal.needs]
        return {(fact.subject, fact.key): fact.value for fact in facts}

    def required(self, goal: Any, need: Any) -> Statement:
        return Statement(*need)

    def shows_stale(self, goal: Any, need: Any, seen: Sequence[Statement]) -> bool:
        fact = self.required(goal, need)
        return any(other.value != fact.value for other in seen if fact.is_stated_by(other))

    def first_stated(self, goal: Any, need: Any) -> int:
        return min((event for event, _ in self._mentions_of(goal, need)), default=int(goal.event))

    def rewrites(self, goal: Any, need: Any) -> int:
        values = [value for event, value in self._mentions_of(goal, need) if event <= goal.event]
        return sum(before != after for before, after in pairwise(values))

    def replaced(self, goal: Any, need: Any) -> bool:
        return self.rewrites(goal, need) > 0

    def hops(self, goal: Any) -> int:
        return max(1, len({self.required(goal, need).subject for need in goal.needs}))

    def condition(self, fact: Statement, event: int = END) -> str:
        """See TraceReader; a fact that no goal needs is irrelevant."""
        true = self.true.get(fact[:2])
        if true is None:
            return "irrelevant"
        if event < END and (current := self._shown.only(range(event + 1)).get(*fact[:2])):
            true = current.value
        return "true" if fact.value == true else "stale"

    def importance(self, fact: Statement) -> int:
        return 1

    def true_facts(self) -> Iterator[Statement]:
        return (Statement(*key, value) for key, value in self.true.items())

    def facts(self, text: str) -> Iterator[Statement]:
        return (Statement(*record) for record in self.read(text))

    def text(self, fact: Statement) -> str:
        return self._facts.render(fact)

    def describe(self, fact: Statement, records: Sequence[Statement]) -> str:
        return ", then ".join(dict.fromkeys(record.value for record in records))

    def _mentions_of(self, goal: Any, need: Any) -> Sequence[tuple[int, str]]:
        fact = self.required(goal, need)
        return self._mentions.get((fact.subject, fact.key), ())

    @cached_property
    def _mentions(self) -> Mapping[tuple[str, str], Sequence[tuple[int, str]]]:
        """By subject and key: each event at which the environment stated a value, and the value."""
        mentions: dict[tuple[str, str], list[tuple[int, str]]] = {}
        for event, fact in self._stated():
            mentions.setdefault((fact.subject, fact.key), []).append((event, fact.value))
        return mentions

    @cached_property
    def _shown(self) -> StatementIndex:
        """What the environment stated, by the events of the statements."""
        stated = [*self._stated()]
        return StatementIndex([fact for _, fact in stated], [event for event, _ in stated])

    def _stated(self) -> Iterator[tuple[int, Statement]]:
        for event, text in self._trace.environment_texts(self._env_tools):
            yield from ((event, fact) for fact in self.read(text))
