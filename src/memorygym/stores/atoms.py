"""Facts that a model drew from texts: one an entry, under its heading, each kept once."""

from collections.abc import Iterable, Iterator, Sequence

from memorygym.core import Message, Meter
from memorygym.stores.passages import Index, Passages
from memorygym.stores.replies import facts
from memorygym.stores.splitting import headed
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


def atoms(reply: str, passage: str) -> list[str]:
    """The facts that a model wrote of a passage, each under its heading; the passage as it is if
    the model wrote none.

    >>> atoms("She ran.\\nShe won.", "[Note · Ann]\\nShe ran and won.")
    ['[Note · Ann]\\nShe ran.', '[Note · Ann]\\nShe won.']
    >>> atoms("", "Ann ran.")
    ['Ann ran.']
    """
    told = facts(reply, headed(passage)[0])
    return [f"{heading}\n{fact}" if heading else fact for heading, fact in told] or [passage]


def untold(ranked: Iterable[tuple[int, str]], live: Sequence[Message]) -> Iterator[tuple[int, str]]:
    """The facts whose sentences do not stand in the live messages, under whatever heading."""
    present = [normal(message.content) for message in live]
    for key, text in ranked:
        body = headed(text)[1]
        if not any(body in said for said in present):
            yield key, text
