"""Generated code is run; other code is refused before it does anything."""

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


@pytest.mark.parametrize("escape", ESCAPES)
def test_code_beyond_generated_code_is_refused_before_it_runs(escape: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with pytest.raises(ExecutionFailed, match="uses what generated code does not"):
        run(package(ESCAPES[escape].replace("MARK", repr(str(mark)))), [ExecutionJob(tests=True)])
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
def test_a_package_may_not_shadow_a_module_of_python(place: str, line: str, call: str) -> None:
    """Python looks up a name that `from` does not find in a module as a module of its own."""
    files = {place: "X = 1\n", "b.py": f"{line}\n\n\ndef f():\n    return {call}\n"}
    with pytest.raises(ExecutionFailed, match="is a module of Python's own"):
        run(files, [ExecutionJob(["f()"])])


def test_a_name_missing_in_a_module_is_not_looked_up_elsewhere(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdlib_module_names", frozenset())
    package_ = LoadedPackage({"os": "X = 1\n", "b": "from os import path\n"})
    with pytest.raises(ImportError, match="cannot import name 'path'"):
        package_.module("b")


def test_a_call_must_return_a_number() -> None:
    with pytest.raises(ExecutionFailed, match="returns str, not int"):
        run(package("def f():\n    return 'a' * 9\n"), [ExecutionJob(["f()"])])


@pytest.mark.parametrize("code", ["def f():\n    f()\nf()\n", "'a' * 10**12\n", "1 // 0\n"])
def test_code_that_fails_gives_a_short_message(code: str) -> None:
    with pytest.raises(
        ExecutionFailed, match=r"RecursionError|MemoryError|ZeroDivisionError"
    ) as error:
        run(package(code), [ExecutionJob(tests=True)])
    assert len(str(error.value)) < 300
