"""The barriers between a memory's process and the answers: imports and other processes.

Blocked imports stop the obvious way only: malicious code can read files or start another process
(docs/add-a-memory.md says what helps). Other processes are shut off by Landlock, which Linux has
since 5.13; it needs no rights and binds root too. On other systems nothing is shut off.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

ALLOWED = ("core", "memories", "models", "scoring.grading")
"""Rooms of this package that hold no task, question, answer or result."""


class Blocked(ImportError):
    """An import that would lead to the answers."""


class Blocker(MetaPathFinder):
    """An import finder that stands before all others and finds nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises Blocked for a room that is not allowed."""
        package, _, rest = fullname.partition(".")
        if package == "memorygym" and rest and not any(_within(rest, room) for room in ALLOWED):
            raise Blocked(
                f"a memory may not import {fullname}, which could reveal the answers; import only"
                f" memorygym.{{{', '.join(ALLOWED)}}}, or move the import under"
                ' `if __name__ == "__main__":`'
            )
        return None


def _within(module: str, room: str) -> bool:
    """Whether a module belongs to the room, or is a package that contains the room."""
    return f"{module}.".startswith(f"{room}.") or room.startswith(f"{module}.")


def block() -> None:
    """Makes this process refuse such imports from now on."""
    sys.meta_path.insert(0, Blocker())


def was_blocked(error: BaseException | None) -> bool:
    """Whether such an import caused the error."""
    while error and not isinstance(error, Blocked):
        error = error.__cause__ or error.__context__
    return error is not None


_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
_READ_FILE = 1 << 2
_NO_NEW_PRIVILEGES = 38


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def shut() -> None:
    """Shuts other processes off from this one and its children, if this machine has Landlock.

    This process may then read all files but those of other processes in /proc. Landlock also
    forbids it to trace them, and so to read their memory.
    """
    if os.uname().sysname != "Linux":
        return
    libc = ctypes.CDLL(None)
    handled = ctypes.c_uint64(_READ_FILE)
    rules = libc.syscall(_CREATE, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if rules < 0:
        return
    # /proc/self is a link to this process's own folder.
    own_files = [path for path in Path("/proc").iterdir() if not path.name.isdigit()]
    for path in [*(path for path in Path("/").iterdir() if path.name != "proc"), *own_files]:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # It is gone, or this user may not open it.
            continue
        rule = _Rule(_READ_FILE, opened)
        libc.syscall(_ADD, rules, 1, ctypes.byref(rule), 0)
        os.close(opened)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)
