"""A newcomer's first memory, the example of the documents, wrong in four ways.

They stand in a module of their own, so that another process can import them.
"""

import random
from collections.abc import Sequence

from examples.my_memory import MyMemory
from memorygym.core.types import Entry, Message


class ForgetsToDump(MyMemory):
    def dump(self) -> list[Entry]:
        return []


class KeepsItsOwnText(MyMemory):
    def observe(self, new: Sequence[Message]) -> None:
        texts = [*self._kept.texts.values(), *(f"- {m.content[-300:]}\n\n" for m in new)]
        self._kept.texts = dict(enumerate(texts[-3:]))

    def dump(self) -> list[Entry]:
        return [Entry(str(key), text) for key, text in self._kept.texts.items()]


class Shuffles(MyMemory):
    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        texts = list(self._kept.texts.values())
        random.shuffle(texts)
        return [Message("user", text) for text in texts[:5]]


class LooksUpNothing(MyMemory):
    def observe(self, new: Sequence[Message]) -> None:
        counts: dict[str, int] = {}
        for message in new:
            counts[message.role] += 1
