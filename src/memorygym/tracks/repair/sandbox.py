"""Processes that run a package's tests: in bubblewrap where it works, else without a sandbox."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from signal import SIGKILL
from tempfile import mkdtemp
from threading import Lock
from typing import Any
from weakref import finalize

from memorygym.core.errors import BadSettings, missing
from memorygym.tracks.repair.package import Package

Process = subprocess.Popen[bytes]
RUNNER = Path(__file__).with_name("runner.py")
SPACE = 2**26
"""Bytes that the tests may write."""
ANSWER = 2**23
"""Most bytes of an answer: a report of 1 MiB, escaped."""
GRACE = 5.0
"""Seconds beyond the limit after which a process that does not answer is ended."""
VARIABLES = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "TMPDIR": "/tmp",
    "TZ": "UTC",
}
PYTHON = str(Path(sys.executable).resolve())
SYSTEM = ("/bin", "/lib", "/lib64", "/sbin", "/nix/store", "/etc/ld.so.cache", sys.base_prefix)
NAMESPACES = ("ipc", "pid", "net", "uts", "cgroup-try")
CLEANING = ("/bin/sh", "-c", '"$@"; rm -rf "$0"')
"""Runs a command and then removes a folder, for a parent that was killed."""
LIBRARIES = ("pytest", "pluggy", "iniconfig", "packaging", "pygments")
"""Modules that pytest imports."""


def is_sandboxed() -> bool:
    """Whether tests run in bubblewrap. MEMORYGYM_SANDBOX=none switches it off."""
    return os.environ.get("MEMORYGYM_SANDBOX") != "none" and _starts()


def sandbox_line() -> str:
    """How tests run, for whoever reads the results."""
    if is_sandboxed():
        return "tests run in bubblewrap"
    reason = "MEMORYGYM_SANDBOX=none" if _starts() else "apt-get install bubblewrap"
    return f"tests run in a plain process, which is not a sandbox: {reason}"


@lru_cache(1)
def _starts() -> bool:
    """A bubblewrap that may not make namespaces here counts as missing."""
    if not shutil.which("bwrap"):
        return False
    command = [*_walls({}), PYTHON, "-c", ""]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _walls(shown: Mapping[Path, str]) -> list[str]:
    """The command that starts bubblewrap; `shown` is readable inside, under other names."""
    walls = [
        shutil.which("bwrap") or "bwrap",
        *(f"--unshare-{name}" for name in NAMESPACES),
        "--ro-bind",
        "/usr",
        "/usr",
    ]
    for path in SYSTEM:
        for parent in reversed(Path(path).parents[:-1]):  # Else its owner's alone.
            if not parent.is_relative_to("/usr"):
                walls += ["--perms", "0755", "--dir", str(parent)]
        walls += ["--ro-bind-try", path, path]
    walls += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    walls += ["--perms", "1777", "--size", str(SPACE), "--tmpfs", "/tmp"]
    for place, name in shown.items():
        walls += ["--ro-bind", str(place), name]
    if os.getuid():
        walls += ["--unshare-user", "--cap-drop", "ALL"]
    else:  # No limit of processes binds root, so the runner becomes another user.
        walls += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return [*walls, "--remount-ro", "/", "--chdir", "/tmp"]


class TestServer:
    """A process that judges changes of one package, one after the other."""

    __test__ = False

    def __init__(self, package: Package, *, plain: bool, walled: bool) -> None:
        libraries = [] if plain else _libraries()
        folder = Path(mkdtemp(prefix="memorygym-"))
        tree, scratch = folder / "package", folder / "scratch"
        self._lock = Lock()
        _write_tree(tree, package)
        scratch.mkdir()
        inside: dict[Path, str] = {path: f"/library{place}" for place, path in enumerate(libraries)}
        shown = {tree: "/package", RUNNER: "/runner.py", **inside} if walled else {}
        reading, lifeline = os.pipe()
        self._socket, theirs = socket.socketpair()
        options = [PYTHON, "-s", "-S", "-P", shown.get(RUNNER, str(RUNNER)), str(reading)]
        variables = {} if walled else {"HOME": str(scratch), "TMPDIR": str(scratch)}
        with theirs, (folder / "errors").open("wb") as errors:
            self._process = subprocess.Popen(
                [*CLEANING, str(folder), *(_walls(shown) if walled else ()), *options],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env=VARIABLES | variables,
                pass_fds=[reading],
                start_new_session=True,
            )
        os.close(reading)
        self.close = finalize(
            self, _end, os.getpid(), self._process, self._socket, lifeline, folder
        )
        start = {
            "folder": "/package" if walled else str(tree),
            "scratch": "/tmp" if walled else str(scratch),
            "libraries": [shown.get(path, str(path)) for path in libraries],
            "scripts": sorted(p for p in {*package.files, *package.tests} if p.endswith(".py")),
            "tests": [*package.tests],
            "pytest": not plain,
            "alone": walled,
            "user": 2**20 + os.getpid() * 64 + lifeline % 64
            if walled and not os.getuid()
            else None,
        }
        if self._ask(start, 60.0) != b"ready\n":
            reason = (folder / "errors").read_text("utf-8", "replace").strip().rpartition("\n")[2]
            self.close()
            raise BadSettings(f"the process that runs tests did not start: {reason}")

    def ask(self, request: Mapping[str, Any], seconds: float) -> dict[str, Any] | None:
        """The answer; None if there is none, after which this server is at its end."""
        with self._lock:
            line = self._ask(request, seconds + GRACE) if self.close.alive else b""
            if not line.endswith(b"\n"):
                self.close()
                return None
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _ask(self, request: Mapping[str, Any], seconds: float) -> bytes:
        self._socket.settimeout(seconds)
        line = b""
        with suppress(OSError):
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            while not line.endswith(b"\n") and len(line) < ANSWER:
                if not (part := self._socket.recv(2**16)):
                    break
                line += part
        return line


def _write_tree(tree: Path, package: Package) -> None:
    tree.mkdir(0o755)
    for path, text in {**package.files, **package.tests}.items():
        file = tree / path
        file.parent.mkdir(0o755, parents=True, exist_ok=True)
        file.write_text(text, "utf-8", newline="")
        file.chmod(0o644)


def pytest_version() -> str:
    if find_spec("pytest") is None:
        raise missing("a package whose tests are not plain functions", "pytest", "repair")
    return version("pytest")


def _libraries() -> list[Path]:
    """The folders that hold pytest and what it imports."""
    specs = [find_spec(name) for name in LIBRARIES]
    return list({Path(spec.origin).parent.parent for spec in specs if spec and spec.origin})


def _end(owner: int, process: Process, link: socket.socket, lifeline: int, folder: Path) -> None:
    if os.getpid() != owner:  # A fork of the owner leaves its processes alone.
        return
    os.close(lifeline)
    link.close()
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)
    process.wait()
    shutil.rmtree(folder, ignore_errors=True)
