"""The locked reasoners: they answer from what is in view, and have memory brought for each hop.

The strong one reads all of the view. The weak one stands for a small model: of what names its next
step it takes in few tokens, and believes the first match.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from memorygym.agents.calls import END, calls, search, submit, write
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import count
from memorygym.core.track import find
from memorygym.core.types import Call, Message, Policy, Tool
from memorygym.tracks._qa.defaults import RECALL
from memorygym.tracks._qa.questions import Found, Missing, Reader
from memorygym.tracks._qa.stream import QUESTION, REFUSAL, event_of

ATTENTION = 500
"""Tokens that the weak reasoner takes in."""
Readers = Callable[[str], Any]
"""By the pinned message: who reads under it, a Reader unless the track concludes by itself."""


@lru_cache(maxsize=64)
def parsed(track: str, system: str) -> Reader:
    """The track's strong reader under that pinned message, which parses a text once."""
    made: Any = find(track).facts(system)
    return Parsed(made)


class Parsed:
    """A reader that keeps what it has read."""

    def __init__(self, inner: Reader) -> None:
        self.read = lru_cache(maxsize=4_096)(inner.read)
        self.ask = lru_cache(maxsize=256)(inner.ask)
        self.answer, self.render = inner.answer, inner.render


class ParsedContext:
    """An event that asks, as far as it has gone."""

    def __init__(self, query: Any, by: Any, view: Sequence[Message], at: int) -> None:
        self.query, self.by = query, by
        said = [message for message in view[at:] if message.role == "assistant"]
        called = [call for message in said for call in message.calls]
        own = {call.id for call in called if call.name == RECALL.name}
        heard = (m for m in view[at:] if m.role == "tool" and m.call_id not in own)
        self.texts = tuple(message.content for message in (*view[1:at], *heard))
        """What memory and its tools brought, in order."""
        self.notes = tuple(message.content for message in said if message.content)
        """What was concluded so far."""
        given = (call.arguments for call in called)
        self.tried = {str(one.get("query")) for one in given if isinstance(one, Mapping)}
        """What memory was asked for."""


class Strong(Policy):
    """Answers what follows from the view; asks memory for what is missing; else refuses."""

    def __init__(self, reader: Readers) -> None:
        self._reader = reader

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        by, at = self._reader(view[0].content), event_of(view)
        shown = view[at].content
        query = by.ask(shown) if shown.startswith(QUESTION) else None
        if query is None:
            return END
        asked = ParsedContext(query, by, view, at)
        match self.conclude(asked):
            case Found(answer):
                return calls(submit(answer))
            case Missing(wanted, used) if wanted and wanted not in asked.tried:
                recall = calls((RECALL.name, {"query": wanted}))
                notes = dict.fromkeys(map(by.render, used))
                return Message("assistant", "\n".join(notes), recall.calls)
        return calls(submit(REFUSAL))

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        """What follows from the whole view."""
        by: Reader = asked.by
        return by.answer(asked.query, StatementIndex(_read(by, (*asked.notes, *asked.texts))))


class Weak(Strong):
    """Follows one step at a time, from the first paragraphs that name what it is about."""

    def conclude(self, asked: ParsedContext) -> Found | Missing:
        by: Reader = asked.by
        noted = tuple(_read(by, asked.notes))
        step = by.answer(asked.query, StatementIndex(noted))
        if isinstance(step, Found):
            return step

        def names_step(part: str) -> bool:
            return any(s.subject in step.query or s.value in step.query for s in by.read(part))

        shown = _read(by, attended(asked.texts, names_step))
        return by.answer(asked.query, StatementIndex((*noted, *shown), first=True))


LOCKED = {"strong": Strong, "weak": Weak}
"""By name, the strong one first."""


def told(track: str, system: str, text: str) -> Iterator[str]:
    """What the track's reader takes from each paragraph of a text, in canonical sentences."""
    by = parsed(track, system)
    for part in text.split("\n\n"):
        if found := "\n".join(dict.fromkeys(map(by.render, by.read(part)))):
            yield found


def _read(by: Reader, texts: Iterable[str]) -> Iterator[Statement]:
    return (statement for text in texts for statement in by.read(text))


def attended(texts: Sequence[str], concerns: Callable[[str], bool]) -> Iterator[str]:
    """The first parts that concern it: paragraphs, or documents and lines of notes."""
    left = ATTENTION
    for text in texts:
        for part in text.replace("\n[", "\n\n[").split("\n\n"):
            if concerns(part):
                yield part
                left -= count(part)
                if left <= 0:
                    return


class LookupNoteTaker(Policy):
    """Writes down what each event tells, while it fits; then looks up what the reasoner needs."""

    def __init__(self, reasoner: Policy, notes: Callable[[str, str], Iterable[str]]) -> None:
        self._reasoner = reasoner
        self._notes = notes
        """What is written down of a text, under a pinned message."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        shown = view[event_of(view)].content
        if not shown.startswith(QUESTION):
            if view[-1].role == "tool" or all(tool.name != "Write" for tool in tools):
                return END
            return calls(*map(write, self._notes(view[0].content, shown)))
        return by_search(self._reasoner.act(view, tools), tools)


def by_search(reply: Message, tools: Sequence[Tool]) -> Message:
    """The reply with recalls as searches, where memory can be searched."""
    if all(tool.name != "memory_search" for tool in tools):
        return reply
    return replace(reply, calls=tuple(map(_searched, reply.calls)))


def _searched(call: Call) -> Call:
    """A recall as a search; what a model got wrong is left to the referee."""
    match call:
        case Call(RECALL.name, {"query": str(query)}):
            name, arguments = search(query)
            return replace(call, name=name, arguments=arguments)
    return call
