"""Runs code of others in bubblewrap: no network, no files but its own, no time or memory to waste.

Without bubblewrap it is not run at all.
"""

import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile

from memorygym.errors import BadSettings

PYTHON = "python"
"""The first word of a command, which stands for the interpreter."""
_CODE = "/code"
_SCRATCH = str(64 << 20)
"""Bytes that may be written to /tmp, which lies in memory."""
_LOADERS = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
"""Where the libraries are that an interpreter is linked to."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a run may use."""

    seconds: int = 20
    """Of the clock; of the processor as many."""
    mebibytes: int = 1024
    processes: int = 64
    """The system does not hold root to it; the clock does."""
    written: int = 16
    """Mebibytes of each file, and of what it says."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run said."""

    code: int
    """Its exit status; negative for a signal."""
    output: str
    errors: str
    timed_out: bool = False


def can_confine() -> bool:
    """Whether bubblewrap is there and can put up its walls on this machine."""
    if not (shutil.which("bwrap") and shutil.which("prlimit")):
        return False
    with TemporaryDirectory(prefix="memorygym-") as folder:
        trial = [*_walls(folder), "--", _binary(), "-I", "-S", "-c", ""]
        return subprocess.run(trial, capture_output=True, env={}, check=False).returncode == 0


def run_confined(
    files: Mapping[str, str],
    command: Sequence[str],
    bounds: Bounds = Bounds(),
    given: str = "",
) -> Ran:
    """Runs a command in a folder of those files; `python` as its first word is this interpreter.

    The folder can be read, not written; a temporary one can. Raises BadSettings where bubblewrap
    cannot be used.
    """
    if not can_confine():
        raise BadSettings(
            "code of others runs only in bubblewrap, and there is no usable `bwrap` on this"
            " machine: install bubblewrap, or ask only what the syntax tree answers"
        )
    with TemporaryDirectory(prefix="memorygym-") as folder:
        for path, code in files.items():
            place = Path(folder) / path
            if not place.resolve().is_relative_to(Path(folder).resolve()):
                raise BadSettings(f"{path!r} leads out of the tree")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(code, encoding="utf-8")
        whole = [*_limits(bounds), *_walls(folder), "--", *_resolved(command)]
        return _run(whole, bounds.seconds, given)


def _run(command: list[str], seconds: int, given: str) -> Ran:
    """What it says goes to files, whose size is bounded, and not to this process's memory."""
    with TemporaryFile() as output, TemporaryFile() as errors:
        timed_out = False
        try:
            code = subprocess.run(
                command, input=given.encode(), stdout=output, stderr=errors, env={},
                timeout=seconds, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            code, timed_out = -signal.SIGKILL, True
        said = []
        for file in (output, errors):
            file.seek(0)
            said.append(file.read().decode(errors="replace"))
    return Ran(code, said[0], said[1], timed_out)


def _walls(folder: str) -> list[str]:
    walls = [str(shutil.which("bwrap")), "--unshare-all", "--die-with-parent", "--new-session"]
    for place in _interpreter():
        walls += ["--ro-bind", place, place]
    for link in _LOADERS:
        if Path(link).is_symlink():
            walls += ["--symlink", str(Path(link).readlink()), link]
    walls += ["--ro-bind", folder, _CODE, "--size", _SCRATCH, "--tmpfs", "/tmp"]
    walls += ["--proc", "/proc", "--dev", "/dev"]
    for name, value in (
        ("PYTHONHASHSEED", "0"),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("HOME", "/tmp"),
    ):
        walls += ["--setenv", name, value]
    return [*walls, "--chdir", _CODE]


def _interpreter() -> list[str]:
    """The folders without which this interpreter does not start; none lies within another."""
    wanted = [sys.base_prefix, sys.base_exec_prefix, sysconfig.get_path("stdlib"), *_LOADERS]
    found = sorted({one for one in wanted if Path(one).is_dir() and not Path(one).is_symlink()})
    return [one for one in found if not any(_is_within(one, other) for other in found)]


def _is_within(place: str, other: str) -> bool:
    return place != other and Path(place).is_relative_to(other)


def _limits(bounds: Bounds) -> list[str]:
    return [
        str(shutil.which("prlimit")),
        f"--cpu={bounds.seconds}",
        f"--as={bounds.mebibytes * 2**20}",
        f"--nproc={bounds.processes}",
        f"--fsize={bounds.written * 2**20}",
        "--core=0",
    ]


def _resolved(command: Sequence[str]) -> list[str]:
    """-S keeps out whatever else is installed; the code's own folder stays on the path."""
    if command[0] != PYTHON:
        return list(command)
    return [_binary(), "-E", "-s", "-S", *command[1:]]


def _binary() -> str:
    """This interpreter, not the link to it that a virtual environment has."""
    return str(Path(sys.base_exec_prefix) / "bin" / f"python{sys.version_info[0]}")
