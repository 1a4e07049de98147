"""A tree of real Python code that nobody has read: its names and literals come from the seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from memorygym import tokens
from memorygym.errors import BadSettings, UnknownPart
from memorygym.tracks.codeqa.sources.fetching import fetched
from memorygym.tracks.codeqa.sources.gathering import Gathered, from_folder, from_sdist
from memorygym.tracks.codeqa.sources.pins import PINS
from memorygym.tracks.codeqa.sources.renaming import renamed


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
    length = sum(map(tokens.count, new.files.values()))
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
