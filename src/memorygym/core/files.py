"""Files that are written whole or not at all, the same bytes wherever, and the lock of a folder."""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from gzip import GzipFile
from pathlib import Path
from typing import IO

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON

LEVEL = 6
"""Of compression; fixed, for it changes the bytes."""
DESCRIPTORS = Path("/dev/fd")
"""Where the process finds its own open descriptors by number."""
MOST_LINKS = 40
"""From one to the next; Linux follows no more."""


def as_bytes(document: Mapping[str, JSON]) -> bytes:
    """The one way in which documents are written."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def write_whole(path: Path, lines: Iterable[bytes]) -> None:
    """Writes a file all at once: whoever looks finds the old one or the new one, never a part.

    A link stays, and what it leads to is written. What is there and is no regular file, such as a
    device, a pipe or /dev/stdout, is written into. Raises an OSError that names the file, on a
    full disk too.
    """
    packed = path.suffix == ".gz"
    try:
        target = _target(path)
        if isinstance(target, int):
            _write(os.dup(target), lines, packed=packed)
        elif target.exists() and not target.is_file():
            _write(target, lines, packed=packed)
        else:
            _replace(target, lines, packed=packed)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _target(path: Path) -> Path | int:
    """What a path leads to through links: a file, which need not be there, or the number of the
    open descriptor that names such as /dev/stdout stand for."""
    for _ in range(MOST_LINKS):
        if path.name.isdecimal() and path.parent.resolve() == DESCRIPTORS.resolve():
            return int(path.name)
        if not path.is_symlink():
            return path
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _replace(path: Path, lines: Iterable[bytes], *, packed: bool) -> None:
    # A process that outlived its killed parent may be writing the same file.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write(part, lines, packed=packed)
        part.replace(path)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def _write(place: Path | int, lines: Iterable[bytes], *, packed: bool) -> None:
    with open(place, "wb") as file:  # noqa: PTH123  # a descriptor is no path
        if packed:
            # Neither name nor time: the header would differ from run to run.
            with GzipFile("", "wb", LEVEL, file, mtime=0) as stream:
                stream.writelines(lines)
        else:
            file.writelines(lines)


@contextmanager
def begun(directory: Path, document: str, inner: str, holds: str) -> Iterator[Path]:
    """Holds a folder that is new, empty or was begun: the path of its document, which need not be
    there yet; the folder `inner` is. Raises BadSettings for any other, or one in use."""
    path = directory / document
    if not path.exists() and not all(  # What was killed as it began holds no more.
        file.name in ("lock", inner) or file.suffix == ".part" for file in directory.rglob("*")
    ):
        raise BadSettings(
            f"{directory} is not empty and holds no {holds}; give a new or an empty folder"
        )
    (directory / inner).mkdir(parents=True, exist_ok=True)
    with locked(directory):
        for part in directory.rglob("*.part"):
            part.unlink(missing_ok=True)
        yield path


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Holds the folder; the lock goes with the process, however it ends. Raises BadSettings."""
    with (directory / "lock").open("ab") as file:
        if not claim(file):
            raise BadSettings(
                f"another process is writing into {directory}; wait for it or give a new folder"
            )
        yield


def claim(file: IO[bytes], *, shared: bool = False, once: bool = False) -> bool:
    """Locks an open file for this process, if no other one has; shared locks allow each other.

    With `once` no second open file of this process may have it either.
    """
    import fcntl

    # A record lock is not handed to worker processes, and is one for the whole process.
    lock = fcntl.flock if once else fcntl.lockf
    try:
        lock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked(directory: Path) -> bool:
    """Whether a process is writing into the folder; who looks does not stand in another's way."""
    try:
        with (directory / "lock").open("rb") as file:
            return not claim(file, shared=True)
    except FileNotFoundError:
        return False
