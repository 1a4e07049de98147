"""A task as a table of decisions, for policies that decide what to store without writing text.

Each decision concerns one subject: a record that a document states, or a fact that changed.
Scripted hands carry it out through the memory's tools, so that a table and an episode of text end
alike.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from memorygym.core.json_values import FrozenDict
from memorygym.core.trace import Trace
from memorygym.core.types import Policy, Task

SKIP, KEEP, UPDATE, REVISE, DELETE = range(5)
OPERATIONS = ("skip", "keep", "update", "revise", "delete")
"""What a decision may be: store nothing; store a note; replace the changed value in the note;
replace it and keep the former value; remove the subject's note."""
FIRST, CURRENT, BOTH = 1, 2, 3
"""What a note holds of an item: the value as first stated, the one after the change, or both."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, with what the texts shown until then state about it."""

    event: int
    """Number of the event, from 0."""
    subject: int
    """Number of the subject, from 0, in the order of first mention."""
    is_change: bool
    """Whether a fact about the subject changed; otherwise a document states its record."""
    tokens: int
    """Tokens of a note about the subject that holds no item."""
    items: Mapping[int, int]
    """By item that the text states: the tokens that it adds to a note."""
    weights: Mapping[int, int] = field(default_factory=FrozenDict)
    """For a document, by item: its importance, from 1, as the instructions state it."""
    former: int = 0
    """For a change: the tokens that the item adds with the value as first stated."""
    is_absolute: bool = True
    """For a change: whether the text states the new value, not only the difference."""
    is_free: bool = False
    """Whether an edit costs no write."""
    left: int = 0
    """Documents that are still to come, as far as the text says."""
    features: tuple[float, ...] = ()
    """What a policy sees of the decision, about 0 to 1 each."""
    item_features: Mapping[int, tuple[float, ...]] = field(default_factory=FrozenDict)
    """The same of each item."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A goal of the table: what notes must hold at its event."""

    event: int
    needs: tuple[tuple[int, int, bool], ...]
    """(subject, item, former): the items needed, and whether the value before the change is."""
    relevant: tuple[tuple[int, int], ...]
    """(subject, item): all that may alter whether the goal is reached."""
    is_strict: bool
    """Whether the goal is missed whenever an item is lacking; otherwise `DecisionTable.right`
    decides."""


Held = Mapping[tuple[int, int], int]
"""By subject and item: FIRST, CURRENT or BOTH, if a note holds it."""
Choice = tuple[int, frozenset[int]]
"""An operation, and the items that it stores."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The state of the memory at a decision."""

    tokens_left: int
    writes_left: int
    room: int
    """Tokens that the last entry of this event can still take; 0 if there is none."""
    limits: tuple[int, int, int]
    """Capacity, writes and slot of the episode."""
    is_held: bool = False
    """Whether a note about the subject is held."""
    is_old: bool = False
    """For a change: whether the note holds the item's value as first stated."""


Choose = Callable[[Decision, Situation], Choice]
"""Decides."""


class DecisionTable(Protocol):
    """The decisions of one task."""

    task: Task
    subjects: int
    """Number of subjects."""
    decisions: Sequence[Decision]
    """In the order of events; those of one event in the order of its text."""
    goals: Sequence[Requirement]
    changed: Mapping[tuple[int, int], int]
    """By subject and item: the event at which the fact changed."""

    def right(self, goal: int, held: Held) -> bool:
        """Whether a scripted reader reaches a goal from notes that hold these relevant items."""

    def trace(self, right: Sequence[bool], writes: int, peak: int) -> Trace:
        """A trace with these outcomes, writes and most tokens held, for the track's score."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What a track gives for structured decisions."""

    table: Callable[[Task], DecisionTable]
    """The table of a task, which has its gold table here."""
    policy: Callable[[Choose], Policy]
    """The scripted hands: a policy of text that asks `choose` for each decision and carries it
    out. It sees the view alone."""
    items: int
    """Number of items that a decision may concern."""
    features: tuple[str, ...]
    """The names of a decision's features."""
    item_features: tuple[str, ...]
    """The names of an item's features."""
