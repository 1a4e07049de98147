"""The scripted reasoners: they answer from the context that the memory composes, without state.

The strong one reads the whole context and combines facts as a careful human would. The weak one
imitates a small model: it answers from one record, reads few tokens, and takes the first match.
"""

from collections.abc import Sequence
from functools import partial

from memorygym.core.statements import AMONG, Statement, StatementIndex
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks._qa import reasoners
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.reasoners import AskedQuestion, attended_parts
from memorygym.tracks._qa.stream import event_start
from memorygym.tracks.worlds.agents.honest import brief_reader
from memorygym.tracks.worlds.fact_reader import strong_reader

SINGLE_HOP = ("value", "ratio", "trend", "extreme", "lookup")
"""Kinds of queries that one record answers."""


class Strong(reasoners.Strong):
    """A reasoner that answers whatever follows from the view and refuses the rest.

    It never asks the memory to recall anything.
    """

    def __init__(self, shown: tuple[str, ...] | None = None) -> None:
        """`shown` are the texts of the stream, if they are known."""
        super().__init__(partial(strong_reader, shown=shown))

    def conclude(self, asked: AskedQuestion) -> Found | Missing:
        answer = asked.reader.answer(asked.query, self.known(asked))
        return Missing("", ()) if answer is None else Found(answer, ())

    def known(self, asked: AskedQuestion) -> StatementIndex:
        """What the answer is computed from."""
        return StatementIndex(asked.read(asked.texts))


class Weak(Strong):
    """A reasoner that reads the first tokens about the entity, and of two values uses the first."""

    def conclude(self, asked: AskedQuestion) -> Found | Missing:
        return super().conclude(asked) if asked.query.kind in SINGLE_HOP else Missing("", ())

    def known(self, asked: AskedQuestion) -> StatementIndex:
        """What the first parts state of the entity; of its relations only the first that do."""
        name, facts = asked.query.names[0], list[Statement]()
        for part in attended_parts(asked.texts, lambda part: name in part):
            stated = [f for f in asked.read([part]) if f.subject == name and f.holds]
            is_related = any(fact.role == AMONG for fact in facts)
            facts += [fact for fact in stated if fact.role != AMONG or not is_related]
        return StatementIndex(facts, first=True)


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
