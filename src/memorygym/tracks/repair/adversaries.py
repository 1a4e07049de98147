"""Policies that do without memory: they edit by guess, hand everything over, or trace anew.

A guess knows the operators, the form of an issue, and the sources; each must seldom be right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import END, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.rng import Stream, named_rng
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.repair import texts
from memorygym.tracks.repair.env import EDIT, ERROR, HAND_OVER, OPEN, SEARCH, SUBMIT, TRACE
from memorygym.tracks.repair.issues import Issue, Mending
from memorygym.tracks.repair.package import Function, functions_in
from memorygym.tracks.repair.reasoners import IssueTurn, StrongDebugger, edits_of

LOOKED_FOR = {"mend": "    return ", "error": "        raise ", "limit": " > 9", "name": "def "}
"""By kind of issue: what stands in the function that may have it."""


@dataclass
class EditGuesser(Policy):
    """Searches for functions that may have the bug, and makes the first edit that would mend one;
    it takes the function of the last issue with `again`."""

    again: bool = False
    _last: str = ""
    """The file of the last edit."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = IssueTurn(view)
        if not turn.issue:
            return StrongDebugger().act(view, tools)
        rng = named_rng("repair", "guess", turn.text, str(self.again))
        found, opened = turn.printed(SEARCH), turn.printed(OPEN)
        if any(call.name == EDIT.name for call in turn.called) or len(opened) > 1:
            return calls((SUBMIT.name, {}))
        if not found:
            return calls((SEARCH.name, {"text": LOOKED_FOR[turn.issue.kind]}))
        if not opened:
            places = [line.split(":")[0] for line in found[0].split("\n") if ".py:" in line]
            path = rng.choice(places) if places else "none.py"
            return calls((OPEN.name, {"path": (self.again and self._last) or path}))
        return self._edit(turn.issue, *source_in(opened[0]), rng)

    def _edit(self, issue: Issue, path: str, source: str, rng: Stream) -> Message:
        """The first edit of a function that has the line of the issue."""
        functions = [*functions_in(path, source)]
        rng.shuffle(functions)
        for function in functions:
            decision = Mending("", path, function.name, self._fact(issue, source, function, rng))
            for old, new in edits_of(issue, decision, function.of(source)):
                if old != new:
                    self._last = path
                    return calls((EDIT.name, {"path": path, "old": old, "new": new}))
        return calls((SUBMIT.name, {}))

    def _fact(self, issue: Issue, source: str, function: Function, rng: Stream) -> str:
        """A guess of what decides an edit."""
        if issue.kind == "name":
            words = rng.choice(texts.BIRDS), rng.choice(texts.WORKS)
            return f"{'_'.join(words).lower()}_v{rng.between(2, 9)}"
        if issue.kind == "limit":
            return str(rng.between(90_013, 91_887))
        imported = [
            line.partition(" import ")[2].split(", ")
            for line in source.split("\n")
            if line.startswith("from ")
        ]
        return rng.choice(max([*imported, ["ValueError"]], key=len))


def source_in(text: str) -> tuple[str, str]:
    """The path and the source of what `open_file` printed; "" if it printed none."""
    head, _, source = text.partition("\n")
    return head.strip("[]"), "" if " lines; " in head or text.startswith(ERROR) else source


class HandOver(Policy):
    """Hands every issue over to somebody."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = IssueTurn(view)
        rng = named_rng("repair", "hand over", turn.text)
        owner = f"{rng.choice(texts.FIRST)} {rng.choice(texts.LAST)}"
        return calls((HAND_OVER.name, {"to": owner})) if turn.issue else END


class Tracer(StrongDebugger):
    """Traces the service again, whatever it costs, then goes on."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = IssueTurn(view)
        if turn.issue and turn.issue.service and not turn.called:
            return calls((TRACE.name, {"service": turn.issue.service}))
        return super().act(view, tools)


GUESSES: Mapping[str, Callable[[], Policy]] = {
    "silent": Silent,
    "hand over": HandOver,
    "trace again": Tracer,
    "mutate back": EditGuesser,
    "mutate back where last": lambda: EditGuesser(again=True),
}
"""The strategies without memory, by name."""
