"""The scripted debuggers: they act on the view alone, and hand over what it does not tell them.

The strong one reads all of it and checks every edit. The weak one imitates a small model: it reads
only the first 700 tokens that concern an issue, believes the first statement of each fact, and
submits its first edit.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from memorygym.agents.calls import END, ToolCall, calls
from memorygym.agents.reasoner_agent import NoteTaker
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import Call, Message, Policy, Tool
from memorygym.tracks._qa.turns import LiveTurn, attended
from memorygym.tracks.repair import texts
from memorygym.tracks.repair.env import EDIT, ERROR, HAND_OVER, OPEN, RUN, SUBMIT, TOOLS, TRACE
from memorygym.tracks.repair.fact_reader import KEYS, reader_for
from memorygym.tracks.repair.issues import Issue, IssueResolver, Mending, issue_in
from memorygym.tracks.repair.services import GUARD, candidates

ATTENTION = 700
"""Tokens that the weak debugger reads for an issue."""
GIVE_UP: ToolCall = (HAND_OVER.name, {"to": "whoever knows it"})
_TOOL_NAMES = {tool.name for tool in TOOLS}


class IssueTurn(LiveTurn):
    """The running event in a view."""

    @cached_property
    def issue(self) -> Issue | None:
        return issue_in(self.text)

    @property
    def called(self) -> list[Call]:
        """The calls of the environment's tools so far."""
        return [call for call in super().called if call.name in _TOOL_NAMES]

    def printed(self, tool: Tool) -> list[str]:
        """What a tool printed in this event, in order."""
        return [text for _, text in self.results(tool.name)]


class StrongDebugger(Policy):
    """The reasoner that believes the whole view, and checks its edits."""

    checks = True

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = IssueTurn(view)
        if turn.issue:
            return self._work(turn, turn.issue)
        if turn.called:
            return END
        if turn.text.startswith(texts.INCIDENT):
            return calls((TRACE.name, {"service": texts.named_in(turn.text)}))
        if turn.text.startswith(texts.READ):
            return calls(opening(*texts.named_in(turn.text).split("::")))
        return END

    def _work(self, turn: IssueTurn, issue: Issue) -> Message:
        resolver = IssueResolver(issue, self.known(turn, issue))
        decision = resolver.decision()
        if decision is None:
            return calls(GIVE_UP)
        if decision.owner:
            return calls((HAND_OVER.name, {"to": decision.owner}))
        opened = turn.printed(OPEN)
        if not opened:
            # What is written beside a call stays in view, whatever the memory shows next.
            notes = "\n".join(map(reader_for().render, resolver.used.values()))
            call = calls(opening(decision.path, decision.function))
            return Message("assistant", notes, call.calls)
        if opened[0].startswith(ERROR):  # It was told of a place that is none.
            return calls(GIVE_UP)
        edits = [*edits_of(issue, decision, opened[0].partition("\n")[2])]
        return self._next(turn, decision, edits)

    def _next(
        self, turn: IssueTurn, decision: Mending, edits: Sequence[tuple[str, str]]
    ) -> Message:
        """The next edit, test run or submission."""
        tried = sum(call.name == EDIT.name for call in turn.called)
        runs = turn.printed(RUN)
        is_checked = len(edits) > 1 and self.checks
        if tried and is_checked and len(runs) < tried:
            return calls((RUN.name, {"profile": decision.fact}))
        is_done = tried and (not is_checked or runs[-1].endswith(" 0 failed"))
        if is_done or tried >= len(edits):
            return calls((SUBMIT.name, {}))
        old = edits[tried - 1][1] if tried else edits[0][0]
        edit = {"path": decision.path, "old": old, "new": edits[tried][1]}
        return calls((EDIT.name, edit))

    def known(self, turn: IssueTurn, issue: Issue) -> StatementIndex:
        """The facts that the reasoner takes from the view."""
        return StatementIndex(_stated(self._texts(turn)))

    def _texts(self, turn: IssueTurn) -> Iterator[str]:
        """What the memory shows, and what this event showed before and after it."""
        yield from (m.content for m in turn.shown if m.content)
        yield from (m.content for m in turn.since if m.content)


class WeakDebugger(StrongDebugger):
    """The reasoner that reads little, believes what it reads first, and checks nothing."""

    checks = False

    def known(self, turn: IssueTurn, issue: Issue) -> StatementIndex:
        read = attended(self._texts(turn), partial(_concerns, issue), ATTENTION)
        return StatementIndex(_stated(read), first=True)


def opening(path: str, function: str = "") -> ToolCall:
    """The call that prints a source file, or a function of it."""
    return OPEN.name, {"path": path, **({"function": function} if function else {})}


def edits_of(issue: Issue, decision: Mending, code: str) -> Iterator[tuple[str, str]]:
    """The edits that may mend an issue: the function's code before and after."""
    outer, _, _ = decision.function.rpartition(".")
    lines, at = code.split("\n"), max(issue.line - 1, 0)
    if at >= len(lines):
        return
    if issue.kind == "name":
        yield code, f"{code}\n\n\n{decision.fact} = {decision.function}"
        return
    if issue.kind == "mend":
        # The lines of a method are indented.
        source = f"class {outer}:\n{code}" if outer else code
        for edit in candidates(decision.path, source, decision.function, issue.line):
            yield code, "\n".join([*lines[:at], edit.new, *lines[at + 1 :]])
        return
    if issue.kind == "error":
        before, _, rest = lines[at].partition("raise ")
        new = f"{before}raise {decision.fact}({rest.partition('(')[2]}"
    else:
        new = GUARD.sub(rf"\g<1>{decision.fact}\3", lines[at])
    yield code, "\n".join([*lines[:at], new, *lines[at + 1 :]])


def _concerns(issue: Issue, text: str) -> bool:
    name = issue.service or issue.job
    return any(name in (fact.subject, fact.value) for fact in reader_for().read(text))


REASONERS = {"strong": StrongDebugger, "weak": WeakDebugger}
"""The reasoners by name."""


class Keeper(NoteTaker):
    """The note taker: it searches for what an issue names, then for the service behind its job."""

    def queries(self, live: Sequence[Message], texts: Sequence[str]) -> Iterator[str]:
        issue = issue_in(texts[0])
        if issue:
            yield texts[0]
            index = StatementIndex(_stated(m.content for m in live[1:]))
            service = IssueResolver(issue, index).service
            if service and not issue.service:
                yield f"{service} {' '.join(key.code for key in KEYS)}"


def _stated(told: Iterable[str]) -> Iterator[Statement]:
    reader = reader_for()
    return (statement for text in told for statement in reader.read(text))
