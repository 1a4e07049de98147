"""Runs a dealt package in a process of its own with limits, to learn what its code does.

What claims to be dealt may be anybody's: the process refuses all that dealt code does not do.
Functions of real code run behind walls, each with what it names and no more of its tree: what an
instance holds is never run outside bubblewrap.
"""

import ast
import builtins
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from memorygym.tracks.codeqa import child
from memorygym.tracks.codeqa.sources.confining import PYTHON, Bounds, run_confined

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


BOUNDS = Bounds(seconds=10, mebibytes=512, processes=8, written=1)
_NAME = re.compile(r"\w+(?=\()")
_PLAY = """
import json as _json
_said = []
for _call in _json.loads(input()):
    try:
        _value = eval(_call)
    except Exception:
        _value = None
    _said.append(str(_value) if type(_value) in (int, str) else None)
print(_json.dumps(_said))
"""


def executed(files: Mapping[str, str], calls: Sequence[str]) -> list[str | None]:
    """What calls return, as text; None of what is neither a whole number nor text, or fails.

    Raises BadSettings without walls.
    """
    known = definitions(files)
    code = "\n".join(known[name] for name in _closed(calls, known))
    given = json.dumps(list(calls))
    ran = run_confined({"m.py": f"{code}\n{_PLAY}"}, [PYTHON, "m.py"], BOUNDS, given)
    try:
        said = json.loads(ran.output)
    except ValueError:
        said = []
    fits = isinstance(said, list) and len(said) == len(calls)
    return [one if isinstance(one, str) else None for one in said] if fits else [None] * len(calls)


def definitions(files: Mapping[str, str]) -> dict[str, str]:
    """Plain functions and constants at the left margin, each of a name that is there once."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for path, code in files.items():
        for name, text in _defined(code) if path.endswith(".py") else ():
            twice |= {name} & found.keys()
            found[name] = text
    return {name: text for name, text in found.items() if name not in twice}


def _defined(code: str) -> Iterator[tuple[str, str]]:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return
    lines = code.split("\n")
    for node in body:
        text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        match node:
            case ast.FunctionDef(name=name, decorator_list=[]):
                yield name, text
            case ast.Assign(targets=[ast.Name(id=name)]) if name.isupper():
                yield name, text


def _closed(calls: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """The names of what is called, and of what that names."""
    found: dict[str, None] = {}
    waiting = [name for call in calls for name in _NAME.findall(call)]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found[name] = None
            waiting += re.findall(r"\w+", known[name])
    # A constant may rest on one that the same file defines before it.
    return [name for name in known if name in found and not hasattr(builtins, name)]
