"""A notebook under any index: the memory behind Write, Edit, Read and memory_search."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from memorygym.core import JSON, Entry, Memory, Meter
from memorygym.stores.notebook import TOOLS, Notebook
from memorygym.stores.passages import Index


class Indexed(Memory):
    """Entries under an index, which is built when first searched."""

    tools = TOOLS

    def __init__(self, index: Callable[[Iterable[tuple[int, str]]], Index]) -> None:
        self._make_index = index

    def open(self, meter: Meter) -> None:
        self._page = Notebook(meter)
        self._index: Index | None = None

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        match name:
            case "Write":
                self._refresh(self._page.write(str(arguments["content"])))
                return "stored"
            case "Edit":
                self._refresh(
                    self._page.edit(str(arguments["old_text"]), str(arguments["new_text"]))
                )
                return "edited"
            case "Read":
                return self._page.read(arguments)
            case "memory_search":
                k = int(str(arguments.get("top_k", 5)))
                return self._search(str(arguments["query"]), min(k, 1000))
        raise NotImplementedError(name)

    def _search(self, query: str, k: int) -> str:
        if self._index is None:
            self._index = self._make_index(self._page.entries.items())
        return self._page.show(self._index.search(query, k))

    def _refresh(self, key: int) -> None:
        if self._index is None:
            return
        if key in self._page.entries:
            self._index.set(key, self._page.entries[key])
        else:
            self._index.drop(key)

    def dump(self) -> list[Entry]:
        return self._page.dump()

    def restore(self, entries: Sequence[Entry]) -> None:
        self._page.restore(entries)
        self._index = None
