"""What a score depends on, as a version and a hash: nothing compares across contracts."""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

VERSION = "worlds-v2"
_PARTS = (
    "core.py",
    "ledger.py",
    "rng.py",
    "arguments.py",
    "agents/chat.py",
    "agents/protocol.py",
    "stores",
    "memory",
    "worlds",
    "grading",
    "tokens.py",
    "episode.py",
    "facts.py",
    "guard.py",
    "models/wire.py",
    "scoring.py",
    "tracks",
)


@lru_cache(maxsize=1)
def contract() -> str:
    """The version of the track and a hash of the code behind it, comments left out."""
    digest = sha256()
    for part in _PARTS:
        for text in _sources(files("memorygym") / part):
            lines = (line.split("  #")[0].rstrip() for line in text.splitlines())
            digest.update("\n".join(line for line in lines if line and line[0] != "#").encode())
    return f"{VERSION}@{digest.hexdigest()[:8]}"


def _sources(path: Any) -> Iterator[str]:
    if path.is_file():
        if path.name.endswith(".py"):
            yield path.read_text(encoding="utf-8")
        return
    for item in sorted(path.iterdir(), key=lambda item: str(item.name)):
        if item.name != "__pycache__":
            yield from _sources(item)
