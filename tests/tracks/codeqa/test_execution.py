"""Dealt code is run; whatever else claims to be dealt is refused before it does anything."""

import sys
from pathlib import Path

import pytest

from memorygym.tracks.codeqa.execution import ExecutionFailed, ExecutionJob, run
from memorygym.tracks.codeqa.runner_process import LoadedPackage

LOOP = "def test_it():\n    assert sum([one for one in range(4)]) == 6\n"
ESCAPES = {
    "the built-in names of another module": (
        "from pack.other import __builtins__ as names\n"
        "names['__import__']('os').mkdir(MARK)\n"
    ),
    "what an exception was about": (
        "try:\n    '{0.__class__.__base__.__subclasses__.none}'.format(1)\n"
        "except Exception as error:\n    error.obj()\n"
    ),
    "an attribute named by a text": "'{0.__class__}'.format(1)\n",
    "a method that Python calls": "class A:\n    def __del__(self):\n        pass\n",
    "another metaclass": "class A(metaclass=max):\n    pass\n",
    "an import": "import os\nos.mkdir(MARK)\n",
    "a file": "open(MARK, 'x')\n",
    "a frame": "def f():\n    pass\nf.__globals__\n",
    "whatever a module of Python has": "from functools import sys\n",
    "all names of a module": "from pack.other import *\n",
    "a generator's frame": "(one for one in [1]).gi_frame\n",
}  # fmt: skip


def package(code: str) -> dict[str, str]:
    return {"pack/__init__.py": "", "pack/other.py": "X = 1\n", "pack/code.py": code}


@pytest.mark.parametrize("code", [LOOP, "from functools import partial\n" + LOOP])
def test_code_that_computes_is_run(code: str) -> None:
    (outcome,) = run(package(code), [ExecutionJob(tests=True)])
    assert (outcome.passed, outcome.failed) == (1, [])


@pytest.mark.parametrize("what", ESCAPES)
def test_code_that_reaches_for_more_is_refused(what: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(ExecutionFailed, match="does what dealt code does not"):
        run(package(ESCAPES[what].replace("MARK", repr(str(mark)))), [ExecutionJob(tests=True)])
    assert not mark.exists()


@pytest.mark.parametrize(
    ("place", "line", "call"),
    [
        ("os.py", "from os import path", "path.os.getpid()"),
        ("os/__init__.py", "from os import path", "path.os.getpid()"),
        ("os/a.py", "from os.a import X", "X"),
        ("json/__init__.py", "from json import decoder", "decoder.scanner.re.A"),
    ],
)
def test_a_package_does_not_stand_for_one_of_python(place: str, line: str, call: str) -> None:
    """What `from` does not find in a module, Python looks up among its own of that name."""
    files = {place: "X = 1\n", "b.py": f"{line}\n\n\ndef f():\n    return {call}\n"}
    with pytest.raises(ExecutionFailed, match="is a module of Python's own"):
        run(files, [ExecutionJob(["f()"])])


def test_what_a_module_lacks_is_not_looked_up_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdlib_module_names", frozenset())
    made = LoadedPackage({"os": "X = 1\n", "b": "from os import path\n"})
    with pytest.raises(ImportError, match="cannot import name 'path'"):
        made.module("b")


def test_what_a_call_returns_must_be_a_number() -> None:
    with pytest.raises(ExecutionFailed, match="returns str, not int"):
        run(package("def f():\n    return 'a' * 9\n"), [ExecutionJob(["f()"])])


@pytest.mark.parametrize("code", ["def f():\n    f()\nf()\n", "'a' * 10**12\n", "1 // 0\n"])
def test_code_that_breaks_says_how_in_few_words(code: str) -> None:
    with pytest.raises(
        ExecutionFailed, match=r"RecursionError|MemoryError|ZeroDivisionError"
    ) as told:
        run(package(code), [ExecutionJob(tests=True)])
    assert len(str(told.value)) < 300
