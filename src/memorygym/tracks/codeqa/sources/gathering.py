"""Python files of a folder or a packed source distribution, ready to be renamed."""

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from tokenize import detect_encoding

from memorygym.errors import BadSettings
from memorygym.tracks.codeqa.sources.renaming import Studied, studied
from memorygym.tracks.codeqa.sources.stripping import stripped

_LARGEST = 2**28
"""Bytes of a distribution's Python files."""
_SKIPPED = frozenset(("__pycache__", "site-packages", "node_modules"))


@dataclass(frozen=True, slots=True)
class Gathered:
    """A tree as it was found."""

    code: Studied
    """Without comments and docstrings."""
    hash: str
    """SHA-256 over paths and bytes of all its Python files, those left out as well."""
    notes: tuple[str, ...]
    """What was left out, and why."""


def from_folder(folder: Path) -> Gathered:
    """The Python files of a folder; hidden ones and links are not followed."""
    return _gathered(folder.name, tuple(_read(folder)))


def _read(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*"), key=Path.as_posix):
        parts = path.relative_to(folder).parts
        hidden = any(one.startswith(".") or one in _SKIPPED for one in parts)
        if not hidden and path.is_file() and not path.is_symlink():
            yield "/".join(parts), path.read_bytes() if path.suffix == ".py" else b""


def from_sdist(archive: Path) -> Gathered:
    """The Python files of a source distribution, read without writing any to disk."""
    try:
        with tarfile.open(archive, "r:gz") as packed:
            return _gathered(archive.name, tuple(sorted(_unpacked(packed, archive.name))))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadSettings(f"{archive} cannot be unpacked: {error}") from error


def _unpacked(packed: tarfile.TarFile, name: str) -> Iterator[tuple[str, bytes]]:
    total = 0
    for member in packed:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or "\\" in member.name:
            raise BadSettings(f"{name} holds {member.name!r}, which leads out of it")
        if not member.isfile() or len(path.parts) < 2:
            continue
        within = str(PurePosixPath(*path.parts[1:]))
        if path.suffix != ".py":
            yield within, b""
            continue
        total += member.size
        if total > _LARGEST:
            raise BadSettings(f"{name} unpacks to more than {_LARGEST:,} bytes of code")
        if held := packed.extractfile(member):
            yield within, held.read()


@lru_cache(maxsize=2)
def _gathered(name: str, raw: tuple[tuple[str, bytes], ...]) -> Gathered:
    """Remembered, for every seed of a tree begins with it."""
    digest = sha256()
    files: dict[str, str] = {}
    notes: list[str] = []
    for path, data in raw:
        if not path.endswith(".py"):
            notes.append(f"{path} left out: it is not Python")
            continue
        digest.update(f"{path}\0{len(data)}\0".encode())
        digest.update(data)
        try:
            files[path] = stripped(_decoded(data))
        except (SyntaxError, ValueError, RecursionError) as error:
            notes.append(f"{path} left out: {error}")
    if not files:
        raise BadSettings(f"{name} has no Python file that parses{_because(notes)}")
    return Gathered(studied(files), digest.hexdigest(), tuple(notes))


def _because(notes: list[str]) -> str:
    return f" ({notes[0]})" if notes else ""


def _decoded(data: bytes) -> str:
    encoding, _ = detect_encoding(BytesIO(data).readline)
    return re.sub(r"\r\n?", "\n", data.decode(encoding))
