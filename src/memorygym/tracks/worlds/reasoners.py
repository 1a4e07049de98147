"""The locked reasoners: they answer from what memory put before the event, and keep nothing.

The strong one reads all of it and combines facts as a careful human would. The weak one stands for
a small model: it looks one thing up, attends to few tokens, and believes the first match.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import END, calls, submit
from memorygym.core import Message, Policy, Tool
from memorygym.core.tokens import count
from memorygym.tracks._qa.stream import event_of
from memorygym.tracks.worlds.agents.honest import brief_reader
from memorygym.tracks.worlds.fact_reader import StrongReader, reader
from memorygym.tracks.worlds.facts import Knowledge, Query, Record
from memorygym.tracks.worlds.generator.instructions import REFUSAL

ATTENTION = 500
"""Tokens that the weak reasoner takes in."""
SINGLE_HOP = ("value", "ratio", "trend", "extreme", "lookup")
"""Kinds of questions that one record answers."""


@dataclass(frozen=True, slots=True)
class QuestionInView:
    """A question and what the view holds to answer it from."""

    query: Query
    by: StrongReader
    texts: tuple[str, ...]
    """What memory and its tools gave, in order."""


class Strong(Policy):
    """Answers whatever follows from the view, refuses what does not."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = event_of(view)
        by = reader(view[0].content)
        query = by.ask(view[at].content)
        if query is None:
            return END
        shown = [*view[1:at], *(message for message in view[at:] if message.role == "tool")]
        answer = self.answer(QuestionInView(query, by, tuple(message.content for message in shown)))
        return calls(submit(REFUSAL if answer is None else answer))

    def answer(self, asked: QuestionInView) -> str | None:
        """The answer, None to refuse."""
        records = (record for text in asked.texts for record in asked.by.read(text))
        return asked.by.answer(asked.query, Knowledge(records))


class Weak(Strong):
    """Takes in the first tokens that name what is asked about; of two values it takes the first."""

    def answer(self, asked: QuestionInView) -> str | None:
        if asked.query.kind not in SINGLE_HOP:
            return None
        left, first = ATTENTION, Record(asked.query.names[0])
        for part in _naming(asked):
            left -= count(part)
            for record in asked.by.read(part):
                if record.name == first.name:
                    first = _merged(first, record)
            if left <= 0:
                break
        return asked.by.answer(asked.query, Knowledge([first]))


def _naming(asked: QuestionInView) -> Iterator[str]:
    """The parts of the view that name what is asked about: a document, or a line."""
    name = asked.query.names[0]
    for text in asked.texts:
        for part in text.replace("\n[", "\n\n[").split("\n\n"):
            if name in part:
                yield part


def _merged(first: Record, later: Record) -> Record:
    """What was read first stands."""
    values = {**later.values, **first.values}
    category, edges = first.category or later.category, first.edges or later.edges
    return Record(first.name, category, values, edges=edges)


def asks(view: Sequence[Message]) -> bool:
    """Whether the running event of a view asks a question."""
    return reader(view[0].content).ask(view[event_of(view)].content) is not None


class Clerk(Policy):
    """Keeps notes with a memory's tools as `brief_reader` does, looks them up, then reasons."""

    def __init__(self, reasoner: Policy) -> None:
        self._scribe = brief_reader()
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = event_of(view)
        looked_up = any(message.role == "tool" for message in view[at:])
        who = self._reasoner if looked_up and asks(view) else self._scribe
        return who.act(view, tools)


REASONERS = {"strong": Strong, "weak": Weak}
"""By name, the strong one first."""
