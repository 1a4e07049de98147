"""What retrieval memories share: every passage is kept under an index, and the best are shown."""

from collections.abc import Callable, Sequence

from memorygym.core import Entry, Memory, Message, Meter
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import Index, Passages, shown, wanted
from memorygym.stores.splitting import passages


class Retrieval(Memory):
    """Passages under an index, which is searched for the newest message of the event."""

    def __init__(self, index: Callable[[], Index], chunk_size: int, top_k: int) -> None:
        at_least(1, chunk_size=chunk_size, top_k=top_k)
        self._make = index
        self.chunk_size = chunk_size
        self.top_k = top_k

    def index(self) -> Index:
        """A new, empty index of the kind that it searches."""
        return self._make()

    def open(self, meter: Meter) -> None:
        self._index = self.index()
        self._kept = Passages(meter, self._index)
        self._price = meter.count

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for text in passages(message.content, self.chunk_size, self._price):
                self._kept.add(text)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        keys = wanted(self._index.search, live, self.top_k)
        ranked = ((key, self._kept.texts[key]) for key in keys)
        return shown(ranked, live, budget, self._price, self.top_k)

    def dump(self) -> list[Entry]:
        return self._kept.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._kept.restore(entries)
