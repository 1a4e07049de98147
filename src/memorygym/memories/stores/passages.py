"""Texts under keys, in the order of arrival and within the capacity; messages that show them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Protocol

from memorygym.core.errors import Refused, require_at_least
from memorygym.core.tokens import MESSAGE_TOKENS, normalize
from memorygym.core.types import Entry, Memory, MemoryContext, Message
from memorygym.memories.stores.splitter import headed, passages

HEADING = "From memory, oldest first:"
_BETWEEN = 3
"""What a blank line between two passages costs of the view."""


class Index(Protocol):
    """Search over texts under integer keys, incremental."""

    def set(self, key: int, text: str) -> None:
        """Adds the text, or replaces the one under that key."""

    def drop(self, key: int) -> None:
        """Removes the text under that key."""

    def search(self, query: str, k: int) -> list[int]:
        """The keys of the k texts that match best, best first; ties go to the smaller key."""


class Passages:
    """Texts that a memory stores without tools; beyond the capacity the oldest text is dropped.

    The index, if there is one, follows every change.
    """

    def __init__(self, context: MemoryContext, index: Index | None = None) -> None:
        self.texts: dict[int, str] = {}
        self.entries: dict[int, Entry] = {}
        self.context = context
        self._index = index

    def add(self, text: str, index: str = "") -> int | None:
        """Stores a text with its index (see Entry) and returns its key; None, and nothing is lost,
        if both are empty or no memory of this capacity could hold them."""
        new = Entry("", normalize(text), normalize(index))
        gone: list[Entry] = []
        while True:
            try:
                self.context.store(new.stored)
            except Refused:
                if new.stored and self.texts:
                    gone.append(self.entries[self.victim()])
                    self.drop(int(gone[-1].id))
                    continue
                for old in sorted(gone, key=lambda entry: int(entry.id)):
                    self.context.store(old.stored)
                    self._set(old)
                return None
            key = next(reversed(self.texts), 0) + 1
            self._set(replace(new, id=str(key)))
            return key

    def replace(self, key: int, text: str, index: str = "") -> None:
        """Puts another text under a key; the old one stays if the capacity refuses the new one."""
        new = Entry(str(key), normalize(text), normalize(index))
        with suppress(Refused):
            self.context.store(new.stored, replacing=self.entries[key].stored)
            self._set(new)

    def drop(self, key: int) -> None:
        """Forgets the text under a key."""
        self.context.store("", replacing=self.entries.pop(key).stored)
        del self.texts[key]
        if self._index is not None:
            self._index.drop(key)

    def search(self, query: str, k: int) -> list[int]:
        """The keys of the k texts that match best, best first; none without an index."""
        return [] if self._index is None else self._index.search(query, k)

    def victim(self) -> int:
        """The key whose text makes room for a new one."""
        return next(iter(self.texts))

    def dump(self) -> list[Entry]:
        """All texts; the ids are the keys."""
        return list(self.entries.values())

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump."""
        for entry in entries:
            self._set(entry)

    def _set(self, entry: Entry) -> None:
        key = int(entry.id)
        old, self.entries[key] = self.entries.get(key), entry
        self.texts[key] = entry.text
        if self._index is not None:
            words = self.searched(entry)
            if old is None or self.searched(old) != words:
                self._index.set(key, words)

    def searched(self, entry: Entry) -> str:
        """What the index searches of an entry: all that it keeps."""
        return entry.stored


class Facts(Passages):
    """Texts in the order of their last mention: a text that is mentioned again moves to the end."""

    def __init__(self, context: MemoryContext, index: Index) -> None:
        super().__init__(context, index)
        self.keys: dict[str, int] = {}

    def mention(self, fact: str, index: str = "") -> None:
        """Stores a fact, or moves it to the end."""
        fact = normalize(fact)
        if fact in self.keys:
            self.drop(self.keys[fact])
        self.add(fact, index)

    def drop(self, key: int) -> None:
        """Forgets a fact."""
        del self.keys[self.texts[key]]
        super().drop(key)

    def _set(self, entry: Entry) -> None:
        super()._set(entry)
        self.keys[entry.text] = int(entry.id)


def query_of(live: Sequence[Message]) -> str:
    """The search query: the newest message of the event that is no reply.

    Its heading is left out, because it only states the message's place in the stream.
    """
    texts = (message.content for message in reversed(live) if message.role in ("user", "tool"))
    return headed(normalize(next(texts, "")))[1]


def wanted(search: Callable[[str, int], list[int]], live: Sequence[Message], k: int) -> list[int]:
    """The keys that a search finds for the live messages, best first: twice k, for the best
    matches often stand in those messages."""
    return search(query_of(live), 2 * k)


def best_message(
    ranked: Iterable[tuple[int, str]],
    live: Sequence[Message],
    budget: int | None,
    price: Callable[[str], int],
    most: int | None = None,
) -> tuple[Message, ...]:
    """One message with the best texts that fit the budget, in the order of their keys.

    `ranked` are keys and texts, best first, of which the first `most` are tried. A text that stands
    in the live messages is left out; one that does not fit is passed over.
    """
    return as_message(fitting(islice(unseen(ranked, live), most), budget, price))


def unseen(ranked: Iterable[tuple[int, str]], live: Sequence[Message]) -> Iterator[tuple[int, str]]:
    """The texts that do not stand in the live messages: a part of a paragraph stands there if one
    message holds its heading and its sentences, on whatever lines."""
    present = [_unbroken(normalize(message.content)) for message in live]
    for key, text in ranked:
        head, body = map(_unbroken, headed(text))
        if not any(head in live_text and body in live_text for live_text in present):
            yield key, text


def _unbroken(text: str) -> str:
    return " ".join(text.split())


def fitting(
    ranked: Iterable[tuple[int, str]], budget: int | None, price: Callable[[str], int]
) -> dict[int, str]:
    """Those of the ranked texts that fit the budget as one message, the better ones first."""
    room = None if budget is None else budget - MESSAGE_TOKENS - price(HEADING)
    chosen: dict[int, str] = {}
    for key, text in ranked:
        if room is not None:
            cost = price(text) + _BETWEEN
            if cost > room:
                continue
            room -= cost
        chosen[key] = text
    return chosen


def as_message(texts: Mapping[int, str]) -> tuple[Message, ...]:
    """One message with the texts in the order of their keys; none if there is no text."""
    if not texts:
        return ()
    return (Message("user", "\n\n".join([HEADING, *(texts[key] for key in sorted(texts))])),)


class PassageMemory(Memory):
    """The base of memories whose only state is passages; a subclass says what they are."""

    holds: Callable[[MemoryContext], Passages]
    """Makes the empty store of an episode or session."""
    _kept: Passages

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self._kept = self.holds(context)

    def dump(self) -> list[Entry]:
        return self._kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._kept.restore(entries)


class Ranked(PassageMemory):
    """Texts that a search ranks for the newest message of the event; a subclass says which."""

    def __init__(
        self, chunk_size: int, top_k: int, holds: Callable[[MemoryContext], Passages]
    ) -> None:
        require_at_least(1, chunk_size=chunk_size, top_k=top_k)
        self.holds = holds
        self.chunk_size = chunk_size
        self.top_k = top_k

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for passage in passages(message.content, self.chunk_size, self._context.count):
                self.keep(passage)

    def keep(self, passage: str) -> None:
        """Stores a passage, or what the memory makes of it."""
        self._kept.add(passage)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return as_message(self.selected(live, budget))

    def selected(self, live: Sequence[Message], budget: int | None) -> dict[int, str]:
        """The texts that are shown, by key."""
        keys = wanted(self._kept.search, live, self.top_k)
        ranked = ((key, self._kept.texts[key]) for key in keys)
        return fitting(islice(unseen(ranked, live), self.top_k), budget, self._context.count)


class Retrieval(Ranked):
    """Passages under an index."""

    def __init__(self, index: Callable[[], Index], chunk_size: int, top_k: int) -> None:
        super().__init__(chunk_size, top_k, lambda context: Passages(context, index()))
        self.index = index
        """Makes a new, empty index of the kind that it searches."""
