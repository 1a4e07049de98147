"""The fixed scripted reasoners: they answer from the view and query the memory once per hop.

The strong reasoner reads the whole view. The weak one imitates a small model: it reads only the
first few tokens that name its next step, and believes the first match.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain
from typing import Any, TypeAlias

from memorygym.agents.calls import END, calls, read, search, submit, write
from memorygym.core.statements import CURRENT, UNSTATED, Statement, StatementIndex, against
from memorygym.core.track import find
from memorygym.core.types import Call, Message, Policy, Task, Tool
from memorygym.scoring.attribution import coverage
from memorygym.tracks._qa.defaults import RECALL
from memorygym.tracks._qa.questions import Found, Missing, QuestionGold, Reader
from memorygym.tracks._qa.stream import (
    BRIEFING,
    BRIEFING_KIND,
    EVENT,
    QUESTION,
    REFUSAL,
    asked_in,
    event_start,
)
from memorygym.tracks._qa.turns import attended

Serve: TypeAlias = Callable[[Sequence[Message], str], Iterable[str]]
"""Notes on the text in view, from the notes so far."""
ATTENTION = 500
"""Tokens that the weak reasoner reads per step."""
LOOKUPS = (RECALL.name, "memory_search")
"""Calls that query the memory."""
ReaderFactory = Callable[[str], Any]
"""Makes a reader from the system message: a Reader, or the track's own kind."""


@lru_cache(maxsize=64)
def cached_reader(track: str, system: str) -> "CachedReader":
    """The track's reader for a system message."""
    return CachedReader(find(track).facts(system))


class CachedReader:
    """A Reader that parses a text once, of its own and for each stream that it reads against."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.read = lru_cache(maxsize=4_096)(inner.read)
        self.ask = lru_cache(maxsize=256)(inner.ask)
        self.answer, self.render = inner.answer, inner.render
        self._against = lru_cache(maxsize=16)(lambda shown: CachedReader(against(inner, shown)))

    def against(self, shown: Iterable[str]) -> "CachedReader":
        """See core.statements.MatchingReader; what a stream shows are the texts of its events."""
        return self._against(tuple(text for text in shown if text.startswith(EVENT)))

    def coverage(self, text: str) -> tuple[int, int]:
        """See core.statements.CountingReader."""
        return coverage(self._inner, text)


def queries_of(replies: Iterable[Message]) -> list[str]:
    """The queries to the memory in replies, in order."""
    return [
        str(call.arguments.get("query"))
        for reply in replies
        for call in reply.calls
        if call.name in LOOKUPS and isinstance(call.arguments, Mapping)
    ]


class AskedQuestion:
    """A question that is being answered: its query, the texts in view, and earlier steps."""

    def __init__(self, query: Any, reader: Any, view: Sequence[Message], start: int) -> None:
        self.query, self.reader = query, reader
        replies = [message for message in view[start:] if message.role == "assistant"]
        made = (call for message in replies for call in message.calls)
        recall_ids = {call.id for call in made if call.name == RECALL.name}
        tool_results = (
            message
            for message in view[start:]
            if message.role == "tool" and message.call_id not in recall_ids
        )
        self.texts = tuple(message.content for message in (*view[1:start], *tool_results))
        """Texts from the memory and its tools, in order."""
        self.notes = tuple(message.content for message in replies if message.content)
        """The reasoner's own earlier notes."""
        self.queries = queries_of(replies)
        """Queries that the reasoner has already sent."""
        self.believes = False
        """Whether a value counts that nobody stated."""

    def read(self, texts: Iterable[str]) -> Iterator[Statement]:
        """The statements in texts."""
        statements = chain.from_iterable(map(self.reader.read, texts))
        if not self.believes:
            return statements
        return (s._replace(role=CURRENT) if s.role == UNSTATED else s for s in statements)


class Strong(Policy):
    """The reasoner that answers from the view, queries memory for missing facts, else refuses."""

    def __init__(self, reader: ReaderFactory, otherwise: str = REFUSAL) -> None:
        self._reader = reader
        self._otherwise = otherwise

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        reader, start = self._reader(view[0].content), event_start(view)
        text = view[start].content
        query = reader.ask(text) if text.startswith(QUESTION) else None
        if query is None:
            return END
        context = AskedQuestion(query, reader, view, start)
        match self.conclude(context):
            case Found(answer):
                return calls(submit(answer))
            case Missing(next_query, statements) if (
                next_query and next_query not in context.queries
            ):
                recall = calls((RECALL.name, {"query": next_query}))
                notes = dict.fromkeys(map(reader.render, statements))
                return Message("assistant", "\n".join(notes), recall.calls)
        context.believes = True
        guess = self.conclude(context)
        return calls(submit(guess.answer if isinstance(guess, Found) else self._otherwise))

    def conclude(self, context: AskedQuestion) -> Found | Missing:
        """The answer that follows from the whole view, or what is missing."""
        reader: Reader = context.reader
        known = StatementIndex(context.read((*context.notes, *context.texts)))
        return reader.answer(context.query, known)


class Weak(Strong):
    """The reasoner that takes one step at a time, from the first parts that name its subject."""

    attention = ATTENTION
    """Tokens that it reads per step."""
    believes_first = True
    """Whether it believes what it reads first, whatever its rank."""

    def conclude(self, context: AskedQuestion) -> Found | Missing:
        reader: Reader = context.reader
        notes = tuple(context.read(context.notes))
        step = reader.answer(context.query, StatementIndex(notes))
        if isinstance(step, Found):
            return step

        def names_step(part: str) -> bool:
            return any(
                statement.subject in step.query or statement.text in step.query
                for statement in reader.read(part)
            )

        attended = context.read(attended_parts(context.texts, names_step, self.attention))
        known = StatementIndex((*notes, *attended), first=self.believes_first)
        return reader.answer(context.query, known)


REASONERS: Mapping[str, type[Strong]] = {"strong": Strong, "weak": Weak}
"""The reasoners by name, the strong one first."""


def reasoner(name: str, task: Task, of: Mapping[str, type[Strong]] = REASONERS) -> Policy:
    """The scripted reasoner of that name."""
    return of[name](lambda system: cached_reader(task.track, system).against(task.texts))


def note_taker(reasoner: Policy, task: Task, serve: Serve | None = None) -> Policy:
    """The note taker that writes the facts of each text to memory, or those that serve what a
    briefing asks, and looks up needed ones."""
    if task.events[0].kind == BRIEFING_KIND:
        return BriefedNoteTaker(reasoner, serve or partial(serving, task.track))
    return LookupNoteTaker(reasoner, partial(paragraph_facts, task.track))


def oracle(task: Task) -> Mapping[int, str]:
    """The canonical sentences of the facts that each question needs, by event."""
    assert isinstance(task.gold, QuestionGold)
    render = cached_reader(task.track, task.system).render
    return {q.event: "\n\n".join(map(render, q.needs)) for q in task.gold.questions if q.needs}


def paragraph_facts(track: str, system: str, text: str) -> Iterator[str]:
    """The facts in each paragraph of a text, as canonical sentences."""
    reader = cached_reader(track, system)
    for part in text.split("\n\n"):
        if sentences := "\n".join(dict.fromkeys(map(reader.render, reader.read(part)))):
            yield sentences


def serving(track: str, view: Sequence[Message], notes: str) -> list[str]:
    """Notes on the facts of a text that answers to the questions in the notes rest on."""
    reader = cached_reader(track, view[0].content)
    noted = reader.read(notes)
    known = StatementIndex((*noted, *reader.read(view[event_start(view)].content)))
    queries = filter(None, map(reader.ask, notes.split("\n")))
    used = (fact for query in queries for fact in reader.answer(query, known).used)
    return [reader.render(fact) for fact in dict.fromkeys(used) if fact not in noted]


def attended_parts(
    texts: Sequence[str], is_relevant: Callable[[str], bool], most: int = ATTENTION
) -> Iterator[str]:
    """The first relevant parts of the texts, up to so many tokens.

    A part is a paragraph, or a document or line of notes within one.
    """
    parts = (part for text in texts for part in text.replace("\n[", "\n\n[").split("\n\n"))
    return attended(parts, is_relevant, most)


class LookupNoteTaker(Policy):
    """The note taker that writes notes on each event while they fit, then looks up needed facts."""

    def __init__(self, reasoner: Policy, notes: Callable[[str, str], Iterable[str]]) -> None:
        self._reasoner = reasoner
        self._notes = notes
        """The notes on a text, from the system message and the text."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        text = view[event_start(view)].content
        if not text.startswith(QUESTION):
            if view[-1].role == "tool" or all(tool.name != "Write" for tool in tools):
                return END
            return calls(*map(write, self._notes(view[0].content, text)))
        return recall_as_search(self._reasoner.act(view, tools), tools)


class BriefedNoteTaker(LookupNoteTaker):
    """The note taker for tasks with a briefing: it writes down what is asked, then what serves it
    in each text, and looks up needed facts."""

    def __init__(self, reasoner: Policy, serve: Serve) -> None:
        super().__init__(reasoner, lambda *_: ())
        self._serve = serve

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        start = event_start(view)
        text = view[start].content
        results = [message for message in view[start:] if message.role == "tool"]
        if text.startswith(QUESTION) or all(tool.name != "Write" for tool in tools):
            return super().act(view, tools)
        if text.startswith(BRIEFING) and not results:
            return calls(write(asked_in(text)))
        if not results:
            return calls(read())
        if len(results) > 1 or text.startswith(BRIEFING):
            return END
        return calls(*map(write, self._serve(view, results[0].content)))


def recall_as_search(reply: Message, tools: Sequence[Tool]) -> Message:
    """The reply with its recall calls turned into searches, if the memory can be searched."""
    if all(tool.name != "memory_search" for tool in tools):
        return reply
    return replace(reply, calls=tuple(map(_as_search, reply.calls)))


def _as_search(call: Call) -> Call:
    """A recall call as a search. An invalid call stays: the environment answers it."""
    match call:
        case Call(RECALL.name, {"query": str(query)}):
            name, arguments = search(query)
            return replace(call, name=name, arguments=arguments)
    return call
