"""Statements: facts as (subject, key, value), by which most tracks read texts and traces."""

import re
from collections.abc import Callable, Container, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from itertools import chain, repeat
from typing import NamedTuple, Protocol, TypeAlias, runtime_checkable

HELD, STALE, MISSING = "held", "stale", "missing"
"""What statements say of a needed fact: its right value, another value, or nothing."""
CURRENT, FORMER, SHIFT, AMONG = "current", "former", "shift", "among"
"""Roles of a value: it holds; it held before; the value before it changed by it; or it holds among
others, as one of the entities that a relation leads to."""
UNSTATED = "unstated"
"""The role of a value that a text gives and that nobody stated: what the key is, is unknown."""
CATEGORY = "category"
"""The key of the group that a subject belongs to."""
Value: TypeAlias = int | str | tuple[int, ...]
"""A number (with decimals: scaled to an integer), a text, a choice, an ISO date, or a series."""


class Statement(NamedTuple):
    """A fact that a text states or a goal needs: the `key` of `subject` is `value`."""

    subject: str
    """The name as texts write it."""
    key: str
    value: Value
    role: str = CURRENT
    rank: tuple[int, ...] = ()
    """Of several values of a key, the one of highest rank is current; of equal ranks the last."""
    date: str = ""
    """The ISO date on which it was stated, by which statements that have one are ordered."""
    source: str = ""
    """Who stated it, in lower case."""

    @property
    def text(self) -> str:
        """The value as a text."""
        return str(self.value)

    @property
    def content(self) -> "Statement":
        """The statement without rank, date and source: equal for facts of equal content."""
        return Statement(*self[:4]) if any(self[4:]) else self

    @property
    def holds(self) -> bool:
        """Whether it says what holds, rather than what held or changed."""
        return self.role in (CURRENT, AMONG)

    def is_stated_by(self, other: "Statement") -> bool:
        """Whether a statement is about this fact, whatever value it states."""
        return other[:2] == self[:2] and (self.role != AMONG or other.value == self.value)

    def state(self, stated: Iterable["Statement"]) -> str:
        """HELD, STALE or MISSING, from statements in the order in which they were made."""
        return StatementIndex(filter(self.is_stated_by, stated)).state(self)

    def state_in(self, store: Iterable["Statement"]) -> str:
        """The same from statements whose order has no meaning: the right value may be the last."""
        own = filter(self.is_stated_by, store)
        return StatementIndex(sorted(own, key=self._place_in_store)).state(self)

    def _place_in_store(self, other: "Statement") -> int:
        is_right = other.value == self.value and other.role == CURRENT
        return 2 if is_right else other.role == SHIFT


class StatementIndex:
    """What is known from a sequence of statements: the values of every key, and the current one.

    Dated statements of a key are put in the order of their dates, among themselves. With `first`
    the first statement of a key is current. `sources` gives the source of each statement (the
    number of a document or an event); `only` then selects some sources at no cost.
    """

    def __init__(
        self,
        statements: Iterable[Statement] = (),
        sources: Iterable[int] | None = None,
        *,
        first: bool = False,
    ) -> None:
        self._by_subject: dict[str, list[tuple[Statement, int]]] = {}
        self._by_key: dict[str, dict[str, list[tuple[Statement, int]]]] = {}
        """By subject and key, for the subjects that were looked up."""
        self._with_key: dict[str, list[tuple[Statement, int]]] = {}
        """By key, once a value was looked up."""
        self._first = first
        self._sources: Container[int] | None = None
        """The selected sources; None selects all."""
        last, own = None, list[tuple[Statement, int]]()
        # `repeat` has no end, so the lengths differ.
        for pair in zip(statements, sources or repeat(0)):  # noqa: B905
            if (subject := pair[0][0]) != last:  # Most follow one about the same subject.
                last, own = subject, self._by_subject.setdefault(subject, [])
            own.append(pair)

    @property
    def subjects(self) -> Iterable[str]:
        """All subjects, in the order of their first statements."""
        return self._by_subject.keys()

    def only(self, sources: Container[int]) -> "StatementIndex":
        """The index of the statements from these sources alone."""
        other = copy(self)
        other._sources = sources
        return other

    def stated(self, subject: str, key: str) -> list[Statement]:
        """The statements of a key, in their order."""
        stated = self._selected(self._keys(subject).get(key, ()))
        if len(stated) > 1 and not self._first:
            dated = iter(sorted((s for s in stated if s.date), key=lambda s: s.date))
            stated = [next(dated) if s.date else s for s in stated]
            stated.sort(key=lambda statement: statement.rank)
        return stated

    def get(self, subject: str, key: str) -> Statement | None:
        """The current statement of a key of a subject."""
        return self._current(self.stated(subject, key))

    def current(self, subject: str, key: str) -> Value | None:
        """The current value of a key; None if it is unknown."""
        statement = self.get(subject, key)
        return statement.value if statement else None

    def history(self, subject: str, key: str) -> list[Value]:
        """All values of a key in order; the last one is current. Empty if that is unknown."""
        stated = self.stated(subject, key)
        former = [statement.value for statement in stated if statement.role == FORMER]
        values = [statement.value for statement in self._holding(stated)]
        return former + values if values else []

    def previous(self, subject: str, key: str) -> Value | None:
        """The value before the last change; None if no change is known."""
        values = self.history(subject, key)
        return next((value for value in reversed(values) if value != values[-1]), None)

    def category(self, subject: str) -> str:
        """The group of a subject; "" if it is unknown."""
        return str(self.current(subject, CATEGORY) or "")

    def members(self, categories: Iterable[str]) -> list[str]:
        """The subjects of these groups, in the order of their first statements."""
        chosen = set(categories)
        return [name for name in self._by_subject if self.category(name) in chosen]

    def links(self, subject: str, key: str, *, symmetric: bool = False) -> list[Statement]:
        """What states a relation of a subject; a symmetric one holds in both directions."""
        links = [s for s in self.stated(subject, key) if s.role != UNSTATED]
        return links + (self.whose(key, subject) if symmetric else [])

    def related(self, subject: str, key: str, *, symmetric: bool = False) -> list[str]:
        """What a relation leads to."""
        links = self.links(subject, key, symmetric=symmetric)
        return list(
            dict.fromkeys(str(s.value if s.subject == subject else s.subject) for s in links)
        )

    def about(self, subject: str) -> dict[str, Statement]:
        """The current statements of a subject, by key."""
        current = ((key, self.get(subject, key)) for key in self._keys(subject))
        return {key: statement for key, statement in current if statement}

    def whose(self, key: str, value: Value) -> list[Statement]:
        """The current statements with that key and value, in the order of their first mention."""
        if not self._with_key:
            for pair in chain.from_iterable(self._by_subject.values()):
                self._with_key.setdefault(pair[0][1], []).append(pair)
        stated = [pair for pair in self._with_key.get(key, ()) if pair[0][2] == value]
        subjects = dict.fromkeys(statement[0] for statement in self._selected(stated))
        return [s for name in subjects if (s := self._with(name, key, value))]

    def state(self, fact: Statement) -> str:
        """HELD, STALE or MISSING: what these statements say of a fact."""
        if fact.role == AMONG:
            return HELD if self._with(fact.subject, fact.key, fact.value) else MISSING
        values = self.history(fact.subject, fact.key)
        if fact.role == FORMER:
            return HELD if fact.value in values else MISSING
        if not values:
            return MISSING
        return HELD if values[-1] == fact.value else STALE

    def _with(self, subject: str, key: str, value: Value) -> Statement | None:
        """The statement that holds, if the key of the subject has this value."""
        stated = self.stated(subject, key)
        among = (s for s in stated if s.role == AMONG and s.value == value)
        current = next(among, None) or self._current(stated)
        return current if current and current.value == value else None

    def _current(self, stated: list[Statement]) -> Statement | None:
        holding = self._holding(stated)
        return (holding[0] if self._first else holding[-1]) if holding else None

    def _keys(self, subject: str) -> dict[str, list[tuple[Statement, int]]]:
        keys = self._by_key.get(subject)
        if keys is None:
            keys = self._by_key[subject] = {}
            for pair in self._by_subject.get(subject, ()):
                keys.setdefault(pair[0][1], []).append(pair)
        return keys

    def _selected(self, pairs: Iterable[tuple[Statement, int]]) -> list[Statement]:
        """The statements of the selected sources."""
        sources = self._sources
        return [statement for statement, source in pairs if sources is None or source in sources]

    @staticmethod
    def _holding(stated: list[Statement]) -> list[Statement]:
        """The values that held one after another; a shift gives the next one."""
        if len(stated) == 1 and stated[0].holds:  # Most keys are stated once.
            return stated
        holding: list[Statement] = []
        for statement in stated:
            if statement.role == SHIFT:
                before = holding[-1].value if holding else None
                if isinstance(before, int) and isinstance(statement.value, int):
                    value = before + statement.value
                    holding.append(statement._replace(value=value, role=CURRENT))
            elif statement.role == UNSTATED:
                holding.clear()
            elif statement.role != FORMER:
                holding.append(statement)
        return holding


class Sentence:
    """A form of sentence that states one fact; it reads and renders Statements.

    `{subject}`, `{key}` and `{value}` stand for one word each, `{rank}` for a number.

    >>> [*map(tuple, Sentence("{rank}: {subject}'s {key} is {value}.").read("7: Ada's size is M."))]
    [('Ada', 'size', 'M', 'current', (7,), '', '')]
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
                rank=(int(words["rank"]),) if "rank" in words else (),
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
    def read(self) -> Callable[[str], Sequence[Statement]]:
        """The facts that a text states, in order."""

    @property
    def render(self) -> Callable[[Statement], str]:
        """The sentence that states a fact; reading it gives the fact again."""


@runtime_checkable
class MatchingReader(Protocol):
    """A fact reader that reads texts against what a stream has stated."""

    def against(self, shown: Iterable[str]) -> FactReader:
        """The reader of texts that were made from these: a value counts only if one of them stated
        it, and names are found however they are spelled."""


def against(facts: FactReader, shown: Iterable[str]) -> FactReader:
    """The reader of texts that were made from these; the same one, if it knows one way to read."""
    return facts.against(shown) if isinstance(facts, MatchingReader) else facts


@runtime_checkable
class BlockWriter(Protocol):
    """A fact reader that also writes facts as documents."""

    def blocks(self, facts: Sequence[Statement]) -> list[str]:
        """What holds, in canonical sentences: one block a document, under a heading."""


@runtime_checkable
class CountingReader(Protocol):
    """A fact reader that also tells how much of a text it understood."""

    def coverage(self, text: str) -> tuple[int, int]:
        """The numbers of facts that it read and of statements that it could not attribute: those
        that name a known key with a value and belong to nothing."""
