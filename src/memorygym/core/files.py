"""Atomic file writing, with the same bytes on every machine, and the lock of a run's folder."""

import errno
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from gzip import GzipFile
from io import BufferedWriter
from pathlib import Path
from typing import IO

from memorygym.core.errors import BadSettings
from memorygym.core.types import JSON

GZIP_LEVEL = 4
"""Compression level; fixed, because it changes the bytes. Of traces, level 6 makes files smaller by
6 % in 1.6 times the time, level 1 larger by 22 % in half of it."""
DESCRIPTORS = Path("/dev/fd")
"""The folder in which a process finds its open file descriptors by number."""
STANDARD_OUTPUT = 1
"""The number of its descriptor."""
MAX_LINKS = 40
"""Most symbolic links that are followed in a row, as in Linux."""


def json_bytes(document: Mapping[str, JSON]) -> bytes:
    """A JSON document as the bytes of its file: sorted keys, one final line break."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def write_atomically(path: Path, lines: Iterable[bytes]) -> None:
    """Writes a file atomically: readers see the old file or the new one, never a part.

    A path that ends in .gz is compressed. A symbolic link stays, and its target is replaced. A
    device, a pipe or /dev/stdout is written into. Raises OSError with the name of the file.
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


def cache_folder(name: str) -> Path:
    """A folder of the user's cache, which need not exist: in MEMORYGYM_CACHE, if that is set."""
    if own := os.environ.get("MEMORYGYM_CACHE"):
        return Path(own) / name
    general = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(general) / "memorygym" / name


def is_standard_output(path: Path) -> bool:
    """Whether a path is a name of standard output, such as /dev/stdout."""
    return _target(path) == STANDARD_OUTPUT


def _target(path: Path) -> Path | int:
    """The file behind a path's symbolic links (it need not exist), or the number of the open
    descriptor that a name such as /dev/stdout stands for."""
    for _ in range(MAX_LINKS):
        if path.name.isdecimal() and path.parent.resolve() == DESCRIPTORS.resolve():
            return int(path.name)
        if not path.is_symlink():
            return path
        path = path.parent / path.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))


def _replace(path: Path, lines: Iterable[bytes], *, packed: bool) -> None:
    # Each process writes a part of its own: one that outlived its parent may write the same file.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write(part, lines, packed=packed)
        part.replace(path)
    except BaseException:  # Also if making the lines fails, or is stopped.
        with suppress(OSError):
            part.unlink()
        raise


def _write(target: Path | int, lines: Iterable[bytes], *, packed: bool) -> None:
    with open(target, "wb") as file:  # noqa: PTH123  # a descriptor is no path
        if packed:
            # Without name and time: otherwise the header would differ from run to run.
            with BufferedWriter(GzipFile("", "wb", GZIP_LEVEL, file, mtime=0), 2**16) as stream:
                stream.writelines(lines)
        else:
            file.writelines(lines)


@contextmanager
def claimed_folder(directory: Path, document: str, inner: str, holds: str) -> Iterator[Path]:
    """Locks a folder to write into and yields the path of its document, which may not exist yet.

    The subfolder `inner` is made. Raises BadSettings for a folder that another process writes into,
    or that has other contents; `holds` names what was expected.
    """
    path = directory / document
    if directory.is_symlink() and not directory.exists():
        raise BadSettings(
            f"{directory} is a link to {directory.readlink()}, which does not exist; make that"
            " folder or remove the link"
        )
    if not path.exists() and not all(  # A run that was killed as it began leaves only these.
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
    """Locks a folder until the block or the process ends. Raises BadSettings if it is in use."""
    with (directory / "lock").open("ab") as file:
        if not try_lock(file):
            raise BadSettings(
                f"another process is writing into {directory}; wait for it or give a new folder"
            )
        yield


def try_lock(file: IO[bytes], *, shared: bool = False, once: bool = False) -> bool:
    """Locks an open file for this process; False if another process has locked it.

    Several processes may hold a shared lock. With `once`, this process too can lock a file only
    once.
    """
    import fcntl

    # `lockf` locks belong to the process and are not inherited by workers; `flock` locks are.
    lock = fcntl.flock if once else fcntl.lockf
    try:
        lock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked(directory: Path) -> bool:
    """Whether a process is writing into the folder; asking does not block one that wants to."""
    try:
        with (directory / "lock").open("rb") as file:
            return not try_lock(file, shared=True)
    except FileNotFoundError:
        return False
