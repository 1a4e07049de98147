"""Shuts other processes off: their command lines, environments and memory cannot be read.

By Landlock, which Linux has since 5.13 and which needs no rights, nor yields to root. Elsewhere
nothing is shut off, and `shut` says so.
"""

import ctypes
import os
from pathlib import Path

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
