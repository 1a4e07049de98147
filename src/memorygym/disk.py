"""Files that are written whole or not at all, the same bytes wherever, and the lock of a folder."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from gzip import GzipFile
from pathlib import Path

from memorygym.core import JSON
from memorygym.errors import BadSettings

LEVEL = 6
"""Of compression; fixed, for it changes the bytes."""


def as_bytes(document: Mapping[str, JSON]) -> bytes:
    """The one way in which documents are written."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def write_whole(path: Path, lines: Iterable[bytes]) -> None:
    """Writes a file all at once: whoever looks finds the old one or the new one, never a part.

    Raises an OSError that names the file, on a full disk too.
    """
    # A process that outlived its killed parent may be writing the same file.
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        _write(part, lines, packed=path.suffix == ".gz")
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from error


def _write(path: Path, lines: Iterable[bytes], *, packed: bool) -> None:
    with path.open("wb") as file:
        if packed:
            # Neither name nor time: the header would differ from run to run.
            with GzipFile("", "wb", LEVEL, file, mtime=0) as stream:
                stream.writelines(lines)
        else:
            file.writelines(lines)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """Holds the folder; the lock goes with the process, however it ends."""
    import fcntl

    with (directory / "lock").open("ab") as file:
        try:
            # A record lock: unlike flock it is not handed to worker processes.
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise BadSettings(
                f"another process is writing into {directory}; wait for it or give a new folder"
            ) from error
        yield
