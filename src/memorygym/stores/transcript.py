"""Messages as a memory's entries: a line with the role and the calls, then the text.

What context memories (windows, condensers) keep: a message is one entry, read back to equality.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace

from memorygym.core import JSON, Call, Entry, Memory, Message, Meter, Role
from memorygym.frozen import canonical
from memorygym.stores.passages import Passages
from memorygym.tokens import normal, shown_tokens

_BLANK = re.compile(r"\s+")


def to_text(message: Message) -> str:
    """The entry of a message, normalised.

    >>> to_text(Message("tool", "found  it", call_id="c1"))
    'tool c1\\nfound it'
    """
    head: str = message.role
    if message.call_id:
        head += f" {message.call_id}"
    if message.calls:
        calls: JSON = [[call.name, call.arguments, call.id] for call in message.calls]
        head += f" {canonical(calls)}"
    return normal(f"{head}\n{message.content}")


def from_text(text: str) -> Message:
    """The message of an entry.

    >>> from_text(to_text(Message("assistant", "", (Call("look", {"a": 1}, "c1"),)))).calls[0].id
    'c1'
    """
    head, _, content = text.partition("\n")
    name, _, rest = head.partition(" ")
    role: Role = name  # type: ignore[assignment]  # to_text wrote it
    if rest.startswith("["):
        calls = tuple(Call(*call) for call in json.loads(rest))
        return Message(role, content, calls)
    return Message(role, content, (), rest)


class Transcript:
    """Every message that says or calls something, oldest first, each read back from its entry."""

    def __init__(self, passages: Passages) -> None:
        self.passages = passages
        self.messages: dict[int, Message] = {}

    def add(self, new: Sequence[Message]) -> None:
        """Stores messages; what the capacity cannot hold goes, the oldest first."""
        for message in new:
            if not _tells(message):
                continue
            text = to_text(message)
            key = self.passages.add(text)
            if len(self.messages) + (key is not None) > len(self.passages.texts):
                self._clear(key)
            if key is not None:
                self.messages[key] = from_text(text)

    def _clear(self, new: int | None) -> None:
        """Forgets what made room; its key may be that of the new message again."""
        kept = [key for key in self.passages.texts if key != new]
        self.messages = {key: self.messages[key] for key in kept}

    def drop(self, key: int) -> None:
        """Forgets a message."""
        self.passages.drop(key)
        del self.messages[key]

    def replace(self, key: int, message: Message) -> None:
        """Puts a shorter message in the place of one."""
        self.passages.replace(key, to_text(message))
        self.messages[key] = from_text(self.passages.texts[key])

    def past(self, live: Sequence[Message]) -> list[int]:
        """The keys of all messages but those of the running event, which stand in `live`, and those
        whose call or result the capacity took."""
        keys = list(self.messages)
        for message in reversed(live):
            if keys and _tells(message) and self.passages.texts[keys[-1]] == to_text(message):
                keys.pop()
        found, rest = [], iter(keys)
        for group in groups([self.messages[key] for key in keys]):
            own = [next(rest) for _ in group]
            if _whole(group):
                found += own
        return found

    def dump(self) -> list[Entry]:
        """All messages."""
        return self.passages.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        """Takes over a dump."""
        self.passages.restore(entries)
        self.messages = {key: from_text(text) for key, text in self.passages.texts.items()}


class Transcribed(Memory):
    """A memory whose entries are messages."""

    def open(self, meter: Meter) -> None:
        self._transcript = Transcript(Passages(meter))
        self._meter = meter

    def observe(self, new: Sequence[Message]) -> None:
        self._transcript.add(new)

    def dump(self) -> list[Entry]:
        return self._transcript.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._transcript.restore(entries)


def _tells(message: Message) -> bool:
    """Whether it says, calls or answers something; a result may be empty."""
    return bool(message.content.strip() or message.calls or message.role == "tool")


def _whole(group: Sequence[Message]) -> bool:
    """Whether every call of it has its result, and every result its call."""
    first, *results = group
    called = [call.id for call in first.calls]
    return first.role != "tool" and called == [result.call_id for result in results]


def groups(messages: Sequence[Message]) -> list[list[Message]]:
    """Messages in groups that must not be split: a message with calls and the results of them."""
    found: list[list[Message]] = []
    for message in messages:
        if message.role == "tool" and found and (found[-1][0].calls):
            found[-1].append(message)
        else:
            found.append([message])
    return found


def newest(
    messages: Sequence[Message], budget: int | None, price: Callable[[str], int]
) -> list[Message]:
    """The newest messages that fit the budget together, in order; no group is split."""
    if budget is None:
        return list(messages)
    found: list[Message] = []
    for group in reversed(groups(messages)):
        budget -= sum(shown_tokens(message, price) for message in group)
        if budget < 0:
            break
        found = group + found
    return found


def ending(message: Message, budget: int, price: Callable[[str], int]) -> Message | None:
    """The longest end of a message, from a blank on, that fits the budget; None if there is none,
    or if it calls something or answers a call.

    >>> from memorygym.tokens import count
    >>> ending(Message("user", "one two three"), 6, count).content
    'two three'
    """
    if message.calls or message.role == "tool":
        return None

    def end(start: int) -> Message:
        return replace(message, content=message.content[start:])

    starts = [blank.end() for blank in _BLANK.finditer(message.content)]
    at = bisect_left(starts, True, key=lambda start: shown_tokens(end(start), price) <= budget)
    return end(starts[at]) if at < len(starts) else None
