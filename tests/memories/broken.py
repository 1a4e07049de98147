"""Memories, each with one defect, in a module that a fresh process can import."""

from collections.abc import Mapping, Sequence
from itertools import count as counter
from typing import ClassVar

from memorygym.core.tokens import normalize
from memorygym.core.types import JSON, Entry, MemoryContext, Message
from memorygym.memories.markdown import Markdown
from memorygym.memories.recency import Recency
from memorygym.memories.stores.passages import PassageMemory, Passages


class Scrap(Markdown):
    """Stores nothing but the first letter of what is written."""

    def call(self, name, arguments):
        if name == "Write":
            arguments = {"content": str(arguments["content"])[:1]}
        return super().call(name, arguments)


class Gossip(Recency):
    """Shows the last message that another memory of its class observed."""

    observed: ClassVar[list[Message]] = []

    def open(self, context: MemoryContext) -> None:
        super().open(context)
        self._news = self.observed[-1:]

    def observe(self, new: Sequence[Message]) -> None:
        super().observe(new)
        self.observed.extend(message for message in new if "[Harbor ledger" in message.content)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return (*super().compose(live, budget and budget // 2), *self._news)


class Unpriced(Recency):
    """Counts the texts of messages and nothing else."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        messages = self._kept.messages
        kept: list[Message] = []
        left = budget or 0
        for key in reversed(self._kept.before(live)):
            left -= self._context.count(messages[key].content)
            if budget is not None and left < 0:
                break
            kept.insert(0, messages[key])
        return kept


class Understating(Recency):
    """Reports the beginnings of texts and holds the whole."""

    def dump(self) -> list[Entry]:
        return [Entry(entry.id, entry.text.split(" keeps ")[0]) for entry in super().dump()]


class Counting(Recency):
    """Counts its views and shows the count from the fifth on; no dump holds it."""

    def open(self, context: MemoryContext) -> None:
        super().open(context)
        self._views = counter()

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        shown = super().compose(live, budget and budget - 10)
        return (*shown, Message("user", "often")) if next(self._views) > 4 else shown


class Splitting(Recency):
    """Shows the newest messages, whatever belongs together."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        kept = super().compose(live, budget)
        return [message for message in kept if not message.calls]


class Echo(Recency):
    """Shows the event again before the event."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        return super().compose((), budget)


class Meddling(Recency):
    """Rewrites what is live behind the back of its class."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        shown = super().compose(live, budget)
        object.__setattr__(live[0], "content", "Nothing happened.")
        return shown


class Batching(PassageMemory):
    """Keeps what comes together as one text."""

    holds = Passages

    def observe(self, new: Sequence[Message]) -> None:
        self._kept.add(" ".join(message.content for message in new))

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        present = {normalize(message.content) for message in live}
        texts = [text for text in self._kept.texts.values() if text not in present]
        return [Message("user", text) for text in texts[:1]]


class Resummarising(Recency):
    """Has its whole history summarised at every step."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        messages = self._kept.messages
        past = "\n".join(messages[key].content for key in self._kept.before(live))
        summary = self._context.write("Task: summary", past, 60) if past else ""
        return [Message("user", summary)] if summary else []


class Trusting(Resummarising):
    """Takes it that its model always writes something."""

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        shown = super().compose(live, budget)
        return [shown[0]] if self._kept.before(live) else []


class Shared(Markdown):
    """Keeps the entries of all episodes in one place."""

    recorded: list[str] = []  # noqa: RUF012  # The defect: state of the class.

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        self.recorded.append(str(arguments))
        return super().call(name, arguments) + f" of {len(self.recorded)}"


class Amnesiac(Markdown):
    """Forgets the last entry when it is restored."""

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore(entries[:-1])
