"""What retrieval memories share: passages are kept, and those that the event asks for are shown."""

from collections.abc import Callable, Sequence

from memorygym.core import Message, Meter
from memorygym.stores.knobs import at_least
from memorygym.stores.passages import Index, Kept, Passages, shown, wanted
from memorygym.stores.splitting import passages


class Ranked(Kept):
    """Texts that a search ranks for the newest message of the event; who inherits says which."""

    _index: Index
    """What is searched."""

    def __init__(self, chunk_size: int, top_k: int) -> None:
        self.chunk_size = chunk_size
        self.top_k = top_k

    def observe(self, new: Sequence[Message]) -> None:
        for message in new:
            for passage in passages(message.content, self.chunk_size, self._meter.count):
                self.keep(passage)

    def keep(self, passage: str) -> None:
        """Stores a passage, or what the memory makes of it."""
        self._kept.add(passage)

    def text(self, key: int) -> str:
        """What is shown of an entry."""
        return self._kept.texts[key]

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        ranked = ((key, self.text(key)) for key in wanted(self._index.search, live, self.top_k))
        return shown(ranked, live, budget, self._meter.count, self.top_k)


class Retrieval(Ranked):
    """Passages under an index."""

    def __init__(self, index: Callable[[], Index], chunk_size: int, top_k: int) -> None:
        at_least(1, chunk_size=chunk_size, top_k=top_k)
        super().__init__(chunk_size, top_k)
        self._make = index

    def index(self) -> Index:
        """A new, empty index of the kind that it searches."""
        return self._make()

    def open(self, meter: Meter) -> None:
        super().open(meter)
        self._index = self.index()
        self._kept = Passages(meter, self._index)
