"""bm25: every passage is kept; those that match the words of the event best are shown.

Okapi BM25 (Robertson and Zaragoza 2009) as SQLite FTS5 computes it (k1 1.2, b 0.75), incremental.
Kept: ranking by words alone, `chunk_size` and `top_k`. Simplified: question words are dropped from
the query, and what is shown stands in the order it was told, not of its rank.
"""

from collections.abc import Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.errors import BadSettings
from memorygym.stores.fulltext import FullText
from memorygym.stores.passages import Passages, asked, shown
from memorygym.stores.splitting import passages


class BM25(Memory):
    """Passages under a full-text index."""

    def __init__(self, chunk_size: int = 512, top_k: int = 10) -> None:
        if chunk_size < 1 or top_k < 1:
            raise BadSettings(f"chunk_size {chunk_size}, top_k {top_k}: give at least 1")
        self.chunk_size = chunk_size
        self.top_k = top_k

    def open(self, meter: Meter) -> None:
        self._index = FullText()
        self._kept = Passages(meter, self._index)
        self._price = meter.count

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for text in passages(message.content, self.chunk_size, self._price):
                self._kept.add(text)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        found = self._index.search(asked(live), self.top_k)
        ranked = ((key, self._kept.texts[key]) for key in found)
        return shown(ranked, live, budget, self._price)

    def dump(self) -> list[Entry]:
        return self._kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._kept.restore(entries)


make = BM25
