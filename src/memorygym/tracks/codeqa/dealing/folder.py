"""Reads a folder of the user's own Python code, every file as it is; nothing of it is imported."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tokenize import detect_encoding

from memorygym.errors import BadSettings

_SKIPPED = frozenset(("__pycache__", "site-packages", "node_modules"))
_PATH = re.compile(r"[^\s\]·]+\.py")
"""A path that a heading can name."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Code to ask about."""

    name: str
    files: Mapping[str, str]
    """Code by path, sorted; what does not parse is left out."""
    hash: str
    """SHA-256 over paths and bytes of all its Python files, those left out as well."""


@lru_cache(maxsize=2)
def folder_of(source: str) -> Folder:
    """The Python files below a folder, hidden ones and links left out. Raises BadSettings."""
    place = Path(source)
    if not place.is_dir():
        raise BadSettings(
            f"--source {source} is no folder; give one that holds Python code, or leave --source"
            " out for dealt packages"
        )
    digest = sha256()
    files: dict[str, str] = {}
    for path, data in _read(place):
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
        try:
            files[path] = _decoded(data)
            ast.parse(files[path])
        except (SyntaxError, ValueError, RecursionError):
            files.pop(path, None)
    if not files:
        raise BadSettings(
            f"--source {source} has no Python file that parses; give a folder that holds some"
        )
    return Folder(place.resolve().name, files, digest.hexdigest())


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*.py"), key=Path.as_posix):
        parts = path.relative_to(folder).parts
        hidden = any(part.startswith(".") or part in _SKIPPED for part in parts)
        plain = path.is_file() and not path.is_symlink()
        if plain and not hidden and _PATH.fullmatch("/".join(parts)):
            yield "/".join(parts), path.read_bytes()


def _decoded(data: bytes) -> str:
    encoding, _ = detect_encoding(BytesIO(data).readline)
    return re.sub(r"\r\n?", "\n", data.decode(encoding).removeprefix("\ufeff"))
