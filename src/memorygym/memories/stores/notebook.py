"""The notebook: entries with the tools Write, Edit, Read and memory_search, under any index."""

from collections.abc import Callable, Mapping, Sequence

from memorygym.core.errors import Refused
from memorygym.core.types import JSON, Entry, Memory, MemoryContext, Tool, tool
from memorygym.memories.stores.passages import Index


def _string(description: str) -> JSON:
    return {"type": "string", "description": description}


def _count(description: str) -> JSON:
    return {"type": "integer", "minimum": 1, "description": description}


TOOLS = (
    tool(
        "Write",
        "Store a new entry in memory. Costs one write.",
        content=_string("The text of the entry."),
    ),
    tool(
        "Edit",
        "Replace old_text, which must occur exactly once in memory, by new_text. Costs one write,"
        " unless the event says that an edit is free. An entry edited to nothing is removed.",
        old_text=_string("Text as it stands in one entry."),
        new_text=_string("What to put in its place."),
    ),
    tool(
        "Read",
        "Read memory, one line after the other; the whole of it unless lines are named. Free.",
        optional=["start_line", "num_lines"],
        start_line=_count("First line, counted from 1."),
        num_lines=_count("How many lines."),
    ),
    tool(
        "memory_search",
        "Find the entries that match the words of a query best. Free.",
        optional=["top_k"],
        query=_string("Words to look for, such as a name."),
        top_k=_count("How many entries at most; 5 unless given."),
    ),
)
EMPTY = "(memory is empty)"
NOTHING = "(nothing found)"


class Notebook(Memory):
    """Entries in the order they were written, under ids that never change."""

    tools: tuple[Tool, ...] = TOOLS
    _index: Index | None

    def __init__(self, index: Callable[[], Index]) -> None:
        self._make_index = index

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self.restore(())

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        match name:
            case "Write":
                self.write(str(arguments["content"]))
                return "stored"
            case "Edit":
                self.edit(str(arguments["old_text"]), str(arguments["new_text"]))
                return "edited"
            case "Read":
                return self.read(arguments)
            case "memory_search":
                k = int(str(arguments.get("top_k", 5)))
                return self._search(str(arguments["query"]), min(k, 1000))
        raise NotImplementedError(name)

    def write(self, text: str) -> None:
        """Stores an entry."""
        self._set(self._next, self._context.store(text))
        self._next += 1

    def edit(self, old: str, new: str) -> None:
        """Changes the one entry in which `old` occurs."""
        if not old:
            raise Refused("refused: old_text is empty")
        texts = ((key, entry.text) for key, entry in self.entries.items())
        matches = [(key, text.count(old)) for key, text in texts if old in text]
        times = sum(n for _, n in matches)
        if times != 1:
            raise Refused(f"refused: old_text occurs {times} times, and must occur exactly once")
        key = matches[0][0]
        before = self.entries[key].text
        self._set(key, self._context.store(before.replace(old, new), replacing=before))

    def read(self, arguments: Mapping[str, JSON]) -> str:
        """The lines that were asked for."""
        lines = "\n".join(entry.text for entry in self.entries.values())
        start, number = arguments.get("start_line", 1), arguments.get("num_lines")
        if start != 1 or number is not None:
            assert isinstance(start, int)
            end = None if number is None else start - 1 + int(str(number))
            lines = "\n".join(lines.split("\n")[start - 1 : end])
        return lines or EMPTY

    def _search(self, query: str, k: int) -> str:
        """The entries found, one after the other. The index is built at the first search."""
        if self._index is None:
            self._index = self._make_index()
            for key, entry in self.entries.items():
                self._index.set(key, entry.text)
        found = self._index.search(query, k)
        return "\n".join(self.entries[key].text for key in found) or NOTHING

    def _set(self, key: int, text: str) -> None:
        """Puts a text under a key; without a text the entry is dropped."""
        if text:
            self.entries[key] = Entry(str(key), text)
        else:
            del self.entries[key]
        if self._index and text:
            self._index.set(key, text)
        elif self._index:
            self._index.drop(key)

    def dump(self) -> list[Entry]:
        return list(self.entries.values())

    def restore(self, entries: Sequence[Entry]) -> None:
        self.entries = {int(entry.id): entry for entry in entries}
        self._next = max(self.entries, default=0) + 1
        self._index = None
