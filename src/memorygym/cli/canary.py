"""Search files for the benchmark's canary string (training-data contamination)."""

import argparse
import sys
import zlib
from collections.abc import Iterator
from gzip import BadGzipFile, GzipFile
from itertools import chain, islice
from pathlib import Path
from typing import IO

from memorygym.cli._checks import given_path
from memorygym.core.errors import BadSettings
from memorygym.core.text import replace_controls
from memorygym.core.trace import CANARY

BLOCK = 1 << 20
"""Bytes read at a time."""
_PACKED = b"\x1f\x8b"
_MARK = CANARY.rpartition(":")[2].encode()
"""The GUID alone, so that a copy without the words before it is found too."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    what = "files of any kind, also gzipped, or folders with all their files"
    parser.add_argument("files", nargs="+", type=given_path, metavar="FILE", help=what)
    parser.add_argument(
        "--all", action="store_true", help="print every place, not only the first of a file"
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 if the canary is found, else 1, or 2 if a file could not be read."""
    searched = holding = unread = 0
    folders = (
        sorted(filter(Path.is_file, p.rglob("*"))) if p.is_dir() else [p] for p in args.files
    )
    for path in chain.from_iterable(folders):
        searched += 1
        try:
            holding += _search(path, None if args.all else 1)
        except (BadSettings, OSError) as error:
            unread += 1
            problem = str(error)
            if isinstance(error, OSError):
                problem = f"{error.filename or path}: {error.strerror}"
            print(f"memorygym: {problem}", file=sys.stderr)
    print(f"{holding} of {searched} files hold the canary {CANARY}")
    return 0 if holding else 2 if unread else 1


def _search(path: Path, most: int | None) -> bool:
    """Prints where a file holds the mark. Raises BadSettings if it cannot be unpacked."""
    with path.open("rb") as file:
        is_packed = file.read(2) == _PACKED
        file.seek(0)
        stream: IO[bytes] | GzipFile = GzipFile("", "rb", fileobj=file) if is_packed else file
        count = 0
        try:
            for line, byte in islice(places(stream), most):
                count += 1
                print(f"{replace_controls(str(path))}: line {line}, byte {byte}")
        except (EOFError, zlib.error, BadGzipFile) as error:
            if not count:
                raise BadSettings(f"{path} cannot be unpacked to its end ({error})") from error
    return count > 0


def places(stream: IO[bytes] | GzipFile) -> Iterator[tuple[int, int]]:
    """Every line, from 1, and byte, from 0, at which the mark stands, whatever its case; the stream
    is read block by block."""
    start, lines, buffer = 0, 1, b""
    while block := stream.read(BLOCK):
        buffer += block.lower()
        at = buffer.find(_MARK)
        while at >= 0:
            yield lines + buffer.count(b"\n", 0, at), start + at
            at = buffer.find(_MARK, at + len(_MARK))
        # The last bytes stay: they may be the beginning of a mark.
        done = max(0, len(buffer) - len(_MARK) + 1)
        lines += buffer.count(b"\n", 0, done)
        start, buffer = start + done, buffer[done:]
