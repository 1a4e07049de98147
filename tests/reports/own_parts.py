"""A memory and an agent as a user writes them."""

from collections.abc import Sequence

from memorygym import Entry, Memory, MemoryContext, Message, Policy, Tool


class LastMessages(Memory):
    """A memory that shows the newest messages that fit."""

    def __init__(self, most: int = 1000) -> None:
        self.most = most

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self._texts: list[str] = []

    def observe(self, new: Sequence[Message]) -> None:
        self._texts += [self._context.store(m.content) for m in new if m.content.strip()]

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        left, shown = min(self.most, budget or self.most), list[Message]()
        for text in reversed(self._texts):
            left -= self._context.count(text) + 10
            if left < 0:
                break
            shown.insert(0, Message("user", text))
        return shown

    def dump(self) -> list[Entry]:
        return [Entry(str(at), text) for at, text in enumerate(self._texts, start=1)]

    def restore(self, entries: Sequence[Entry]) -> None:
        self._texts = [entry.text for entry in entries]


class Broken(LastMessages):
    """A memory that raises an error when it is to compose."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        raise KeyError("lost")


class Silent(Policy):
    """An agent that never answers."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return Message("assistant", "")


class NoPart:
    """Neither a memory nor an agent."""
