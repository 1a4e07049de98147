"""The running event in a view, and what a reasoner that imitates a small model reads of texts."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from memorygym.core.tokens import count
from memorygym.core.types import Call, Message


class LiveTurn:
    """The running event in a view: its message, and what has been done in it."""

    def __init__(self, view: Sequence[Message]) -> None:
        users = (i for i in reversed(range(len(view))) if view[i].role == "user")
        start = next(users, len(view) - 1)
        self.text = view[start].content
        self.shown = view[1:start]
        """What the memory shows before the event."""
        self.since = view[start + 1 :]

    @property
    def called(self) -> list[Call]:
        """The calls of tools so far."""
        return [call for message in self.since for call in message.calls]

    def results(self, *tools: str) -> list[tuple[str, str]]:
        """By tool: what those tools (default: all) returned in this event, in order."""
        names: dict[str, str] = {}
        results = []
        for message in self.since:
            names |= {call.id: call.name for call in message.calls}
            name = names.get(message.call_id, "")
            if message.role == "tool" and (not tools or name in tools):
                results.append((name, message.content))
        return results


def attended(parts: Iterable[str], is_relevant: Callable[[str], bool], most: int) -> Iterator[str]:
    """The first relevant parts, until they have so many tokens."""
    left = most
    for part in parts:
        if is_relevant(part):
            yield part
            left -= count(part)
            if left <= 0:
                return
