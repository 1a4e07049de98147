"""Search files for the benchmark's canary string (training-data contamination)."""

import argparse
import os
import sys
import zlib
from collections.abc import Iterator
from gzip import BadGzipFile, GzipFile
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

from memorygym.core.errors import BadSettings
from memorygym.core.text import replace_controls
from memorygym.core.trace import CANARY

BLOCK = 1 << 20
"""Bytes that are held at a time."""
_PACKED = b"\x1f\x8b"
_MARK = CANARY.rpartition(":")[2].encode()
"""The GUID alone: it is found where what stands before it was cut off."""


class Hit(NamedTuple):
    """Where the mark stands, in the unpacked file."""

    line: int
    """Counted from 1."""
    offset: int
    """In bytes, counted from 0."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE",
        help="files of any kind, also gzipped, or folders with all their files",
    )  # fmt: skip
    parser.add_argument(
        "--all", action="store_true", help="print every place, not only the first of a file"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 if the canary is found, else 1, or 2 if a file could not be read."""
    searched = found = unread = 0
    for path in (file for given in args.files for file in _files(given)):
        searched += 1
        try:
            found += _told(path, None if args.all else 1)
        except (BadSettings, OSError) as error:
            unread += 1
            told = str(error)
            if isinstance(error, OSError):
                told = f"{error.filename or path}: {error.strerror}"
            print(f"memorygym: {told}", file=sys.stderr)
    print(f"{found} of {searched} files hold the canary {CANARY}")
    return 0 if found else 2 if unread else 1


def _files(given: Path) -> Iterator[Path]:
    if not given.is_dir():
        yield given
        return
    for folder, folders, names in os.walk(given):
        folders.sort()
        yield from (path for name in sorted(names) if (path := Path(folder, name)).is_file())


def _told(path: Path, most: int | None) -> bool:
    """Prints where a file holds the mark. Raises BadSettings if it cannot be unpacked."""
    with path.open("rb") as file:
        is_packed = file.read(2) == _PACKED
        file.seek(0)
        stream: IO[bytes] | GzipFile = GzipFile("", "rb", fileobj=file) if is_packed else file
        count = 0
        try:
            for hit in islice(hits(stream), most):
                count += 1
                print(f"{replace_controls(str(path))}: line {hit.line}, byte {hit.offset}")
        except (EOFError, zlib.error, BadGzipFile) as error:
            if not count:
                raise BadSettings(f"{path} cannot be unpacked to its end ({error})") from error
    return count > 0


def hits(stream: IO[bytes] | GzipFile) -> Iterator[Hit]:
    """Every place of the mark, in any case, read block by block."""
    start, lines, held = 0, 1, b""
    while block := stream.read(BLOCK):
        held += block.lower()
        at = held.find(_MARK)
        while at >= 0:
            yield Hit(lines + held.count(b"\n", 0, at), start + at)
            at = held.find(_MARK, at + len(_MARK))
        # What may be the beginning of a mark stays.
        done = max(0, len(held) - len(_MARK) + 1)
        lines += held.count(b"\n", 0, done)
        start, held = start + done, held[done:]
