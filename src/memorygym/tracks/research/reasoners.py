"""The fixed reasoners of the agentic mode, and the note takers of the track.

The reasoners keep no state between events: they know only what the memory shows. Next to a call
they write what they concluded in that event, so that the memory can store it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import JSON, Call, Message, Policy, Task, Tool
from memorygym.tracks._qa import reasoners
from memorygym.tracks._qa.defaults import RECALL, SUBMIT
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks._qa.stream import REFUSAL, event_start
from memorygym.tracks.research import SEARCH
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.task_texts import RESULT
from memorygym.tracks.research.questions import QuestionPart, parsed_search, search_words
from memorygym.tracks.research.relations import RELATIONS
from memorygym.tracks.research.search_env import STEPS, steps_of

_BACK = {key for key, relation in RELATIONS.items() if relation.subject_phrases} | {"employer"}
"""Keys that can be searched by value; the staff of a laboratory is asked for by `Shared`."""
_STEP = re.compile(rf"{RESULT} · step (\d+) ===")
_PAGE = re.compile(r"^Found for '(.+)', page (\d+) of (\d+):$", re.MULTILINE)
_DONE = re.compile(r"^Searched for '(.+)'\.$", re.MULTILINE)
_SHARED_WORDS = "the person who belongs to"
"""How a question asks for what Shared finds."""
_READER = ResearchReader()


class SearchContext:
    """The current state of an event of the agentic mode, parsed from the view."""

    def __init__(self, view: Sequence[Message]) -> None:
        starts = (i for i, message in enumerate(view) if message.content.startswith(RESULT))
        start = max(starts)
        self.result, self.question = view[start].content, view[start + 1].content
        messages = view[start + 2 :]
        self.queries = reasoners.queries_of(messages)
        """Queries to the memory, in order."""
        self.texts = texts = [message.content for message in view[1:]]
        self.notes = tuple(_statements_noted(texts))
        """Statements concluded in this event or before."""
        self.new_notes = set(_statements_noted(message.content for message in messages))
        """Notes of this event, concluded or retrieved; they stay in view."""
        self.finished_queries = {query for text in texts for query in _DONE.findall(text)}
        """Searches whose pages were all read."""
        page = _PAGE.search(self.result)
        self.page_query = page[1] if page else ""
        """The query of the result page in view; "" if no page is in view."""
        self.next_page = int(page[2]) + 1 if page and page[2] != page[3] else 0
        """The number of the page after it; 0: none."""

    @property
    def is_last(self) -> bool:
        """Whether the steps are used up."""
        step, steps = _STEP.search(self.result), STEPS.search(self.question)
        return bool(step and steps and int(step[1]) >= int(steps[1]))

    def findings(self) -> list[Statement]:
        """The statements of the page about its query or about earlier notes that are new or outrank
        those notes."""
        target = parsed_search(self.page_query)
        if target is None:
            return []
        name, key = target
        earlier, page = StatementIndex(self.notes), _READER.read(self.result)
        relevant = StatementIndex(
            statement
            for statement in page
            if earlier.get(statement.subject, statement.key)
            or (
                statement.key.split(" 2")[0] == key
                and (statement.subject == name or (statement.value == name and key in _BACK))
            )
        )
        subjects = dict.fromkeys(statement.subject for statement in page)
        statements = (s for subject in subjects for s in relevant.about(subject).values())
        pairs = ((s, earlier.get(s.subject, s.key)) for s in statements)
        return [s for s, known in pairs if known is None or s.rank > known.rank]


def _statements_noted(texts: Iterable[str]) -> Iterator[Statement]:
    for text in texts:
        for line in text.split("\n"):
            if line.startswith("Noted"):
                yield from _READER.read(line)


def _call(tool: Tool, notes: str, **arguments: JSON) -> Message:
    return Message("assistant", notes, (Call(tool.name, arguments, "1"),))


_REFUSED = _call(SUBMIT, "", answer=REFUSAL)


class StrongSearcher(Policy):
    """The reasoner that searches for the next missing fact, reads all pages, and uses its notes."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        context = SearchContext(view)
        query = _READER.ask(context.question)
        return _REFUSED if query is None else self.step(context, query)

    def step(self, context: SearchContext, query: QuestionPart) -> Message:
        """The next call on the way to the answer."""
        findings = context.findings()
        new = [statement for statement in findings if statement not in context.new_notes]
        if context.next_page and not context.is_last:
            return _call(SEARCH, _notes(new), query=context.page_query, page=context.next_page)
        known = StatementIndex((*context.notes, *findings))
        result = _READER.answer(query, known)
        if isinstance(result, Found):
            return _call(SUBMIT, "", answer=result.answer)
        return _REFUSED if context.is_last else _next_call(context, result, new, known)


def _next_call(
    context: SearchContext, missing: Missing, new: list[Statement], known: StatementIndex
) -> Message:
    """The call for the next missing fact: it queries the memory first, then searches.

    Some memories show one step in place of another. Only when the reasoner returns to a step for
    that reason does it repeat its notes; repeating them always would make a memory unnecessary.
    """
    queries, next_query = context.queries, missing.query
    finished = context.page_query if context.page_query not in context.finished_queries else ""
    notes = list(new)
    if next_query in queries[:-1] or len(set(queries)) < len(queries):
        notes += [s for s in missing.used if s not in context.new_notes and s not in new]
    is_repeated = queries[-1:] == [next_query] or queries.count(next_query) > 1
    if notes or not is_repeated:
        return _call(RECALL, _notes(notes, finished), query=next_query)
    search = _next_search(next_query, known, context.finished_queries | {context.page_query})
    if search is None:
        return _REFUSED
    return _call(SEARCH if search in (next_query, *queries) else RECALL, "", query=search)


def _next_search(query: str, known: StatementIndex, finished: set[str]) -> str | None:
    """The next query to search for when memory lacks the fact; None if none is left.

    If several entities have the value, each may have been corrected, so each is searched in turn.
    """
    if query not in finished:
        return query
    name, key = parsed_search(query) or ("", "")
    queries = (search_words(statement.subject, key) for statement in known.whose(key, name))
    return next((other for other in queries if other not in finished), None)


class WeakSearcher(StrongSearcher):
    """The reasoner that believes the first match, reads few pages, and never queries the memory."""

    def step(self, context: SearchContext, query: QuestionPart) -> Message:
        known = StatementIndex(_READER.read("\n\n".join(context.texts)), first=True)
        result = _READER.answer(query, known)
        if isinstance(result, Found):
            return _call(SUBMIT, "", answer=result.answer)
        if context.page_query != result.query and not context.is_last:
            return _call(SEARCH, "", query=result.query)
        if context.is_last or not context.next_page:
            return _REFUSED
        return _call(SEARCH, "", query=result.query, page=context.next_page)


class WeakReader(reasoners.Weak):
    """The weak reasoner of the other modes: it reads less than that of other tracks, but knows
    which source outranks which. Sources dispute every fact: whoever believes the first is wrong
    somewhere on almost every path."""

    attention = 400
    believes_first = False


SEARCHERS = {"strong": StrongSearcher, "weak": WeakSearcher}
"""The reasoners of the agentic mode by name, the strong one first."""
READERS = {"strong": reasoners.Strong, "weak": WeakReader}
"""Those of the other modes."""


def reasoner(name: str, task: Task) -> Policy:
    """The fixed reasoner of that name."""
    return SEARCHERS[name]() if steps_of(task) else reasoners.reasoner(name, task, READERS)


def note_taker(reasoner: Policy, task: Task) -> Policy:
    """The scripted note taker for memories with tools; it answers as the reasoner does."""
    if steps_of(task):
        return SearchNoteTaker(reasoner)
    return reasoners.note_taker(reasoner, task, asked_for)


def _notes(statements: Sequence[Statement], finished: str = "") -> str:
    """Notes: the concluded statements, and the search whose pages were all read."""
    lines = [
        *map(_READER.render, statements),
        *([f"Searched for '{finished}'."] if finished else []),
    ]
    return "\n".join(lines)


class SearchNoteTaker(Policy):
    """The note taker that writes what the reasoner concludes, and turns recalls into searches."""

    def __init__(self, reasoner: Policy) -> None:
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        reply = reasoners.recall_as_search(self._reasoner.act(view, tools), tools)
        if not reply.content or all(tool.name != "Write" for tool in tools):
            return reply
        write_call = Call("Write", {"content": reply.content}, "0")
        return replace(reply, calls=(write_call, *reply.calls))


def asked_for(view: Sequence[Message], notes: str) -> list[str]:
    """Notes on the facts of the text in view whose relation the question in the notes asks for."""
    asked = {"employer", "inventor", "basis"} if _SHARED_WORDS in notes else set[str]()
    for key, relation in RELATIONS.items():
        phrases = (*relation.value_phrases, *relation.subject_phrases, *(relation.comparison or ()))
        asked |= {key for phrase in phrases if phrase.split("{")[0] in notes}
    facts = dict.fromkeys(_READER.read(view[event_start(view)].content))
    return [_READER.render(fact) for fact in facts if fact.key.split(" 2")[0] in asked]
