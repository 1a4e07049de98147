"""A tree of real Python code that nobody has read: its names and literals come from the seed.

Files of a folder or a packed source distribution are gathered, and stripped of comments and
docstrings: they are prose that would tell whose code it is.
"""

import ast
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path, PurePosixPath
from tokenize import detect_encoding

from memorygym.errors import BadSettings, UnknownPart
from memorygym.tokens import count
from memorygym.tracks.codeqa.sources.fetching import PINS, fetched
from memorygym.tracks.codeqa.sources.lexing import Edit, Places, parsed, spliced, tokens
from memorygym.tracks.codeqa.sources.renaming import Studied, renamed, studied

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
        why = f" ({notes[0]})" if notes else ""
        raise BadSettings(f"{name} has no Python file that parses{why}")
    return Gathered(studied(files), digest.hexdigest(), tuple(notes))


def _decoded(data: bytes) -> str:
    encoding, _ = detect_encoding(BytesIO(data).readline)
    return re.sub(r"\r\n?", "\n", data.decode(encoding))


_ROOM = re.compile(r"\n(?:[ \t\f]*\n){3,}")


def stripped(code: str) -> str:
    """The code without comments, docstrings and other strings that stand for themselves.

    >>> stripped('def f():  # why\\n    "Doc."\\n')
    'def f():\\n    pass\\n'
    """
    return _closed(spliced(code, _strings(code)))


def _strings(code: str) -> Iterator[Edit]:
    places = Places(code)
    for node in ast.walk(parsed(code)):
        for body in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
            if not isinstance(body, list):
                continue
            bare = [one for one in body if _is_bare(one)]
            for one in bare:
                start, end = places.start(one), places.end(one)
                first = len(bare) == len(body) and one is bare[0]
                needed = first and not isinstance(node, ast.Module)
                yield Edit(start, end, "pass") if needed else _whole_line(code, start, end)


def _is_bare(node: object) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str() | bytes()) | ast.JoinedStr()):
            return True
    return False


def _whole_line(code: str, start: int, end: int) -> Edit:
    """Deletes from start to end, the line too if nothing else stands there.

    What shares its line with other statements becomes `pass`.
    """
    line = code.rfind("\n", 0, start) + 1
    stop = code.find("\n", end)
    stop = len(code) if stop < 0 else stop + 1
    before, after = code[line:start], code[end:stop].strip()
    if before.strip() or after.startswith(";"):
        return Edit(start, end, "pass")
    return Edit(start, end) if after else Edit(line, stop)


def _closed(code: str) -> str:
    """Without comments, and with at most two blank lines on end between tokens.

    A line that held nothing but a comment goes with it.
    """
    parts: list[str] = []
    room = ""
    alone = False
    for token in tokens(code):
        match token.kind:
            case "comment":
                room = room.rstrip(" \t\f")
                alone = room.endswith("\n") or not (room or parts)
            case "blank":
                room += token.text[1:] if alone and token.text == "\n" else token.text
                alone = False
            case _:
                parts += [_ROOM.sub("\n\n\n", room), token.text]
                room = ""
    text = "".join(parts).strip("\n")
    return f"{text}\n" if text else ""


@dataclass(frozen=True, slots=True)
class Tree:
    """Code to ask about."""

    name: str
    """What the original is called; nothing shown to an agent may tell it."""
    files: Mapping[str, str]
    """Renamed code by path, sorted."""
    imports: Mapping[str, Sequence[str]]
    """By path: the paths of what it imports."""
    hash: str
    """SHA-256 over paths and bytes of the original's Python files."""
    tokens: int
    """Of all files."""
    notes: tuple[str, ...] = ()
    """What was left out, and why."""


def tree_of(source: str, *seed: int, literals: bool = True) -> Tree:
    """The tree that a folder or the name of a pinned distribution stands for, under new names.

    With `literals=False` strings and numbers stay as they are, so that the code does what it did.
    """
    name, found = _found(source)
    new = renamed(found.code, "codeqa", "tree", found.hash, *seed, literals=literals)
    length = sum(map(count, new.files.values()))
    return Tree(name, new.files, new.imports, found.hash, length, found.notes)


def _found(source: str) -> tuple[str, Gathered]:
    folder = Path(source)
    if source in PINS:
        pin = PINS[source]
        return pin.name, from_sdist(fetched(pin))
    if folder.is_dir():
        return folder.resolve().name, from_folder(folder)
    if folder.exists() or len(folder.parts) > 1:
        raise BadSettings(
            f"{source} is no folder; a source is one, or of {', '.join(sorted(PINS))}"
        )
    raise UnknownPart("source", source, PINS)
