"""The agentic mode: the reasoner searches the instance's documents itself, a call an event."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from memorygym.core import Call, Env, Message, Policy, Step, Task, Tool
from memorygym.errors import UnknownPart
from memorygym.instances.model import Found, Gold, Known
from memorygym.lens import Lens
from memorygym.lens import table as table_of
from memorygym.stores.search.fulltext import FullText
from memorygym.trace import Answered, Shown, Trace
from memorygym.tracks._qa.env import RECALL
from memorygym.tracks._qa.lens import QALens
from memorygym.tracks.research.dealing.wording import step_text
from memorygym.tracks.research.reading import ResearchReader

EVENT = "=== SEARCHING"
"""What the text of an event begins with."""
LISTED = 10
"""Documents that a search lists."""
REFUSAL = "I have no record of that."
_OPENING = re.compile(
    r"step 1 of (?P<steps>\d+) ===\n\nQuestion: (?P<question>.+)\n\n"
    r"Form of the answer: (?P<form>.+)\."
)
_SEARCHED = re.compile(r"^Found for '(.+)':$", re.MULTILINE)
_READ = re.compile(r"^Documents ([\d, ]+)\.$", re.MULTILINE)
_LISTING = re.compile(r"^(\d+) (\[[^·\]]+ · [^·\]]+ · [^\]]+\])$", re.MULTILINE)


def _tool(name: str, description: str, argument: str, kind: str, meaning: str) -> Tool:
    properties = {argument: {"type": kind, "description": meaning}}
    return Tool(
        name,
        description,
        {
            "type": "object",
            "properties": properties,
            "required": [argument],
            "additionalProperties": False,
        },
    )


SEARCH = _tool("search", "List the headings of the documents that fit best.", "query", "string",
               "Words to look for.")  # fmt: skip
OPEN = _tool("open", "Read a document.", "document", "integer", "Its number in a list.")
SUBMIT = _tool("submit_answer", "Answer the question; this ends the task.", "answer", "string",
               "One claim, as asked for.")  # fmt: skip
_ARGUMENTS = {
    SEARCH.name: "query",
    RECALL.name: "query",
    OPEN.name: "document",
    SUBMIT.name: "answer",
}


def is_searched(task: Task) -> bool:
    """Whether the reasoner makes the searches of a task itself."""
    return task.events[0].text.startswith(EVENT)


def lens_of(trace: Trace) -> Lens | None:
    """How the trace of such a task is read: it is asked in the event that answers it, or the last.

    None for any other trace.
    """
    shown = [one for one in trace.records if isinstance(one, Shown) and one.messages]
    if not (shown and shown[0].messages[0].content.startswith(EVENT)):
        return None
    answered = [one.event for one in trace.records if isinstance(one, Answered)]
    gold: Gold = table_of(trace)
    event = answered[-1] if answered else shown[-1].event
    asked = tuple(replace(question, event=event) for question in gold.questions)
    return QALens(Gold(gold.facts, asked), ResearchReader())


class SearchEnv(Env):
    """Each call but recall ends an event; the next shows the question and what it found."""

    tools = (SEARCH, OPEN, SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        self.task = task
        found = _OPENING.search(task.events[0].text)
        assert found
        self._steps = int(found["steps"])
        self._question, self._form = found["question"], found["form"]
        self._at = 0

    @cached_property
    def _corpus(self) -> dict[int, str]:
        paragraphs = (part for event in self.task.events[1:] for part in event.text.split("\n\n"))
        documents = dict.fromkeys(part for part in paragraphs if part.startswith("["))
        return dict(enumerate(documents, 1))

    @cached_property
    def _index(self) -> FullText:
        return FullText(self._corpus.items())

    def reset(self) -> Step:
        self._at = 0
        return self._show("")

    def step(self, reply: Message) -> Step:
        call = reply.calls[0] if reply.calls else None
        if call and call.name == SUBMIT.name:
            return Step(done=True, evict=True, answer=str(_argument(call, "answer")))
        if call and call.name == RECALL.name:
            # Whatever memory holds of it is composed for the newest message, which this is.
            return Step((Message("user", str(_argument(call, "query"))),))
        if self._at == self._steps:
            return Step(done=True, evict=True)
        return self._show(self._result(call))

    def _show(self, result: str) -> Step:
        self._at += 1
        text = step_text(self._at, self._steps, self._question, self._form, result)
        return Step((Message("user", text),), evict=True)

    def _result(self, call: Call | None) -> str:
        if call is None:
            return "Nothing was called."
        if call.name == SEARCH.name:
            return self._listing(str(_argument(call, "query")))
        number = _argument(call, "document")
        if number not in self._corpus:
            return f"There is no document {number}; there are 1 to {len(self._corpus)}."
        assert isinstance(number, int)
        return self._corpus[number]

    def _listing(self, query: str) -> str:
        found = self._index.search(query, LISTED)
        lines = [f"{number} {self._corpus[number].split(chr(10), 1)[0]}" for number in found]
        return "\n".join([f"Found for '{query}':", *lines]) if lines else f"Nothing for '{query}'."


def _argument(call: Call, name: str) -> object:
    return call.arguments.get(name) if isinstance(call.arguments, Mapping) else None


class Searcher(Policy):
    """Looks for what is missing next and opens what it has not read, as far as memory tells.

    It keeps nothing between events: what it read before it knows only from the view. Beside each
    call it says what it has concluded, for its memory to hold.
    """

    def __init__(self) -> None:
        self._reader = ResearchReader()

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = max(at for at, one in enumerate(view) if one.content.startswith(EVENT))
        event = view[at].content
        texts = [message.content for message in view[1:]]
        query = self._reader.ask(event)
        if query is None:
            return _calling(SUBMIT, REFUSAL)
        known = Known(one for text in texts for one in self._reader.read(text))
        got = self._reader.answer(query, known)
        shelf = _Shelf("\n".join(texts), event)
        notes = "\n".join(dict.fromkeys([*map(self._reader.tell, got.used), shelf.note]))
        # What was concluded may be outranked: all that is listed about it is read first.
        for number in shelf.unread({one.subject for one in got.used}):
            return _calling(OPEN, number, notes)
        if isinstance(got, Found):
            return _calling(SUBMIT, got.answer)
        if got.query not in texts[at:]:
            return _calling(RECALL, got.query, notes)
        return _next(got.query, shelf, notes)


class Hasty(Searcher):
    """Believes the first document that it reads, and never asks its memory."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        at = max(at for at, one in enumerate(view) if one.content.startswith(EVENT))
        event = view[at].content
        texts = [message.content for message in view[1:]]
        query = self._reader.ask(event)
        if query is None:
            return _calling(SUBMIT, REFUSAL)
        told = (one for text in texts for one in self._reader.read(text))
        got = self._reader.answer(query, Known(told, first=True))
        if isinstance(got, Found):
            return _calling(SUBMIT, got.answer)
        return _next(got.query, _Shelf("\n".join(texts), event), "")


def searcher(name: str) -> Policy:
    """The locked reasoner of that name. Raises UnknownPart with the choices."""
    made: dict[str, type[Searcher]] = {"strong": Searcher, "weak": Hasty}
    if name not in made:
        raise UnknownPart("reasoner", name, made)
    return made[name]()


class _Shelf:
    """The documents that were listed and read, as far as a view tells."""

    def __init__(self, view: str, event: str) -> None:
        self.event = event
        self.question = event.split("Question: ", 1)[1].split("\n", 1)[0]
        self._listed = dict(_LISTING.findall(view))
        told = {number for line in _READ.findall(view) for number in line.split(", ")}
        stood = (
            n for n, head in self._listed.items() if view.startswith(head) or f"\n{head}" in view
        )
        self._read = told.union(stood)

    @property
    def note(self) -> str:
        """What was read, under the question, by which memory finds it again."""
        read = ", ".join(sorted(self._read, key=int))
        return f"Read for {self.question}\nDocuments {read}." if read else ""

    def unread(self, names: set[str]) -> Iterator[int]:
        """Listed documents about one of those names that were not read."""
        for number, head in self._listed.items():
            if head.split(" · ")[1] in names and number not in self._read:
                yield int(number)

    def next(self) -> int | None:
        """The first document of the event's list that was not read."""
        listed = (number for number, _ in _LISTING.findall(self.event))
        return next((int(number) for number in listed if number not in self._read), None)


def _next(query: str, shelf: _Shelf, notes: str) -> Message:
    """The first document listed that was not read; if all were, another search."""
    if (number := shelf.next()) is not None:
        return _calling(OPEN, number, notes)
    searches = list(_searches(query))
    last = _SEARCHED.search(shelf.event)
    at = searches.index(last[1]) + 1 if last and last[1] in searches else 0
    if at == len(searches):
        return _calling(SUBMIT, REFUSAL)
    return _calling(SEARCH, searches[at], notes)


def _searches(query: str) -> Iterator[str]:
    """A search, then ones that are narrower: for the name, and for the name with each word."""
    name, words = " ".join(query.split()[:2]), query.replace(",", "").split()[2:]
    yield query
    yield name
    yield from (f"{name} {word}" for word in dict.fromkeys(words) if len(word) > 3)


def _calling(tool: Tool, value: str | int, notes: str = "") -> Message:
    return Message("assistant", notes, (Call(tool.name, {_ARGUMENTS[tool.name]: value}, "1"),))
