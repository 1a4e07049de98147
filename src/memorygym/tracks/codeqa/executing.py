"""Runs a dealt package in a process of its own with limits, to learn what its code does.

What claims to be dealt may be anybody's: the process refuses all that dealt code does not do.
"""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from memorygym.tracks.codeqa import child

SECONDS = 240
MEBIBYTES = 4096
_IMPORT = re.compile(r"^from ([\w.]+) import", re.MULTILINE)


class Failed(Exception):
    """The package could not be run."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to run, each job in modules imported anew."""

    calls: Sequence[tuple[str, str]] = ()
    """Import lines and an expression."""
    tests: Sequence[str] | str = ()
    """Test modules, or `all` for all modules there are."""
    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """A line of a file, and what it reads instead."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job."""

    returned: tuple[int, ...]
    failed: tuple[str, ...]
    """Names of tests."""
    passed: int


def run(files: Mapping[str, str], jobs: Sequence[Job]) -> list[Outcome]:
    """The outcomes of jobs, from one process. Raises Failed with what it said."""
    told = json.dumps(
        {
            "files": dict(files),
            "jobs": [{name: getattr(job, name) for name in Job.__slots__} for job in jobs],
        }
    )
    command = [
        sys.executable,
        "-I",
        "-S",
        "-B",
        str(Path(child.__file__)),
        str(SECONDS),
        str(MEBIBYTES),
    ]
    with TemporaryDirectory(prefix="memorygym-") as folder:
        try:
            done = subprocess.run(
                command, input=told.encode(), capture_output=True, cwd=folder, env={},
                timeout=2 * SECONDS, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Failed(f"the package ran for more than {2 * SECONDS} s") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise Failed(f"the package ended with status {done.returncode}: {' '.join(last)[:200]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [Outcome(tuple(one["returned"]), tuple(one["failed"]), one["passed"]) for one in found]


def affected(files: Mapping[str, str], path: str) -> list[str]:
    """The test modules that import a file, directly or through others."""
    importers: dict[str, list[str]] = {}
    for place, code in files.items():
        for module in _IMPORT.findall(code):
            importers.setdefault(module, []).append(dotted(place))
    reached = {dotted(path): None}
    waiting = list(reached)
    while waiting:
        for module in importers.get(waiting.pop(), ()):
            if module not in reached:
                reached[module] = None
                waiting.append(module)
    return sorted(one for one in reached if one.rpartition(".")[2].startswith("test_"))


def dotted(path: str) -> str:
    """The name under which a file is imported.

    >>> dotted("a/b/c.py"), dotted("a/__init__.py")
    ('a.b.c', 'a')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
