"""Policies that carry over what they saw; in a module, so that a fresh process can import them."""

from collections.abc import Sequence
from typing import ClassVar

from memorygym.agents.calls import END, calls, submit
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.worlds.generator.instructions import REFUSAL
from memorygym.tracks.worlds.parsed_view import parse_view

STASH: dict[str, list[Statement]] = {}


class InItsClass(Policy):
    """Remembers all documents in its class, and begins anew with every game."""

    stash: ClassVar[dict[str, list[Statement]]] = {}

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = parse_view(view)
        if now.event == 0:
            self.stash[now.system] = []
        facts = self.stash.setdefault(now.system, [])
        if now.title != "QUESTION":
            facts.extend(now.reader.read(now.text))
            return END
        answer = now.query and now.reader.answer(now.query, StatementIndex(facts)).answer
        return calls(submit(answer or REFUSAL))


class InAModule(InItsClass):
    """Remembers them in its module."""

    stash = STASH


class Honest(Policy):
    """Refuses every question."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return calls(submit(REFUSAL)) if parse_view(view).title == "QUESTION" else END


def honest(_: object) -> Policy:
    return Honest()
