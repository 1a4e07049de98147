"""files: a directory of text files that the agent views and edits through one tool.

After Anthropic's memory tool (`memory_20250818`): its commands, its arguments, and what it says.
The files are entries, each its path and then its text; nothing is on a disk.
"""

from collections.abc import Mapping, Sequence

from memorygym.core.errors import Refused
from memorygym.core.tokens import normalize
from memorygym.core.types import JSON, Entry, Memory, MemoryContext, tool

ROOT = "/memories"
COMMANDS = ("view", "create", "str_replace", "insert", "delete", "rename")


def _string(description: str) -> JSON:
    return {"type": "string", "description": description}


TOOL = tool(
    "memory",
    "Keep text files under /memories. Each file that changes costs one write. view:"
    " a folder's files, or a file's lines with their numbers. create: a file, or another text for"
    " it. str_replace: old_str, which must occur exactly once, by new_str. insert: a text after a"
    " line. delete: a file or folder. rename: move a file.",
    optional=[
        *("path", "view_range", "file_text", "old_str", "new_str", "insert_line", "insert_text"),
        *("old_path", "new_path"),
    ],
    command={"type": "string", "enum": list(COMMANDS), "description": "What to do."},
    path=_string("A file or folder, as in /memories/notes.md."),
    view_range={
        "type": "array",
        "items": {"type": "integer"},
        "description": "view: first and last line, counted from 1; -1 for the end.",
    },
    file_text=_string("create: the text of the file."),
    old_str=_string("str_replace: text as it stands in the file."),
    new_str=_string("str_replace: what to put in its place."),
    insert_line={
        "type": "integer",
        "minimum": 0,
        "description": "insert: the line to insert after; 0 for the start.",
    },
    insert_text=_string("insert: the text."),
    old_path=_string("rename: the file."),
    new_path=_string("rename: its new path."),
)


class Files(Memory):
    """The files by path, in the order in which they were made."""

    tools = (TOOL,)

    def open(self, context: MemoryContext) -> None:
        self._context = context
        self.restore(())

    def call(self, name: str, arguments: Mapping[str, JSON]) -> str:
        match arguments:
            case {"command": "view", "path": str(path), **more}:
                return self._view(_path(path), more.get("view_range"))
            case {"command": "create", "path": str(path), "file_text": str(text)}:
                self._write(_path(path), text)
                return f"File created successfully at: {path}"
            case {"command": "str_replace", "path": str(path), "old_str": str(old), **more}:
                return self._replace(_path(path), old, str(more.get("new_str", "")))
            case {
                "command": "insert",
                "path": str(path),
                "insert_line": int(line),
                "insert_text": str(text),
            }:
                return self._insert(_path(path), line, text)
            case {"command": "delete", "path": str(path)}:
                return self._delete(_path(path))
            case {"command": "rename", "old_path": str(old), "new_path": str(new)}:
                return self._rename(_path(old), _path(new))
        raise Refused(f"refused: {arguments.get('command')} lacks an argument of its own")

    def _view(self, path: str, lines: JSON) -> str:
        if path not in self._files:
            inside = self._inside(path)
            if not inside and path != ROOT:
                raise Refused(f"The path {path} does not exist. Please provide a valid path.")
            sizes = [f"{self._context.count(self._files[file])}\t{file}" for file in inside]
            return "\n".join([f"The files in {path}, with their tokens:", *sizes])
        first, last = lines if isinstance(lines, list) and len(lines) == 2 else (1, -1)
        if not (isinstance(first, int) and isinstance(last, int)):
            raise Refused("refused: view_range is no pair of line numbers")
        numbered = list(enumerate(self._files[path].split("\n"), start=1))
        chosen = numbered[max(first, 1) - 1 : None if last < 0 else last]
        body = "\n".join(f"{number:6}\t{line}" for number, line in chosen)
        return f"Here's the content of {path} with line numbers:\n{body}"

    def _replace(self, path: str, old: str, new: str) -> str:
        text = self._file(path)
        if not old or text.count(old) != 1:
            raise Refused(
                f"No replacement was performed: old_str occurs {text.count(old) if old else 0}"
                f" times in {path}, and must occur exactly once."
            )
        self._write(path, text.replace(old, new))
        return "The memory file has been edited."

    def _insert(self, path: str, line: int, text: str) -> str:
        lines = self._file(path).split("\n")
        if not 0 <= line <= len(lines):
            raise Refused(f"Invalid insert_line {line}: it lies between 0 and {len(lines)}.")
        self._write(path, "\n".join([*lines[:line], text.removesuffix("\n"), *lines[line:]]))
        return f"The file {path} has been edited."

    def _delete(self, path: str) -> str:
        for file in self._all_of(path):
            self._set(file, self._context.store("", replacing=_entry(file, self._files[file])))
        return f"Successfully deleted {path}"

    def _rename(self, old: str, new: str) -> str:
        if new in self._files or self._inside(new):
            raise Refused(f"The destination {new} already exists.")
        for file in self._all_of(old):
            self._move(file, new + file.removeprefix(old))
        return f"Successfully renamed {old} to {new}"

    def _all_of(self, path: str) -> list[str]:
        """The file, or the files of the folder."""
        files = [path] if path in self._files else self._inside(path)
        if not files or path == ROOT:
            raise Refused(f"The path {path} does not exist, or is {ROOT} itself.")
        return files

    def _inside(self, folder: str) -> list[str]:
        return sorted(file for file in self._files if file.startswith(f"{folder}/"))

    def _file(self, path: str) -> str:
        if path not in self._files:
            raise Refused(f"The path {path} does not exist, or is no file.")
        return self._files[path]

    def _write(self, path: str, text: str) -> None:
        """Stores a text under a path, in place of what stood there."""
        parents = [path[:end] for end, sign in enumerate(path) if sign == "/"]
        if path == ROOT or self._inside(path) or any(p in self._files for p in parents):
            raise Refused(f"refused: {path} is a folder, or lies in a file")
        old = _entry(path, self._files[path]) if path in self._files else None
        self._set(path, self._context.store(_entry(path, text), replacing=old))

    def _move(self, old: str, new: str) -> None:
        text = self._files[old]
        stored = self._context.store(_entry(new, text), replacing=_entry(old, text))
        self._ids[new] = self._ids.pop(old)
        del self._files[old]
        self._set(new, stored)

    def _set(self, path: str, entry: str) -> None:
        """Puts an entry under its path; without a text the file is gone."""
        if entry:
            self._files[path] = entry.partition("\n")[2]
            self._ids.setdefault(path, max(self._ids.values(), default=0) + 1)
        else:
            del self._files[path], self._ids[path]

    def dump(self) -> list[Entry]:
        return [Entry(str(self._ids[path]), _entry(path, t)) for path, t in self._files.items()]

    def restore(self, entries: Sequence[Entry]) -> None:
        paths = {entry.text.partition("\n")[0]: entry for entry in entries}
        self._files = {path: entry.text.partition("\n")[2] for path, entry in paths.items()}
        self._ids = {path: int(entry.id) for path, entry in paths.items()}


def _entry(path: str, text: str) -> str:
    return f"{path}\n{text}" if text else path


def _path(given: str) -> str:
    """The path as it is kept. Raises Refused for one that leads out of the directory."""
    path = normalize(given).rstrip("/")
    parts = path.split("/")
    if parts[:2] != ROOT.split("/") or {"", ".", ".."} & {*parts[1:]} or "\n" in path:
        raise Refused(f"refused: {given[:80]!r} is no path within {ROOT}")
    return path


make = Files
