"""add_search: any object that has `add` and `search`, such as mem0's.

Every passage is added; the newest question or result searches, and what is found is shown, oldest
first. Arguments go by the names that its methods state (`top_k`, `k` or `limit`; `user_id`,
`filters`), never into `**kwargs`, where mem0 loses a `limit` without a word. It has no dump: the
passages are kept here, and a restored memory adds them to a new object again, which is exact for
deterministic objects. The model calls that it makes itself are not counted.
"""

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any
from uuid import uuid4

from memorygym.core.errors import MemoryFault
from memorygym.core.tokens import normalize
from memorygym.core.types import Message
from memorygym.memories.stores.foreign_object import FedObject, method
from memorygym.memories.stores.passages import Passages, Ranked, asked, shown

TEXTS = ("memory", "text", "content", "page_content", "fact")
"""Where a result keeps its text; the first that it has."""
COUNTS = ("top_k", "k", "limit", "n_results", "num_results")


class _Store:
    """The object as its methods want to be called."""

    def __init__(self, factory: Callable[[], Any]) -> None:
        made = factory()
        self._add, self._search = method(made, "add"), method(made, "search")
        takes, self._finds = _names(self._add), _names(self._search)
        # Objects may share one store on disk: under a name of its own none finds another's.
        self._owner = {"user_id": f"memorygym-{uuid4().hex}"} if "user_id" in takes else {}
        self._chat = "messages" in takes

    def add(self, text: str) -> None:
        """Gives it a passage."""
        self._add([{"role": "user", "content": text}] if self._chat else text, **self._owner)

    def search(self, query: str, k: int) -> list[tuple[str, str]]:
        """At most k results, best first: when it was made, if it says so, and its text."""
        counts = [name for name in COUNTS if name in self._finds]
        wanted: dict[str, object] = dict.fromkeys(counts[:1], k)
        if "filters" in self._finds and self._owner:
            wanted["filters"] = self._owner
        elif "user_id" in self._finds:
            wanted |= self._owner
        found = self._search(query, **wanted)
        if isinstance(found, Mapping):
            found = found.get("results", found)
        if not isinstance(found, (list, tuple)):
            raise MemoryFault(f"search returned {found!r:.80}, not a list of results")
        return [(str(_of(one, "created_at") or ""), _text(one)) for one in found[:k]]


class AddSearch(Ranked):
    """The passages, and the object that searches them."""

    def __init__(self, factory: Callable[[], Any], top_k: int = 10, chunk_size: int = 512) -> None:
        super().__init__(chunk_size, top_k, Passages)
        self._store: FedObject[_Store, str] = FedObject(lambda: _Store(factory), _Store.add)

    def compose(self, live: Sequence[Message], budget: int | None) -> Sequence[Message]:
        store = self._store.with_all(self._kept.texts)
        query = asked(live)
        found = store.search(query, self.top_k) if query.strip() else []
        places = _in_time(found, self._kept.texts)
        return shown(
            [(place, normalize(text)) for place, (_, text) in zip(places, found, strict=True)],
            live, budget, self._meter.count,
        )  # fmt: skip


def _in_time(found: Sequence[tuple[str, str]], kept: Mapping[int, str]) -> list[int]:
    """The place of each result in time: by the passage that it is, else by when it was made, else
    as it was returned."""
    keys = {text: key for key, text in kept.items()}
    told = [(keys.get(normalize(text), 0), made) for made, text in found]
    if not all(key or made for key, made in told):
        return list(range(len(found)))
    order = sorted(range(len(found)), key=lambda at: told[at])
    return [order.index(at) for at in range(len(found))]


def _names(method: Callable[..., object]) -> list[str]:
    """The arguments that a method states."""
    kinds = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    return [name for name, p in signature(method).parameters.items() if p.kind in kinds]


def _of(result: object, name: str) -> object:
    return result.get(name) if isinstance(result, Mapping) else getattr(result, name, None)


def _text(result: object) -> str:
    if isinstance(result, str):
        return result
    texts = [text for name in TEXTS if isinstance(text := _of(result, name), str)]
    if not texts:
        raise MemoryFault(f"search found {result!r:.80}, which has no {', '.join(TEXTS)}")
    return texts[0]


wrap = AddSearch
