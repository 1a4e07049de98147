"""Runs a generated package in a process of its own (runner_process.py) to see what it does."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

from memorygym.tracks.codeqa import runner_process
from memorygym.tracks.codeqa.code_reader import module_name

_DEF = re.compile(r"^def (\w+)\(", re.MULTILINE)


class ExecutionFailed(Exception):
    """The package could not be run."""


@dataclass(frozen=True, slots=True)
class ExecutionJob:
    """One run of a package, in freshly imported modules."""

    calls: Sequence[str] = ()
    """Calls of functions of the package, by their bare names."""
    tests: bool = False
    """Whether to run all tests."""
    changes: Mapping[str, str] = field(default_factory=dict)
    """Changed files, by path."""


@dataclass(frozen=True, slots=True)
class ExecutionOutcome:
    """The outcome of a job."""

    returned: Sequence[int]
    failed: Sequence[str]
    """Names of tests."""
    passed: int


def run(files: Mapping[str, str], jobs: Sequence[ExecutionJob]) -> list[ExecutionOutcome]:
    """The outcomes of jobs, run in one process. Raises ExecutionFailed with its error message."""
    modules = _modules(files)
    places = {name: module for module, code in modules.items() for name in _DEF.findall(code)}

    def imports(call: str) -> str:
        names = [name for name in re.findall(r"(\w+)\(", call) if name in places]
        return "\n".join(f"from {places[name]} import {name}" for name in names)

    request = {
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
    limit = 2 * runner_process.SECONDS
    with TemporaryDirectory(prefix="memorygym-") as folder:
        try:
            process = subprocess.run(
                command,
                input=json.dumps(request).encode(),
                capture_output=True,
                cwd=folder,
                env={},
                timeout=limit,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ExecutionFailed(f"the package ran for more than {limit} s") from error
    if process.returncode:
        last_line = process.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise ExecutionFailed(
            f"the package ended with status {process.returncode}: {' '.join(last_line)[:200]}"
        )
    results: list[dict[str, Any]] = json.loads(process.stdout)
    return [ExecutionOutcome(**result) for result in results]


def constant_change(files: Mapping[str, str], name: str, value: str) -> ExecutionJob:
    """The job that runs all tests with another value of a constant."""
    line = re.compile(rf"^{name} = .*$", re.MULTILINE)
    path = next(path for path, code in files.items() if line.search(code))
    return ExecutionJob(
        tests=True, changes={path: line.sub(f"{name} = {value}", files[path], count=1)}
    )


def _modules(files: Mapping[str, str]) -> dict[str, str]:
    return {module_name(path): code for path, code in files.items() if path.endswith(".py")}
