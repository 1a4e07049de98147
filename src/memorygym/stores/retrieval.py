"""What retrieval memories share: every passage is kept under an index, and the best are shown."""

from collections.abc import Callable, Sequence
from itertools import islice

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import Index, Passages, asked, fitting, told, unseen
from memorygym.stores.splitting import passages


class Retrieval(Memory):
    """Passages under an index, which is searched for the newest message of the event."""

    def __init__(self, index: Callable[[], Index], chunk_size: int, top_k: int) -> None:
        at_least(1, chunk_size=chunk_size, top_k=top_k)
        self._make = index
        self.chunk_size = chunk_size
        self.top_k = top_k

    def open(self, meter: Meter) -> None:
        self._index = self._make()
        self._kept = Passages(meter, self._index)
        self._price = meter.count

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for text in passages(message.content, self.chunk_size, self._price):
                self._kept.add(text)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        # Twice as many, for the best matches often stand in the live messages.
        found = self._index.search(asked(live), 2 * self.top_k)
        ranked = unseen(((key, self._kept.texts[key]) for key in found), live)
        return told(fitting(islice(ranked, self.top_k), budget, self._price))

    def dump(self) -> list[Entry]:
        return self._kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._kept.restore(entries)
