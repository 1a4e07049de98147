"""Runs a dealt package in a process of its own (runner_process.py), to learn what its code does."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

from memorygym.tracks.codeqa import runner_process
from memorygym.tracks.codeqa.fact_reader import dotted

_DEF = re.compile(r"^def (\w+)\(", re.MULTILINE)


class Failed(Exception):
    """The package could not be run."""


@dataclass(frozen=True, slots=True)
class ExecutionJob:
    """What to run, each job in modules imported anew."""

    calls: Sequence[str] = ()
    """Of functions of the package, by their names alone."""
    tests: bool = False
    """Whether to run all tests."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Files that read otherwise."""


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """What came of a job."""

    returned: Sequence[int]
    failed: Sequence[str]
    """Names of tests."""
    passed: int


def run(files: Mapping[str, str], jobs: Sequence[ExecutionJob]) -> list[ExecutionOutcome]:
    """The outcomes of jobs, from one process. Raises Failed with what it said."""
    modules = _modules(files)
    places = {name: module for module, code in modules.items() for name in _DEF.findall(code)}

    def imports(call: str) -> str:
        names = [name for name in re.findall(r"(\w+)\(", call) if name in places]
        return "\n".join(f"from {places[name]} import {name}" for name in names)

    told = {
        "files": modules,
        "jobs": [
            {
                "calls": [(imports(call), call) for call in job.calls],
                "tests": job.tests,
                "changes": _modules(job.changes),
            }
            for job in jobs
        ],
    }
    command = [sys.executable, "-I", "-S", "-B", runner_process.__file__]
    most = 2 * runner_process.SECONDS
    with TemporaryDirectory(prefix="memorygym-") as folder:
        try:
            done = subprocess.run(
                command, input=json.dumps(told).encode(), capture_output=True, cwd=folder, env={},
                timeout=most, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise Failed(f"the package ran for more than {most} s") from error
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise Failed(f"the package ended with status {done.returncode}: {' '.join(last)[:200]}")
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return [ExecutionOutcome(**one) for one in found]


def changed(files: Mapping[str, str], name: str, value: str) -> ExecutionJob:
    """The job that sees which tests fail once a constant has another value."""
    line = re.compile(rf"^{name} = .*$", re.MULTILINE)
    path = next(path for path, code in files.items() if line.search(code))
    return ExecutionJob(
        tests=True, changes={path: line.sub(f"{name} = {value}", files[path], count=1)}
    )


def _modules(files: Mapping[str, str]) -> dict[str, str]:
    return {dotted(path): code for path, code in files.items() if path.endswith(".py")}
