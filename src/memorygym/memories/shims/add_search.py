"""add_search: the shim for any object with `add` and `search`, such as mem0's.

The shim adds every passage, searches with the newest question or result, and shows the results,
oldest first. It passes arguments by the names in the methods' signatures (`top_k`, `k` or `limit`;
`user_id`, `filters`), never into `**kwargs`, where mem0 silently drops a `limit`. The object has no
dump: the shim stores the passages, and a restored memory adds them to a new object, which is exact
if the object is deterministic. Model calls that the object makes itself are not counted.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any
from uuid import uuid4

from memorygym.core.tokens import normalize
from memorygym.core.types import Message
from memorygym.memories.stores.foreign_object import FedObject, WrappedObjectError, method
from memorygym.memories.stores.passages import Passages, Ranked, best_message, query_of

TEXTS = ("memory", "text", "content", "page_content", "fact")
"""Names under which a result may hold its text; the first that it has counts."""
COUNTS = ("top_k", "k", "limit", "n_results", "num_results")


class _Store:
    """The wrapped object, called as its signatures state."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        wrapped = factory()
        self._add, self._search = method(wrapped, "add"), method(wrapped, "search")
        added, self._searched = _names(self._add), _names(self._search)
        # Objects may share one store on disk; a user id of its own keeps each apart.
        self._owner = {"user_id": f"memorygym-{uuid4().hex}"} if "user_id" in added else {}
        self._chat = "messages" in added

    def add(self, text: str) -> None:
        """Adds a passage."""
        self._add([{"role": "user", "content": text}] if self._chat else text, **self._owner)

    def search(self, query: str, k: int) -> list[tuple[str, str]]:
        """At most k results, best first: the time of each, if it has one, and its text."""
        counts = [name for name in COUNTS if name in self._searched]
        arguments: dict[str, object] = dict.fromkeys(counts[:1], k)
        if "filters" in self._searched and self._owner:
            arguments["filters"] = self._owner
        elif "user_id" in self._searched:
            arguments |= self._owner
        results = self._search(query, **arguments)
        if isinstance(results, Mapping):
            results = results.get("results", results)
        if not isinstance(results, (list, tuple)):
            raise WrappedObjectError(
                f"search() returned {results!r:.80}, which is no list of results"
            )
        return [(str(_of(result, "created_at") or ""), _text(result)) for result in results[:k]]


class AddSearch(Ranked):
    """The passages, and the wrapped object that searches them."""

    def __init__(self, factory: Callable[[], Any], top_k: int = 10, chunk_size: int = 512) -> None:
        super().__init__(chunk_size, top_k, Passages)
        self._store: FedObject[_Store, str] = FedObject(lambda: _Store(factory), _Store.add)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        store = self._store.with_all(self._kept.texts)
        query = query_of(live)
        results = store.search(query, self.top_k) if query.strip() else []
        places = _in_time(results, self._kept.texts)
        return best_message(
            [(place, normalize(text)) for place, (_, text) in zip(places, results, strict=True)],
            live,
            budget,
            self._context.count,
        )


def _in_time(results: Sequence[tuple[str, str]], kept: Mapping[int, str]) -> list[int]:
    """The place of each result in time: by its passage, else by its time, else by its rank."""
    keys = {text: key for key, text in kept.items()}
    moments = [(keys.get(normalize(text), 0), time) for time, text in results]
    if not all(key or time for key, time in moments):
        return list(range(len(results)))
    order = sorted(range(len(results)), key=lambda rank: moments[rank])
    return [order.index(rank) for rank in range(len(results))]


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
