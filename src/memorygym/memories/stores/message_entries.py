"""Messages as a memory's entries: a line with the role and the calls, then the text.

What context memories (windows, condensers) keep: a message is one entry, read back to equality.
"""

import json
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from memorygym.core.json_values import canonical
from memorygym.core.tokens import normalize, shown_tokens
from memorygym.core.types import JSON, Call, Entry, MemoryContext, Message, Role
from memorygym.memories.stores.passages import PassageMemory, Passages

_BLANK = re.compile(r"\s+")


def to_text(message: Message) -> str:
    """The entry of a message, normalised.

    >>> to_text(Message("tool", "found  it", call_id="c1"))
    'tool #c1\\nfound it'
    """
    head: str = message.role
    if message.call_id:
        head += f" #{message.call_id}"
    if message.calls:
        calls: JSON = [[call.name, call.arguments, call.id] for call in message.calls]
        head += f" {canonical(calls)}"
    return normalize(f"{head}\n{message.content}")


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
    return Message(role, content, (), rest.removeprefix("#"))


class Transcript(Passages):
    """Every message that says or calls something, oldest first, each read back from its entry."""

    def __init__(self, context: MemoryContext) -> None:
        super().__init__(context)
        self.messages: dict[int, Message] = {}

    def drop(self, key: int) -> None:
        """Forgets a message."""
        super().drop(key)
        del self.messages[key]

    def before(self, live: Sequence[Message]) -> list[int]:
        """The keys of all messages but those of the running event, which stand in `live`, and those
        whose call or result the capacity took."""
        rest = dict(self.messages)
        for message in reversed(live):
            if (
                rest
                and has_content(message)
                and self.texts[next(reversed(rest))] == to_text(message)
            ):
                rest.popitem()
        key_groups = groups(rest)
        return [key for group in key_groups if self._is_whole(group) for key in group]

    def select(self, keys: Iterable[int]) -> dict[int, Message]:
        """The messages under those keys."""
        return {key: self.messages[key] for key in keys}

    def _is_whole(self, group: Sequence[int]) -> bool:
        """Whether every call of it has its result, and every result its call."""
        first = self.messages[group[0]]
        called = [call.id for call in first.calls]
        return first.role != "tool" and called == [self.messages[key].call_id for key in group[1:]]

    def _set(self, entry: Entry) -> None:
        super()._set(entry)
        self.messages[int(entry.id)] = from_text(entry.text)


class TranscriptMemory(PassageMemory):
    """A memory whose entries are messages."""

    holds = Transcript
    _kept: Transcript

    def observe(self, new: Sequence[Message]) -> None:
        for message in filter(has_content, new):
            self._kept.add(to_text(message))


def has_content(message: Message) -> bool:
    """Whether it says, calls or answers something; a result may be empty."""
    return bool(message.content.strip() or message.calls or message.role == "tool")


def groups(messages: Mapping[int, Message]) -> list[list[int]]:
    """Keys in groups that must not be split: of a message with calls and the results of them."""
    key_groups: list[list[int]] = []
    for key, message in messages.items():
        if message.role == "tool" and key_groups and messages[key_groups[-1][0]].calls:
            key_groups[-1].append(key)
        else:
            key_groups.append([key])
    return key_groups


def newest(
    messages: Mapping[int, Message],
    room: int | None,
    price: Callable[[str], int],
    most: int | None = None,
) -> list[int]:
    """The keys of the newest messages that fit the room together: at most `most`, but at least a
    group, and no group is split."""
    if room is None and most is None:
        return list(messages)
    kept: list[int] = []
    for group in reversed(groups(messages)):
        if kept and most is not None and len(kept) + len(group) > most:
            break
        if room is not None:
            room -= sum(shown_tokens(messages[key], price) for key in group)
            if room < 0:
                break
        kept = group + kept
    return kept


def ending(message: Message, budget: int, price: Callable[[str], int]) -> Message | None:
    """The longest end of a message, from a blank on, that fits the budget; None if there is none,
    or if it calls something or answers a call.

    >>> from memorygym.core.tokens import count
    >>> ending(Message("user", "one two three"), 6, count).content
    'two three'
    """
    if message.calls or message.role == "tool":
        return None

    def end(start: int) -> Message:
        return replace(message, content=message.content[start:])

    starts = [blank.end() for blank in _BLANK.finditer(message.content)]
    first = bisect_left(starts, True, key=lambda start: shown_tokens(end(start), price) <= budget)
    return end(starts[first]) if first < len(starts) else None


def fitting(
    messages: Mapping[int, Message], room: int | None, price: Callable[[str], int]
) -> dict[int, Message]:
    """The newest messages that fit the room together; if none does, the end of the newest."""
    kept = {key: messages[key] for key in newest(messages, room, price)}
    if not kept and messages and room is not None:
        end = ending(messages[max(messages)], room, price)
        kept = {max(messages): end} if end else {}
    return kept
