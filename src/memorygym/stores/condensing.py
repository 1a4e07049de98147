"""What condensers share: rules edit the past before it is shown, and each edit is for good."""

from collections.abc import Sequence
from typing import Protocol

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.history import History

HEAD = 3
"""A head that takes more than the third part of the room is no head: it goes as all else does."""


class Rule(Protocol):
    """Edits the past for good, so that it can be shown."""

    def __call__(self, history: History, budget: int | None) -> None: ...


class Condenser(Memory):
    """The past after its rules, within the budget."""

    def __init__(self, *rules: Rule, keep_first: int = 0) -> None:
        self.rules = rules
        self.keep_first = keep_first
        """Messages at the start that are shown before the newest, where both do not fit."""

    def open(self, meter: Meter) -> None:
        self._history = History(meter)

    def observe(self, new: Sequence[Message]) -> None:
        self._history.transcript.add(new)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        history = self._history
        history.turn(live)
        for rule in self.rules:
            rule(history, budget)
        if budget is not None and history.cost(history.past) > budget:
            self._keep_newest(budget)
        return [history.message(key) for key in history.past]

    def _keep_newest(self, budget: int) -> None:
        history = self._history
        head = history.head(self.keep_first)
        if history.cost(head) > budget // HEAD:
            head = []
        rest = [key for key in history.past if key not in head]
        tail = history.tail(rest, None, budget - history.cost(head))
        history.drop(rest[: len(rest) - len(tail)])

    def dump(self) -> list[Entry]:
        return self._history.transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._history.transcript.restore(entries)
