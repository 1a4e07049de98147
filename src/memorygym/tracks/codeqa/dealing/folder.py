"""Reads a folder of the user's own Python code, every file as it is; nothing of it is imported.

Measures what guessing gets right of what can be asked about it, and refuses too much.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tokenize import detect_encoding

from memorygym.errors import BadSettings
from memorygym.rng import rng
from memorygym.tracks.codeqa.dealing.asking import Asker, Draft, Runs
from memorygym.tracks.codeqa.dealing.choosing import Chooser
from memorygym.tracks.codeqa.dealing.deal import said, walker_of
from memorygym.tracks.codeqa.dealing.settings import Settings
from memorygym.tracks.codeqa.dealing.tree import tree
from memorygym.tracks.codeqa.querying import ask

MOST = 0.1
"""Share of questions that the most frequent answer of their type may get right."""
ENOUGH = 10
"""Questions of a type, for its most frequent answer to say anything."""
DRAWS = 400
"""Drafts of each kind and number of hops."""

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


def refuse_guessed(settings: Settings) -> None:
    """Raises BadSettings where guessing gets too many questions about the folder right."""
    share, number = _measured(replace(settings, tokens=0, form="files"))
    if share > MOST:
        raise BadSettings(
            f"--source {settings.source} is too easily guessed: always giving the most frequent"
            f" answer of a question's type is right for {share:.1%} of {number} questions, above"
            f" {MOST:.0%}; give a folder with more code, or with more varied code"
        )


@lru_cache(maxsize=8)
def _measured(settings: Settings) -> tuple[float, int]:
    """The floor over the whole folder, which all of its instances share.

    What the session invents is none of the folder's, and would hide how its own answers repeat.
    """
    files = folder_of(settings.source).files
    chance = rng("codeqa", "floor")
    told = [one for path, code in files.items() for one in said(path, code)]
    chooser = Chooser(Asker(walker_of(tree(files), settings, chance), Runs()), told, chance)
    return guessed(one for hops in sorted({*settings.hops}) for one in chooser.pool(hops, DRAWS))


def guessed(drafts: Iterable[Draft]) -> tuple[float, int]:
    """The share that the most frequent answer of its type gets right, and of how many questions.

    Types with too few questions do not count.
    """
    answers: dict[str, Counter[str]] = {}
    for one in drafts:
        answers.setdefault(_type(one.text), Counter())[one.truth] += 1
    enough = [one for one in answers.values() if one.total() >= ENOUGH]
    number = sum(one.total() for one in enough)
    return sum(max(one.values()) for one in enough) / max(number, 1), number


def _type(text: str) -> str:
    query = ask(text)
    assert query
    return query.keys[0].partition(":")[0] if query.kind == "get" else query.kind
