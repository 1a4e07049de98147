"""Trajectories from files and folders, one at a time; what cannot be read is a Problem."""

import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.json_values import json_hash
from memorygym.core.text import one_line
from memorygym.core.types import JSON
from memorygym.datasets._fields import Row
from memorygym.datasets._files import CUT, GZIP, UTF16, records
from memorygym.datasets.trajectories.formats import LoggedTrajectory, trajectory
from memorygym.memories.stores.message_entries import to_text

_ZIP = b"PK"
_BLANKS = b" \t\r\n\xef\xbb\xbf"
NESTED = ("simulations", "samples")
"""Keys of a result file whose lists hold the trajectories."""
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


def read_all(paths: Iterable[Path]) -> Iterator[LoggedTrajectory | Problem]:
    """The trajectories of files and folders, in the order of their names; equal ones count once.

    Raises BadSettings for a path that does not exist or a folder without a file to read.
    """
    seen: set[str] = set()
    files = [pair for path in paths for pair in _files(path)]
    names = Counter(name for _, name in files)
    for file, name in files:
        for item in _read(file, name if names[name] == 1 else str(file)):
            if isinstance(item, LoggedTrajectory):
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
    return start.startswith((GZIP, _ZIP, *UTF16)) or start.lstrip(_BLANKS)[:1] in (b"{", b"[")


def _read(file: Path, name: str) -> Iterator[LoggedTrajectory | Problem]:
    """The trajectories of one file."""
    try:
        if _start(file).startswith(_ZIP):
            yield from _archive(file, name)
            return
        record = None
        for record in records(file, NESTED, _is_message):
            place = f"{name}, {record.place}"
            if record.problem:
                yield Problem(place, record.problem)
            else:
                yield _made(record.value, record.header, place)
        if record is None:
            yield Problem(name, "is empty; give a file with a trajectory")
    except (zlib.error, BadZipFile) as error:
        yield Problem(name, f"{CUT} ({error})")
    except (BadSettings, OSError, UnicodeError) as error:
        yield Problem(name, f"cannot be read ({error})")


def _archive(file: Path, name: str) -> Iterator[LoggedTrajectory | Problem]:
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
                yield _made(value, {}, place)


def _is_message(value: object) -> bool:
    """Whether a value is a chat message, not a record that holds some."""
    return isinstance(value, dict) and "role" in value and "messages" not in value


def _made(value: object, header: Row, place: str) -> LoggedTrajectory | Problem:
    try:
        return trajectory(value, header, place)
    except SchemaMismatch as misfit:
        return Problem(place, str(misfit))
    except RecursionError:
        return Problem(place, "is nested too deep; leave it out")
