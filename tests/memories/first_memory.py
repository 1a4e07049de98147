"""A newcomer's first memory, and the same wrong in five ways.

They stand in a module of their own, so that another process can import them.
"""

import random
from collections.abc import Sequence

from memorygym.core.errors import Refused
from memorygym.core.tokens import shown_tokens
from memorygym.core.types import Entry, Memory, MemoryContext, Message


class FirstMemory(Memory):
    """The newest texts that fit."""

    def open(self, context: MemoryContext) -> None:
        self.context = context
        self.texts: list[str] = []

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            if message.content.strip():
                self.add(message.content)

    def add(self, text: str) -> None:
        while True:
            try:
                self.texts.append(self.context.store(text))
            except Refused:
                if not self.texts:
                    return
                self.context.store("", replacing=self.texts.pop(0))
            else:
                return

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        present = {" ".join(message.content.split()) for message in live}
        chosen: list[Message] = []
        left = 10**9 if budget is None else budget
        for text in reversed(self.texts):
            message = Message("user", text)
            left -= shown_tokens(message, self.context.count)
            if left < 0:
                break
            if " ".join(text.split()) not in present:
                chosen.insert(0, message)
        return chosen

    def dump(self) -> list[Entry]:
        return [Entry(str(number), text) for number, text in enumerate(self.texts, start=1)]

    def restore(self, entries: Sequence[Entry]) -> None:
        self.texts = [entry.text for entry in entries]


class ReturnsNothing(FirstMemory):
    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        super().compose(live, budget)
        return None  # type: ignore[return-value]  # The defect: the value is not returned.


class ForgetsToDump(FirstMemory):
    def dump(self) -> list[Entry]:
        return []


class KeepsItsOwnText(FirstMemory):
    def add(self, text: str) -> None:
        self.texts = [*self.texts, f"- {text[-300:]}\n\n"][-3:]


class Shuffles(FirstMemory):
    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        chosen = [*super().compose(live, budget)]
        random.shuffle(chosen)
        return chosen


class LooksUpNothing(FirstMemory):
    def observe(self, new: Sequence[Message]) -> None:
        counts: dict[str, int] = {}
        for message in new:
            counts[message.role] += 1
