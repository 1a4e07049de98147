"""markdown: a page of entries that the agent writes, edits, reads and searches (FTS5, BM25)."""

from collections.abc import Mapping, Sequence

from memorygym.core import JSON, Entry, Memory, Meter
from memorygym.stores.fulltext import FullText
from memorygym.stores.notebook import TOOLS, Notebook


class Markdown(Memory):
    """The default backend; the index is built when first searched."""

    tools = TOOLS

    def open(self, meter: Meter) -> None:
        self._page = Notebook(meter)
        self._index: FullText | None = None

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        match name:
            case "Write":
                key = self._page.write(str(arguments["content"]))
                self._refresh(key)
                return "stored"
            case "Edit":
                key = self._page.edit(str(arguments["old_text"]), str(arguments["new_text"]))
                self._refresh(key)
                return "edited"
            case "Read":
                return self._page.read(arguments)
            case "memory_search":
                if self._index is None:
                    self._index = FullText(self._page.entries.items())
                k = int(str(arguments.get("top_k", 5)))
                return self._page.show(self._index.search(str(arguments["query"]), min(k, 1000)))
        raise NotImplementedError(name)

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


make = Markdown
