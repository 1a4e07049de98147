"""What a score depends on, as a version and a hash: nothing compares across contracts."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from memorygym import registry

_PARTS = (
    "core.py",
    "frozen.py",
    "ledger.py",
    "rng.py",
    "arguments.py",
    "complaint.py",
    "schema.py",
    "agents/chat.py",
    "agents/protocol.py",
    "stores/search/fulltext.py",
    "stores/indexed.py",
    "stores/notebook.py",
    "memory/markdown.py",
    "grading",
    "tokens.py",
    "episode.py",
    "facts.py",
    "guard.py",
    "lens.py",
    "models/wire.py",
    "tracks/_oracle.py",
    "tracks/_stream.py",
)
"""What scores of every track depend on."""


@lru_cache(maxsize=16)
def contract(track: str = "worlds") -> str:
    """The version of the track and a hash of the code behind it.

    A track states its VERSION, and in PARTS what it depends on beside its own folder.
    """
    version: str = registry.load("tracks", track, "VERSION")
    parts: tuple[str, ...] = registry.load("tracks", track, "PARTS")
    return f"{version}@{digest(*_PARTS, *parts, f'tracks/{track}')}"


def digest(*parts: str) -> str:
    """A hash of files and folders of the package, comments left out."""
    found = sha256()
    for part in parts:
        for text in _sources(files("memorygym") / part):
            lines = (line.split("  #")[0].rstrip() for line in text.splitlines())
            found.update("\n".join(line for line in lines if line and line[0] != "#").encode())
    return found.hexdigest()[:8]


def _sources(path: Any) -> Iterator[str]:
    if path.is_file():
        if path.name.endswith((".py", ".json", ".txt")):
            yield path.read_text(encoding="utf-8")
        return
    for item in sorted(path.iterdir(), key=lambda item: str(item.name)):
        if item.name != "__pycache__":
            yield from _sources(item)
