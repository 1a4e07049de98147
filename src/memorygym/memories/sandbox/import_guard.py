"""Refuses a memory's process what could tell the answers: parts of the package, other processes.

The first is a barrier against the obvious way, not a wall: code that means harm can read files or
start another process (docs/add-a-memory.md says what helps). The second is by Landlock, which Linux
has since 5.13 and which needs no rights, nor yields to root; elsewhere nothing is shut off, and
`shut` says so.
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
"""Rooms of this package that hold no world, question, answer or result."""


class Blocked(ImportError):
    """The import would lead to the answers."""


class Blocker(MetaPathFinder):
    """Stands before all other finders and finds nothing."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Raises Blocked for a room that is not allowed."""
        package, _, rest = fullname.partition(".")
        if package == "memorygym" and rest and not any(_within(rest, room) for room in ALLOWED):
            raise Blocked(
                f"a memory may not import {fullname}, which could tell the answers; it may import"
                f" memorygym.{{{', '.join(ALLOWED)}}}"
            )
        return None


def _within(module: str, room: str) -> bool:
    """Whether it is of the room, or a package that the room lies in."""
    return f"{module}.".startswith(f"{room}.") or room.startswith(f"{module}.")


def block() -> None:
    """From now on this process refuses such imports."""
    sys.meta_path.insert(0, Blocker())


def was_blocked(error: BaseException | None) -> bool:
    """Whether an error comes of such an import."""
    while error and not isinstance(error, Blocked):
        error = error.__cause__ or error.__context__
    return error is not None


_CREATE, _ADD, _RESTRICT = 444, 445, 446
"""Numbers of the system calls, the same on every architecture."""
_ASK_VERSION = 1
_READ_FILE = 1 << 2
_NO_NEW_PRIVILEGES = 38


class _Rule(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("folder", ctypes.c_int32))


def can_shut() -> bool:
    """Whether this machine offers Landlock."""
    if os.uname().sysname != "Linux":
        return False
    version: int = ctypes.CDLL(None).syscall(_CREATE, None, 0, _ASK_VERSION)
    return version > 0


def shut() -> bool:
    """Shuts other processes off from this one and all that it starts; False if that is not to be
    had here.

    It may read all files but those that /proc holds about other processes; Landlock keeps it from
    tracing them, and so from reading their memory.
    """
    if not can_shut():
        return False
    libc = ctypes.CDLL(None)
    handled = ctypes.c_uint64(_READ_FILE)
    rules = libc.syscall(_CREATE, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    # /proc/self is a link, followed to this process's own folder.
    about = [path for path in Path("/proc").iterdir() if not path.name.isdigit()]
    for path in [*(path for path in Path("/").iterdir() if path.name != "proc"), *about]:
        try:
            opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except OSError:  # It went away, or is not for this user.
            continue
        rule = _Rule(_READ_FILE, opened)
        libc.syscall(_ADD, rules, 1, ctypes.byref(rule), 0)
        os.close(opened)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    done: int = libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)
    return done == 0
