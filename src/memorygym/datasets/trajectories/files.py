"""Trajectories from files and folders, one at a time; what cannot be read is a Problem."""

import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TextIO, cast
from zipfile import BadZipFile, ZipFile

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import json_hash
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.datasets.trajectories.formats import Trajectory, trajectory
from memorygym.datasets.trajectories.json_stream import CUT, Record, records
from memorygym.memories.stores.message_entries import to_text

_GZIP, _ZIP = b"\x1f\x8b", b"PK"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BLANKS = b" \t\r\n\xef\xbb\xbf"
SAMPLES = "samples/"
"""The folder of an Inspect archive with one file per sample."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why."""

    place: str
    reason: str

    @property
    def text(self) -> str:
        """In one line."""
        return one_line(f"{self.place}: {self.reason}")


DUPLICATE = "is the same as an earlier one, and counts once"


def read_all(paths: Iterable[Path]) -> Iterator[Trajectory | Problem]:
    """The trajectories of files and folders, in the order of their names; equal ones count once.

    Raises BadSettings for a path that does not exist or a folder without a file to read.
    """
    seen: set[str] = set()
    files = [pair for path in paths for pair in _files(path)]
    names = Counter(name for _, name in files)
    for file, name in files:
        for item in _read(file, name if names[name] == 1 else str(file)):
            if isinstance(item, Trajectory):
                content: JSON = [item.system, *map(to_text, item.messages)]
                digest = json_hash(content)
                if digest in seen:
                    item = Problem(item.place, DUPLICATE)  # noqa: PLW2901  # in its place
                seen.add(digest)
            yield item


def _files(path: Path) -> list[tuple[Path, str]]:
    """The files of a path with their names; in a folder those that begin as a log does."""
    if not path.exists():
        raise BadSettings(f"--trajectories {path}: there is no such file or folder")
    if not path.is_dir():
        return [(path, path.name)]
    files = [(file, str(file.relative_to(path))) for file in sorted(path.rglob("*"))]
    logs = [(file, name) for file, name in files if file.is_file() and _begins_as_log(file)]
    if not logs:
        raise BadSettings(
            f"--trajectories {path}: the folder has no JSON, JSON lines or .eval file; give one"
            " that has"
        )
    return logs


def _start(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(512)


def _begins_as_log(file: Path) -> bool:
    start = _start(file)
    return start.startswith((_GZIP, _ZIP, *_UTF16)) or start.lstrip(_BLANKS)[:1] in (b"{", b"[")


def _read(file: Path, name: str) -> Iterator[Trajectory | Problem]:
    """The trajectories of one file."""
    try:
        if _start(file).startswith(_ZIP):
            yield from _archive(file, name)
            return
        number = -1
        with _opened(file) as stream:
            for number, record in enumerate(records(stream)):
                yield _made(record, f"{name}, record {number} (line {record.line})")
        if number < 0:
            yield Problem(name, "is empty; give a file with a trajectory")
    except (EOFError, zlib.error, gzip.BadGzipFile, BadZipFile) as error:
        yield Problem(name, f"{CUT} ({error})")
    except (OSError, UnicodeError) as error:
        yield Problem(name, f"cannot be read ({error})")


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """A file as text, plain or gzip, in UTF-8 or UTF-16."""
    with file.open("rb") as raw:
        stream: BinaryIO = raw
        if raw.read(2) == _GZIP:
            raw.seek(0)
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        start = stream.read(2) if stream is not raw else b""
        stream.seek(0)
        start = start or raw.read(2)
        stream.seek(0)
        encoding = "utf-16" if start in _UTF16 else "utf-8-sig"
        yield io.TextIOWrapper(
            stream, encoding, "replace" if encoding == "utf-16" else "surrogateescape"
        )


def _archive(file: Path, name: str) -> Iterator[Trajectory | Problem]:
    """The samples of an Inspect log, each read alone."""
    with ZipFile(file) as archive:
        samples = [m for m in archive.namelist() if m.startswith(SAMPLES) and m.endswith(".json")]
        if not samples:
            yield Problem(name, "is an archive without samples; give an Inspect log (.eval)")
        for member in sorted(samples):
            place = f"{name}, {member}"
            try:
                value = json.loads(archive.read(member))
            except NotImplementedError:
                reason = "is compressed as Python's zipfile cannot read; convert it to .json"
                yield Problem(place, f"{reason} (inspect log convert --to json)")
            except (ValueError, RecursionError):
                yield Problem(place, CUT)
            else:
                yield _made(Record(1, value), place)


def _made(record: Record, place: str) -> Trajectory | Problem:
    if record.problem:
        return Problem(place, record.problem)
    try:
        return trajectory(record.value, record.header, place)
    except SchemaMismatch as misfit:
        return Problem(place, str(misfit))
    except RecursionError:
        return Problem(place, "is nested too deep; leave it out")
