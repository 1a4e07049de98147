"""Traces as rows, for tests that alter them."""

import gzip
import json
from pathlib import Path
from typing import Any


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def rewrite(path: Path, rows: list[dict[str, Any]]) -> None:
    lines = (json.dumps(row, sort_keys=True, separators=(",", ":")) for row in rows)
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
