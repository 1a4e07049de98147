"""A memory in one file: it stores passages and shows those that share most words with the question.

memorygym compare --memory my_memory:MyMemory:size=80
"""

from collections.abc import Sequence

from memorygym.core.types import Entry, Memory, MemoryContext, Message
from memorygym.memories.stores.passages import Passages, best_message, query_of
from memorygym.memories.stores.splitter import passages


class MyMemory(Memory):
    def __init__(self, size: int = 120) -> None:
        self.size = size  # A parameter: its name, type and default are all that it takes.

    def open(self, context: MemoryContext) -> None:
        self._kept = Passages(context)  # Stores through context.store().
        self._count = context.count

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for text in passages(message.content, self.size, self._count):
                self._kept.add(text)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        words, texts = set(query_of(live).split()), self._kept.texts
        ranked = sorted(texts.items(), key=lambda item: -len(words & set(item[1].split())))
        return best_message(ranked, live, budget, self._count)  # The best that fit, oldest first.

    def dump(self) -> list[Entry]:
        return self._kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._kept.restore(entries)


if __name__ == "__main__":  # Imported here: a memory may not import what knows the answers.
    from memorygym.testing import check_memory

    assert check_memory(MyMemory) == []
    print("my_memory keeps every rule")
