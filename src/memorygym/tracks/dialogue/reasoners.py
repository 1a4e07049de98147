"""The scripted reasoners: they act on the view alone, and fail where it lacks a fact.

The strong one reads all of it. The weak one imitates a small model: it reads only the first 700
tokens that concern a request, and believes the first statement of each fact.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from memorygym.agents.calls import END, ToolCall, calls, search, write
from memorygym.agents.reasoner_agent import MEMORY_TOOLS
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks._qa.turns import LiveTurn, attended
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY, Desk, words_of
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.env import HAND_OVER
from memorygym.tracks.dialogue.fact_reader import DialogueReader, reader_for
from memorygym.tracks.dialogue.offers import offers_in
from memorygym.tracks.dialogue.resolve import Request, Resolver, request_in

GIVE_UP: ToolCall = (HAND_OVER.name, {"reason": "what I need to know is not in my notes"})
ATTENTION = 700
"""Tokens that the weak reasoner reads a request."""


class Turn(LiveTurn):
    """The running turn in a view."""

    def __init__(self, view: Sequence[Message]) -> None:
        super().__init__(view)
        self.desk: Desk = desk_named(texts.desk_of(view[0].content))

    @cached_property
    def request(self) -> Request | None:
        return request_in(self.desk, self.text)

    @property
    def is_acted_on(self) -> bool:
        """Whether the tool of the request was called."""
        return any(self.request and call.name == self.request.action.tool for call in self.called)

    @cached_property
    def last(self) -> dict[str, str]:
        """By tool: what it returned last in this turn."""
        return dict(self.results())


class StrongClerk(Policy):
    """The reasoner that believes the whole view."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = Turn(view)
        listed = turn.last.get("search")
        if turn.request is None:
            wishes = words_of(turn.desk.look_up, turn.text)
            return calls(("search", wishes)) if wishes and listed is None else END
        return self._grant(turn, turn.request, listed)

    def _grant(self, turn: Turn, request: Request, listed: str | None) -> Message:
        facts = self.known(turn, request)
        resolver = Resolver(request, facts, lambda _: offers_in(turn.desk, listed or ""))
        if turn.is_acted_on:
            return Message("assistant", f"That is done. {resolver.says()}".strip())
        if request.chooses and listed is None:
            wishes = resolver.wishes()
            return calls(("search", wishes)) if wishes else calls(GIVE_UP)
        arguments = resolver.arguments()
        return calls(GIVE_UP if arguments is None else (request.action.tool, arguments))

    def known(self, turn: Turn, request: Request) -> StatementIndex:
        """The facts that the reasoner takes from the view."""
        return StatementIndex(_stated(turn, self._texts(turn)))

    def _texts(self, turn: Turn) -> Iterator[str]:
        """What the memory shows, and what tools returned in this turn."""
        yield from (m.content for m in turn.shown if m.role != "assistant" or m.content)
        yield from (m.content for m in turn.since if m.role == "tool")


class WeakClerk(StrongClerk):
    """The reasoner that reads little and believes what it reads first."""

    def known(self, turn: Turn, request: Request) -> StatementIndex:
        subjects = {CUSTOMER, POLICY, *request.words.values()}

        def concerns(text: str) -> bool:
            return any(fact.subject in subjects for fact in _reader(turn).read(text))

        read = attended(self._texts(turn), concerns, ATTENTION)
        return StatementIndex(_stated(turn, read), first=True)


REASONERS = {"strong": StrongClerk, "weak": WeakClerk}
"""The reasoners by name."""


class Clerk(Policy):
    """The note taker: writes down each fact, and looks up what a request may need."""

    def __init__(self, reasoner: Policy) -> None:
        self._reasoner = reasoner

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn, named = Turn(view), {tool.name for tool in tools} & MEMORY_TOOLS
        reader, planned = _reader(turn), list[ToolCall]()
        if "Write" in named:
            told = [turn.text] if not turn.request else []
            told += [text for name, text in turn.last.items() if name not in MEMORY_TOOLS]
            notes = (reader.render(fact) for text in told for fact in reader.read(text))
            planned += map(write, dict.fromkeys(notes))
        if "memory_search" in named and turn.request:
            planned += map(search, self._queries(turn, turn.request))
        earlier = [(call.name, call.arguments) for call in turn.called]
        new = [call for call in planned if call not in earlier]
        return calls(*new) if new else self._reasoner.act(view, tools)

    def _queries(self, turn: Turn, request: Request) -> Iterator[str]:
        """What a request may need: what it names, the customer's limits, and the rules."""
        yield turn.text
        if request.limited:
            yield ", ".join(limit.label for limit in turn.desk.limits)
        yield ", ".join(request.action.rules or [rule.label for rule in turn.desk.rules])


def _reader(turn: Turn) -> DialogueReader:
    return reader_for(turn.desk.name)


def _stated(turn: Turn, told: Iterable[str]) -> Iterator[Statement]:
    reader = _reader(turn)
    return (statement for text in told for statement in reader.read(text))
