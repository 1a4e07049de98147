"""files: a directory of text files that the agent views and edits through one tool.

After Anthropic's memory tool (`memory_20250818`): its commands, its arguments, and what it says.
But one call changes one file, so that a refused one changes nothing: folders are not renamed or
deleted. The files are entries, each its path and then its text; nothing is on a disk.
"""

from collections.abc import Mapping

from memorygym.core.errors import Refused
from memorygym.core.tokens import normalize
from memorygym.core.types import JSON, Entry, Tool, tool
from memorygym.memories.stores.notebook import Notebook
from memorygym.memories.stores.search.fulltext import FullText

ROOT = "/memories"
NEEDS = {
    "view": "path",
    "create": "path and file_text",
    "str_replace": "path and old_str",
    "insert": "path, insert_line and insert_text",
    "delete": "path",
    "rename": "old_path and new_path",
}
"""What each command cannot do without."""
ARGUMENTS: dict[str, JSON] = {
    **dict.fromkeys(("path", "file_text", "old_str", "new_str", "insert_text"), "string"),
    **dict.fromkeys(("old_path", "new_path"), "string"),
    "insert_line": "integer",
    "view_range": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
}
TOOL = tool(
    "memory",
    f"Keep text files under {ROOT}. Each file that changes costs one write; viewing is free."
    " view: the files in the folder `path`, or the file's lines (`view_range`: the first and the"
    " last, from 1; -1 for the end). create: the file `path` with `file_text`. str_replace:"
    " `old_str`, which must occur exactly once in `path`, by `new_str`. insert: `insert_text` after"
    " line `insert_line` of `path`, 0 for the start. delete: the file `path`. rename: the file"
    " `old_path` to `new_path`.",
    optional=[*ARGUMENTS],
    command={"type": "string", "enum": [*NEEDS]},
    **ARGUMENTS,
)


class Files(Notebook):
    """The files, as entries of a notebook, whose tools a scripted writer uses: its notes are files
    that bear the number of their entry."""

    tools: tuple[Tool, ...] = (TOOL,)

    def __init__(self) -> None:
        super().__init__(FullText)

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        if name != TOOL.name:
            return super().call(name, arguments)
        given = dict(arguments)
        for key in ("path", "old_path", "new_path"):
            if key in given:
                given[key] = _path(str(given[key]))
        match given:
            case {"command": "view", "path": str(path), **more}:
                return self._view(path, more.get("view_range", [1, -1]))
            case {"command": "create", "path": str(path), "file_text": str(text)}:
                self._put(path, text, path)
                return f"File created successfully at: {path}"
            case {"command": "str_replace", "path": str(path), "old_str": str(old), **more}:
                return self._replace(path, old, str(more.get("new_str", "")))
            case {"command": "insert", "path": str(path), "insert_line": int(line),
                  "insert_text": str(text)}:  # fmt: skip
                return self._insert(path, line, text)
            case {"command": "delete", "path": str(path)}:
                id = self._key(path)
                self._set(id, self._context.store("", replacing=self.entries[id].text))
                return f"Successfully deleted {path}"
            case {"command": "rename", "old_path": str(old), "new_path": str(new)}:
                if new in self._keys:
                    raise Refused(f"The destination {new} already exists.")
                self._put(new, self._text(old), old)
                return f"Successfully renamed {old} to {new}"
        command = str(arguments["command"])
        raise Refused(f"refused: {command} needs {NEEDS[command]}")

    def _view(self, path: str, lines: JSON) -> str:
        if path == ROOT or self._inside(path):
            entries = [(self.entries[self._key(file)], file) for file in self._inside(path)]
            sizes = [f"{self._context.count(entry.text)}\t{file}" for entry, file in entries]
            return "\n".join([f"The files in {path}, with their tokens:", *sizes])
        numbered = list(enumerate(self._text(path).split("\n"), start=1))
        first, last = map(int, lines)  # type: ignore[arg-type]  # The schema says so.
        end = len(numbered) if last == -1 else last
        if not 1 <= first <= end <= len(numbered):
            raise Refused(
                f"Invalid view_range {lines}: the first line lies between 1 and {len(numbered)},"
                f" the last one from it to {len(numbered)}, or is -1."
            )
        body = "\n".join(f"{number:6}\t{line}" for number, line in numbered[first - 1 : end])
        return f"Here's the content of {path} with line numbers:\n{body}"

    def _replace(self, path: str, old: str, new: str) -> str:
        text = self._text(path)
        times = text.count(old) if old else 0
        if times != 1:
            raise Refused(f"refused: old_str occurs {times} times, and must occur exactly once")
        self._put(path, text.replace(old, new), path)
        return "The memory file has been edited."

    def _insert(self, path: str, line: int, text: str) -> str:
        lines = self._text(path).split("\n")
        if not 0 <= line <= len(lines):
            raise Refused(f"Invalid insert_line {line}: it lies between 0 and {len(lines)}.")
        new = text.removesuffix("\n")
        self._put(path, "\n".join([*lines[:line], new, *lines[line:]]), path)
        return f"The file {path} has been edited."

    def _put(self, path: str, text: str, old: str) -> None:
        """Stores a text under a path, in place of the file `old` if there is one."""
        keys = self._keys
        parents = [path[:end] for end, sign in enumerate(path) if sign == "/"]
        if path == ROOT or self._inside(path) or any(parent in keys for parent in parents):
            raise Refused(f"refused: {path} is a folder, or lies in a file")
        replaced = self.entries[keys[old]].text if old in keys else None
        stored = self._context.store(f"{path}\n{text}", replacing=replaced)
        self._set(keys.get(old, self._next), stored)
        self._next = max(self.entries) + 1

    @property
    def _keys(self) -> dict[str, int]:
        """The key of each file, by path."""
        return {_split(entry)[0]: key for key, entry in self.entries.items()}

    def _key(self, path: str) -> int:
        if path not in self._keys:
            raise Refused(f"The path {path} does not exist, or is no file; view {ROOT}.")
        return self._keys[path]

    def _text(self, path: str) -> str:
        return _split(self.entries[self._key(path)])[1]

    def _inside(self, folder: str) -> list[str]:
        return sorted(file for file in self._keys if file.startswith(f"{folder}/"))


def _split(entry: Entry) -> tuple[str, str]:
    """The path and the text of a file."""
    path, _, text = entry.text.partition("\n")
    named = path.startswith(f"{ROOT}/")
    return (path, text) if named else (f"{ROOT}/{entry.id}.md", entry.text)


def _path(given: str) -> str:
    """The path as it is kept. Raises Refused for one that leads out of the directory."""
    path = normalize(given).rstrip("/")
    parts = path.split("/")
    if parts[:2] != ROOT.split("/") or {"", ".", ".."} & {*parts[1:]} or "\n" in path:
        raise Refused(f"refused: {given[:80]!r} is no path within {ROOT}, as {ROOT}/a.md is")
    return path


make = Files
