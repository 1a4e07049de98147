"""add_search: the shim for any object with `add` and `search`, such as mem0's.

The shim adds every passage, searches with the newest question or result, and shows the results,
oldest first. It passes arguments by the names in the methods' signatures (`top_k`, `k` or `limit`;
`user_id`, `filters`), never into `**kwargs`, where mem0 silently drops a `limit`. The entries are
those that the object lists itself (`get_all`, …), or without such a method the passages. A restored
memory adds them to a new object, with `infer=False` where `add` takes that, so that no model reads
them again. What the capacity pushes out is deleted, or the object made anew.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import Parameter, signature
from typing import Any
from uuid import uuid4

from memorygym.core.tokens import normalize
from memorygym.core.types import Entry, MemoryContext, Message
from memorygym.memories.stores.foreign_object import WrappedObjectError, method
from memorygym.memories.stores.passages import Passages, Ranked, best_message, query_of

TEXTS = ("memory", "text", "content", "page_content", "fact")
"""Names under which a result may hold its text; the first that it has counts."""
LISTINGS = ("get_all", "list_all", "all", "list")
"""Names that the method may have which lists all entries; the first that there is counts."""
MOST = 100_000
"""Most entries that are listed."""
COUNTS = ("top_k", "k", "limit", "n_results", "num_results")


class _Store:
    """The wrapped object, called as its signatures state."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        wrapped = factory()
        self._add, self._search = method(wrapped, "add"), method(wrapped, "search")
        names = [n for n in (*LISTINGS, "delete") if callable(getattr(wrapped, n, None))]
        own = {name: method(wrapped, name) for name in names}
        self._list = next((own[name] for name in names if name in LISTINGS), None)
        self._delete = own.get("delete") if self._list else None
        self._given: list[str] = []
        # Objects may share one store on disk; a user id of its own keeps each apart.
        id = f"memorygym-{uuid4().hex}"
        self._owner = {"user_id": id} if "user_id" in _names(self._add) else {}

    def add(self, text: str, **named: object) -> None:
        """Adds a passage."""
        names = _names(self._add)
        given = [{"role": "user", "content": text}] if "messages" in names else text
        known = {name: value for name, value in named.items() if name in names}
        self._add(given, **self._owner, **known)
        self._given.append(text)

    def search(self, query: str, k: int) -> list[str]:
        """The texts of at most k results, best first."""
        return [normalize(_text(result)) for result in self._results(self._search, query, k=k)[:k]]

    def held(self) -> list[tuple[str, object]]:
        """The text and the id of each entry, oldest first, as the object lists them; without a
        listing the texts that it was given."""
        if not self._list:
            return [(text, None) for text in self._given]
        listed = self._results(self._list, k=MOST)
        if all(_of(result, "created_at") for result in listed):
            listed = sorted(listed, key=lambda result: str(_of(result, "created_at")))
        held = [(normalize(_text(result)), _of(result, "id")) for result in listed]
        return [(text, id) for text, id in held if text]

    def forget(self, ids: Sequence[object]) -> bool:
        """Has the object delete entries; False if it cannot."""
        if self._delete:
            for id in ids:
                self._delete(id)
        return bool(self._delete)

    def _results(self, called: Callable[..., Any], *query: str, k: int) -> list[Any]:
        names = _names(called)
        arguments: dict[str, object] = dict.fromkeys([n for n in COUNTS if n in names][:1], k)
        if "filters" in names and self._owner:
            arguments["filters"] = self._owner
        elif "user_id" in names:
            arguments |= self._owner
        results = called(*query, **arguments)
        if isinstance(results, Mapping):
            results = results.get("results", results)
        if not isinstance(results, (list, tuple)):
            name = called.__name__
            raise WrappedObjectError(
                f"{name}() returned {results!r:.80}, which is no list of results"
            )
        return list(results)


class AddSearch(Ranked):
    """What the wrapped object holds, and the object, which searches it."""

    def __init__(self, factory: Callable[[], Any], top_k: int = 10, chunk_size: int = 512) -> None:
        super().__init__(chunk_size, top_k, Passages)
        self._make = partial(_Store, factory)
        self._store = self._make()

    def open(self, context: MemoryContext) -> None:
        super().open(context)
        self._store = self._make()

    def restore(self, entries: Sequence[Entry]) -> None:
        super().restore(entries)
        self._refill()

    def _refill(self) -> None:
        """Gives the kept texts to a new object, as they are."""
        self._store = self._make()
        for text in self._kept.texts.values():
            self._store.add(text, infer=False)

    def keep(self, passage: str) -> None:
        self._store.add(normalize(passage))

    def observe(self, new: Sequence[Message]) -> None:
        super().observe(new)
        held, kept = self._store.held(), self._kept
        unknown = Counter(text for text, _ in held)
        for key, text in list(kept.texts.items()):
            if unknown[text] > 0:
                unknown[text] -= 1
            else:
                kept.drop(key)
        for text, _ in held:
            if unknown[text] > 0:
                unknown[text] -= 1
                kept.add(text)
        room, lost = Counter(kept.texts.values()), []
        for text, id in reversed(held):  # Of equal entries the oldest are lost.
            room[text] -= 1
            if room[text] < 0:
                lost.append(id)
        if lost and not self._store.forget(lost):
            self._refill()

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        query = query_of(live)
        texts = self._store.search(query, self.top_k) if query.strip() else []
        keys = {text: key for key, text in self._kept.texts.items()}
        in_time = all(text in keys for text in texts)
        ranked = [(keys[text] if in_time else rank, text) for rank, text in enumerate(texts)]
        return best_message(ranked, live, budget, self._context.count)


def _names(method: Callable[..., object]) -> list[str]:
    """The arguments in a method's signature."""
    kinds = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return [name for name, p in signature(method).parameters.items() if p.kind in kinds]


def _of(result: object, name: str) -> object:
    return result.get(name) if isinstance(result, Mapping) else getattr(result, name, None)


def _text(result: object) -> str:
    if isinstance(result, str):
        return result
    texts = [text for name in TEXTS if isinstance(text := _of(result, name), str)]
    if not texts:
        raise WrappedObjectError(
            f"search() returned the result {result!r:.80}, which is no str and has none of"
            f" {', '.join(TEXTS)}"
        )
    return texts[0]


wrap = AddSearch
