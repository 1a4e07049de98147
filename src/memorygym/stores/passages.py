"""Texts under keys in the order they came, within the capacity, and how they are shown again."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Protocol

from memorygym.core import Entry, Message, Meter
from memorygym.errors import Refused
from memorygym.tokens import MESSAGE_TOKENS, normal

HEADING = "From memory, oldest first:"
_BETWEEN = 3
"""What a blank line between two passages costs of the view."""


class Index(Protocol):
    """Search over texts under integer keys, incremental."""

    def set(self, key: int, text: str) -> None: ...
    def drop(self, key: int) -> None: ...
    def search(self, query: str, k: int) -> list[int]: ...


class Passages:
    """What a memory keeps of its own accord; beyond the capacity the oldest text makes room.

    Its indexes are told of every change.
    """

    def __init__(self, meter: Meter, *indexes: Index) -> None:
        self.texts: dict[int, str] = {}
        self.meter = meter
        self._indexes = indexes
        self._next = 1

    def add(self, text: str) -> int | None:
        """Stores a text and returns its key; None if it is empty or no memory of this capacity
        could hold it."""
        while True:
            try:
                admitted = self.meter.admit(text)
            except Refused:
                if not normal(text) or not self.texts:
                    return None
                self.drop(self.victim())
                continue
            key, self._next = self._next, self._next + 1
            self._set(key, admitted)
            return key

    def replace(self, key: int, text: str) -> None:
        """Puts another text under a key; the old one stays if the capacity refuses the new one."""
        with suppress(Refused):
            self._set(key, self.meter.admit(text, replacing=self.texts[key]))

    def drop(self, key: int) -> None:
        """Forgets the text under a key."""
        self.meter.admit("", replacing=self.texts.pop(key))
        for index in self._indexes:
            index.drop(key)

    def victim(self) -> int:
        """The key whose text makes room for a new one."""
        return next(iter(self.texts))

    def dump(self) -> list[Entry]:
        """All texts; the ids are the keys."""
        return [Entry(str(key), text) for key, text in self.texts.items()]

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump."""
        for entry in entries:
            self._set(int(entry.id), entry.text)
        self._next = max(self.texts, default=0) + 1

    def _set(self, key: int, text: str) -> None:
        self.texts[key] = text
        for index in self._indexes:
            index.set(key, text)


def asked(live: Sequence[Message]) -> str:
    """What memory is searched for: the newest message of the event that is no reply."""
    said = (message.content for message in reversed(live) if message.role in ("user", "tool"))
    return next(said, "")


def shown(
    ranked: Iterable[tuple[int, str]],
    live: Sequence[Message],
    budget: int | None,
    price: Callable[[str], int],
) -> tuple[Message, ...]:
    """One message with the best texts that fit the budget, in the order of their keys.

    `ranked` are keys and texts, best first. A text that stands in the live messages is left out;
    one that does not fit is passed over.
    """
    present = [normal(message.content) for message in live]
    room = None if budget is None else budget - MESSAGE_TOKENS - price(HEADING)
    chosen: dict[int, str] = {}
    for key, text in ranked:
        if any(text in said for said in present):
            continue
        if room is not None:
            cost = price(text) + _BETWEEN
            if cost > room:
                continue
            room -= cost
        chosen[key] = text
    if not chosen:
        return ()
    return (Message("user", "\n\n".join([HEADING, *(chosen[key] for key in sorted(chosen))])),)
