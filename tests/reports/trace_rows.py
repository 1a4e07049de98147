"""Traces and measurements as rows, for tests that alter them."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]


def alter(path: Path, change: Callable[[Rows], object]) -> None:
    """Changes the rows of a file."""
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    change(rows)
    lines = (json.dumps(row, sort_keys=True, separators=(",", ":")) for row in rows)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))


def altered(name: str, change: Callable[[Rows], object]) -> Callable[[Path], None]:
    """Changes the rows of that file of a run."""
    return lambda run: alter(run / name, change)
