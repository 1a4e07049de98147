"""lightmem-lite: a buffer, then notes by topic; LightMem without compression or sleep-time updates.

LightMem (Fang et al. 2025). Kept: the short-term buffer, read by one model call whenever it holds
`buffer_size` tokens, not one call per message; segmentation by topic; long-term entries of a
topic's facts, in the order of time; search for `top_k` entries.
Simplified: a topic is a heading, found by its form, not by attention; nothing is compressed before
the model reads it; the sleep-time update only merges equal entries, of which the newest stays;
waiting passages are searched as they are; an entry has at most about `entry_size` tokens; a topic
of which the model wrote nothing stays in its own words; search is by words, unless
`embedder` (hashed, minilm) adds vectors.
"""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from memorygym.core.errors import require_at_least
from memorygym.memories.stores import prompts
from memorygym.memories.stores.passages import Facts, Ranked
from memorygym.memories.stores.reply_parser import joined, topics
from memorygym.memories.stores.search.fusion import words_with

WAITING = "~"
"""The index of a passage that the model has not read yet."""


class LightMem(Ranked):
    """A buffer of passages, and notes by topic."""

    _kept: Facts

    def __init__(
        self,
        buffer_size: int = 1024,
        chunk_size: int = 512,
        entry_size: int = 128,
        top_k: int = 10,
        embedder: str = "none",
    ) -> None:
        index = words_with(embedder)
        super().__init__(chunk_size, top_k, lambda context: Facts(context, index()))
        require_at_least(1, buffer_size=buffer_size, entry_size=entry_size)
        self.buffer_size = buffer_size
        self.entry_size = entry_size

    def keep(self, passage: str) -> None:
        self._kept.mention(passage, WAITING)
        entries = self._kept.entries
        newest = list(takewhile(lambda key: entries[key].index == WAITING, reversed(entries)))
        if sum(self._context.count(entries[key].stored) for key in newest) >= self.buffer_size:
            self._read(newest[::-1])

    def _read(self, keys: Sequence[int]) -> None:
        """Has the model read the buffer, and replaces the buffer by its notes."""
        buffer = [self._kept.texts[key] for key in keys]
        text = joined(buffer)
        reply = self._context.write(prompts.facts(), text, 2 * self._context.count(text))
        for key in keys:
            self._kept.drop(key)
        for heading, sentences in topics(reply, buffer):
            for group in self._packed(heading, sentences):
                self._kept.mention(f"{heading}\n{' '.join(group)}")

    def _packed(self, heading: str, sentences: Sequence[str]) -> Iterator[list[str]]:
        """The sentences of a topic in groups, one for each entry."""
        held: list[str] = []
        room = most = self.entry_size - self._context.count(heading)
        for sentence in sentences:
            price = self._context.count(sentence)
            if held and price > room:
                yield held
                held, room = [], most
            held.append(sentence)
            room -= price
        yield held


make = LightMem
