"""Processes that run a package's tests: in bubblewrap where it works, else without a sandbox."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from secrets import randbelow
from tempfile import mkdtemp
from threading import Lock
from weakref import finalize

from memorygym.core.errors import BadSettings, missing
from memorygym.core.types import JSON
from memorygym.memories.sandbox.process import Ended, Process
from memorygym.tracks.repair.package import Package

RUNNER = Path(__file__).with_name("runner.py")
SPACE = 2**26
"""Bytes that the tests may write."""
GRACE = 5.0
"""Seconds beyond the limit after which a process that does not answer is ended."""
VARIABLES = {
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
    "TZ": "UTC",
}
PYTHON = str(Path(sys.executable).resolve())
SYSTEM = ("/bin", "/lib", "/lib64", "/sbin", "/nix/store", "/etc/ld.so.cache", sys.base_prefix)
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
    command = [*_walls({}), PYTHON, "-c", ""]
    found = bool(shutil.which("bwrap"))
    return found and not subprocess.run(command, capture_output=True, check=False).returncode


def _walls(shown: Mapping[Path, str]) -> list[str]:
    """The command that starts bubblewrap; `shown` is readable inside, under other names."""
    walls = "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try".split()
    walls = [shutil.which("bwrap") or "bwrap", *walls, "--ro-bind", "/usr", "/usr"]
    for path in SYSTEM:
        for parent in reversed(Path(path).parents[:-1]):  # Else its owner's alone.
            if not parent.is_relative_to("/usr"):
                walls += ["--perms", "0755", "--dir", str(parent)]
        walls += ["--ro-bind-try", path, path]
    walls += ["--proc", "/proc", "--dev", "/dev", "--remount-ro", "/dev"]
    walls += ["--perms", "1777", "--size", str(SPACE), "--tmpfs", "/tmp"]
    for place, name in shown.items():
        walls += ["--ro-bind", str(place), name]
    # No limit of processes binds root, so the runner becomes another user.
    user = "--unshare-user" if os.getuid() else "--cap-add CAP_SETUID --cap-add CAP_SETGID"
    return [*walls, "--cap-drop", "ALL", *user.split(), "--remount-ro", "/", "--chdir", "/tmp"]


class TestServer:
    """A process that judges changes of one package, one after the other."""

    __test__ = False

    def __init__(self, package: Package, *, walled: bool) -> None:
        libraries = [] if package.is_generated else _libraries()
        folder = Path(mkdtemp(prefix="memorygym-"))
        tree, scratch = folder / "package", folder / "scratch"
        scratch.mkdir()
        for path, text in {**package.files, **package.tests}.items():
            file = tree / path
            file.parent.mkdir(0o755, parents=True, exist_ok=True)
            file.write_text(text, "utf-8", newline="")
            file.chmod(0o644)
        inside = {path: f"/library{place}" for place, path in enumerate(libraries)}
        names = {tree: "/package", scratch: "/tmp", RUNNER: "/runner.py", **inside}
        shown = names if walled else {path: str(path) for path in names}
        command = [PYTHON, "-s", "-S", "-P", shown[RUNNER]]
        if walled:
            command = [*_walls({p: n for p, n in shown.items() if p != scratch}), *command]
        variables = {"HOME": shown[scratch], "TMPDIR": shown[scratch], **VARIABLES}
        process = Process([*CLEANING, str(folder), *command], variables)
        self._lock, self._process = Lock(), process
        self.close = finalize(self, _end, os.getpid(), process, folder)
        scripts = [path for path in {**package.files, **package.tests} if path.endswith(".py")]
        start: dict[str, JSON] = {
            "folder": shown[tree],
            "scratch": shown[scratch],
            "libraries": [shown[path] for path in libraries],
            "scripts": sorted(scripts),
            "tests": [*package.tests],
            "alone": walled,
            "user": 2**20 + randbelow(2**24) if walled and not os.getuid() else None,
        }
        if self.ask(start, 60) is None:
            raise BadSettings("the process that runs tests did not start")

    def ask(self, request: Mapping[str, JSON], seconds: float) -> list[JSON] | None:
        """The answer; None if there is none, after which this server is at its end."""
        with self._lock:
            try:
                return self._process.ask([request], seconds + GRACE)[0]
            except (Ended, OSError, ValueError):
                self.close()
        return None


def pytest_version() -> str:
    if find_spec("pytest") is None:
        raise missing("a package whose tests are not plain functions", "pytest", "repair")
    return version("pytest")


def _libraries() -> set[Path]:
    """The folders that hold pytest and what it imports."""
    specs = [find_spec(name) for name in LIBRARIES]
    return {Path(spec.origin).parent.parent for spec in specs if spec and spec.origin}


def _end(owner: int, process: Process, folder: Path) -> None:
    if os.getpid() == owner:  # A fork of the owner leaves its processes alone.
        process.end()
        shutil.rmtree(folder, ignore_errors=True)
