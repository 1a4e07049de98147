"""The locked reasoners: they answer from what memory put before the event, and keep nothing.

The strong one reads all of it and combines facts as a careful human would. The weak one stands for
a small model: it looks one thing up, attends to few tokens, and believes the first match.
"""

from collections.abc import Sequence

from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks._qa import reasoners
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.reasoners import ParsedContext, attended
from memorygym.tracks._qa.stream import event_of
from memorygym.tracks.worlds.agents.honest import brief_reader
from memorygym.tracks.worlds.fact_reader import reader
from memorygym.tracks.worlds.facts import Knowledge, Record

SINGLE_HOP = ("value", "ratio", "trend", "extreme", "lookup")
"""Kinds of questions that one record answers."""


class Strong(reasoners.Strong):
    """Answers whatever follows from the view, refuses what does not; it has nothing recalled."""

    def __init__(self) -> None:
        super().__init__(reader)

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        answer = asked.by.answer(asked.query, Knowledge(self.records(asked)))
        return Missing("", ()) if answer is None else Found(answer, ())

    def records(self, asked: ParsedContext) -> Sequence[Record]:
        """What it takes in."""
        return [record for text in asked.texts for record in asked.by.read(text)]


class Weak(Strong):
    """Takes in the first tokens that name what is asked about; of two values it takes the first."""

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        return super().conclude(asked) if asked.query.kind in SINGLE_HOP else Missing("", ())

    def records(self, asked: ParsedContext) -> Sequence[Record]:
        name = asked.query.names[0]
        first = Record(name)
        for part in attended(asked.texts, lambda part: name in part):
            for record in asked.by.read(part):
                if record.name == name:
                    first = _merged(first, record)
        return [first]


def _merged(first: Record, later: Record) -> Record:
    """What was read first stands."""
    values = {**later.values, **first.values}
    category, edges = first.category or later.category, first.edges or later.edges
    return Record(first.name, category, values, edges=edges)


class LookupNoteTaker(Policy):
    """Keeps notes with a memory's tools as `brief_reader` does, looks them up, then reasons."""

    def __init__(self, reasoner: Policy) -> None:
        self._scribe = brief_reader()
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = event_of(view)
        looked_up = any(message.role == "tool" for message in view[at:])
        understood = looked_up and reader(view[0].content).ask(view[at].content) is not None
        who = self._reasoner if understood else self._scribe
        return who.act(view, tools)


REASONERS = {"strong": Strong, "weak": Weak}
"""By name, the strong one first."""
