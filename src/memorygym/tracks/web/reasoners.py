"""The scripted clerks: they act only on what is in view."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from memorygym.agents.calls import END, ToolCall, calls
from memorygym.agents.reasoner_agent import NoteTaker
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks._qa.defaults import RECALL
from memorygym.tracks._qa.reasoners import queries_of, recall_as_search
from memorygym.tracks._qa.turns import LiveTurn, attended
from memorygym.tracks.web import texts
from memorygym.tracks.web.app import App
from memorygym.tracks.web.apps import app_named
from memorygym.tracks.web.browser import CLICK, GOTO, SELECT, STOP, TOOLS, TYPE
from memorygym.tracks.web.errands import AskedForm, Filled, FormResolver, asked_in
from memorygym.tracks.web.fact_reader import WebReader, reader_for
from memorygym.tracks.web.site import SAVED, section

ATTENTION = 1_000
"""Tokens of relevant text that the weak clerk reads for a form."""
ELEMENT = re.compile(r'- \[(\d+)\] (\w+) "(.*?)"(?:: (.*))?')
_PAGES = {tool.name for tool in TOOLS}
STOPPED: ToolCall = (STOP.name, {})


class ErrandTurn(LiveTurn):
    """The running event in a view."""

    def __init__(self, view: Sequence[Message]) -> None:
        super().__init__(view)
        self.app: App = app_named(texts.app_of(view[0].content))

    @cached_property
    def asked(self) -> list[AskedForm]:
        return asked_in(self.app, self.text)

    @property
    def saved(self) -> int:
        """How many forms have been saved in this event."""
        return sum(SAVED in text for _, text in self.results(*_PAGES))

    @property
    def page(self) -> str:
        """The page as it was last shown; "" before the first."""
        return ([""] + [text for _, text in self.results(*_PAGES)])[-1]

    @property
    def queries(self) -> list[str]:
        """What the memory was asked for in this event."""
        return queries_of(self.since)


class StrongVisitor(Policy):
    """The reasoner that believes the whole view, and asks memory for what is missing."""

    recalls = True

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = ErrandTurn(view)
        if turn.asked:
            return self._run(turn, turn.asked[min(turn.saved, len(turn.asked) - 1)])
        if turn.text.startswith(texts.READ) and not turn.page:
            return calls((GOTO.name, {"address": texts.named_in(turn.text)}))
        return END

    def _run(self, turn: ErrandTurn, asked: AskedForm) -> Message:
        """The next step for a form of an errand: the first that is not yet saved, or the last."""
        resolver = FormResolver(asked, self.known(turn, asked))
        filled = resolver.filled()
        # What is written beside a call stays in view, whatever the memory shows next.
        notes = "\n".join(map(reader_for(turn.app.name).render, resolver.used.values()))
        if filled is None:
            query = resolver.missing
            if not self.recalls or query in turn.queries:
                return calls(STOPPED)
            return Message("assistant", notes, calls((RECALL.name, {"query": query})).calls)
        call = next_call(turn, asked, filled)
        begins = not turn.page or (SAVED in turn.page and call != STOPPED)
        return Message("assistant", notes, calls(call).calls) if begins else calls(call)

    def known(self, turn: ErrandTurn, asked: AskedForm) -> StatementIndex:
        """The facts that the reasoner takes from the view."""
        return StatementIndex(_stated(reader_for(turn.app.name), self._texts(turn)))

    def _texts(self, turn: ErrandTurn) -> Iterator[str]:
        """What the memory shows, and what this event showed before and after it."""
        yield from (m.content for m in (*turn.shown, *turn.since) if m.content)


class WeakVisitor(StrongVisitor):
    """The reasoner that reads little, believes what it reads first, and asks for nothing."""

    recalls = False

    def known(self, turn: ErrandTurn, asked: AskedForm) -> StatementIndex:
        reader, texts = reader_for(turn.app.name), [*self._texts(turn)]
        named = " ".join(asked.words.values())
        described = next((f.subject for f in _stated(reader, texts) if f.text in named), "")

        def concerns(text: str) -> bool:
            """Whether a text states something of a record that the form is about."""
            return any(f.subject == described or f.subject in named for f in reader.read(text))

        return StatementIndex(_stated(reader, attended(texts, concerns, ATTENTION)), first=True)


def next_call(turn: ErrandTurn, asked: AskedForm, filled: Filled) -> ToolCall:
    """The next step towards a form of an errand, in it, and out of the last one."""
    if turn.saved >= len(turn.asked):
        return STOPPED
    page = turn.page
    known = [match.groups() for match in ELEMENT.finditer(page)]
    by_name = {(role, name): (int(number), value) for number, role, name, value in known}
    for label, value in filled.fields.items():
        box = by_name.get(("textbox", label))
        if box and (box[1] or "").strip('"') != value:
            return TYPE.name, {"element": box[0], "text": value}
        box = by_name.get(("combobox", label))
        if box and f'option "{value}" [selected]' not in page:
            return SELECT.name, {"element": box[0], "option": value}
    wanted = ["Save", "Next", filled.form, filled.record, section(asked.form.type), turn.app.title]
    for name in wanted:
        role = "button" if name in ("Save", "Next") else "link"
        if box := by_name.get((role, name)):
            return CLICK.name, {"element": box[0]}
    return GOTO.name, {"address": "/"}


REASONERS = {"strong": StrongVisitor, "weak": WeakVisitor}
"""The reasoners by name."""


class ErrandNoteTaker(NoteTaker):
    """The note taker: it searches for an errand, then for what is missing."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return recall_as_search(super().act(view, tools), tools)

    def queries(self, live: Sequence[Message], texts: Sequence[str]) -> Iterator[str]:
        yield texts[0]


def _stated(reader: WebReader, told: Iterable[str]) -> Iterator[Statement]:
    return (statement for text in told for statement in reader.read(text))
