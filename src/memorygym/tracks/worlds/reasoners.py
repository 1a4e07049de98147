"""The scripted reasoners: they answer from the context that the memory composes, without state.

The strong one reads the whole context and combines facts as a careful human would. The weak one
imitates a small model: it answers from one record, reads few tokens, and takes the first match.
"""

from collections.abc import Sequence

from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks._qa import reasoners
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.reasoners import ParsedContext, attended_parts
from memorygym.tracks._qa.stream import event_start
from memorygym.tracks.worlds.agents.honest import brief_reader
from memorygym.tracks.worlds.fact_reader import strong_reader
from memorygym.tracks.worlds.facts import Knowledge, Record

SINGLE_HOP = ("value", "ratio", "trend", "extreme", "lookup")
"""Kinds of queries that one record answers."""


class Strong(reasoners.Strong):
    """A reasoner that answers whatever follows from the view and refuses the rest.

    It never asks the memory to recall anything.
    """

    def __init__(self) -> None:
        super().__init__(strong_reader)

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        answer = asked.reader.answer(asked.query, Knowledge(self.records(asked)))
        return Missing("", ()) if answer is None else Found(answer, ())

    def records(self, asked: ParsedContext) -> Sequence[Record]:
        """The records that the answer is computed from."""
        return [record for text in asked.texts for record in asked.reader.read(text)]


class Weak(Strong):
    """A reasoner that reads the first tokens about the entity, and of two values uses the first."""

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        return super().conclude(asked) if asked.query.kind in SINGLE_HOP else Missing("", ())

    def records(self, asked: ParsedContext) -> Sequence[Record]:
        name = asked.query.names[0]
        first = Record(name)
        for part in attended_parts(asked.texts, lambda part: name in part):
            for record in asked.reader.read(part):
                if record.name == name:
                    first = _merged(first, record)
        return [first]


def _merged(first: Record, later: Record) -> Record:
    """Both records as one; where they differ, the first one counts."""
    values = {**later.values, **first.values}
    category, edges = first.category or later.category, first.edges or later.edges
    return Record(first.name, category, values, edges=edges)


class LookupNoteTaker(Policy):
    """A scripted writer: keeps notes as `brief_reader` does, and looks them up for a reasoner."""

    def __init__(self, reasoner: Policy) -> None:
        self._writer = brief_reader()
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        event = event_start(view)
        looked_up = any(message.role == "tool" for message in view[event:])
        parsed = looked_up and strong_reader(view[0].content).ask(view[event].content) is not None
        policy = self._reasoner if parsed else self._writer
        return policy.act(view, tools)


REASONERS = {"strong": Strong, "weak": Weak}
"""The reasoners by name, the strong one first."""
