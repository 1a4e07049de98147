"""Facts that a model drew from texts: one an entry, under its heading, each kept once."""

from memorygym.core import Meter
from memorygym.stores.passages import Index, Passages
from memorygym.tokens import normal


class Atoms:
    """Facts in the order in which they were last told: a fact told again moves to the end."""

    def __init__(self, meter: Meter, index: Index) -> None:
        self._index = index
        self._keys: dict[str, int] = {}
        self._texts: dict[int, str] = {}
        self.kept = Passages(meter, self)

    def tell(self, fact: str) -> None:
        """Stores a fact, or moves it to the end."""
        fact = normal(fact)
        if fact in self._keys:
            self.kept.drop(self._keys[fact])
        self.kept.add(fact)

    def __contains__(self, text: str) -> bool:
        return text in self._keys

    def set(self, key: int, text: str) -> None:
        """See passages.Index."""
        self._keys[text] = key
        self._texts[key] = text
        self._index.set(key, text)

    def drop(self, key: int) -> None:
        """See passages.Index."""
        del self._keys[self._texts.pop(key)]
        self._index.drop(key)

    def search(self, query: str, k: int) -> list[int]:
        """See passages.Index."""
        return self._index.search(query, k)
