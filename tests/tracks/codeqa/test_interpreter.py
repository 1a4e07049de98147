"""The reader's interpreter agrees with Python, and gives up where it does not know better."""

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import normalize
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.codeqa.answers import CodeReader
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.execution import ExecutionJob, Failed, run
from memorygym.tracks.codeqa.generator.package import GrowingPackage

READER = CodeReader()


def generated(seed: int) -> tuple[GrowingPackage, list[str], StatementIndex]:
    """A package, calls of all its functions, and what its shown form tells."""
    package = GrowingPackage(named_rng("test", "evaluating", seed), 2)
    district = package.district()
    for _ in range(8):
        package.module(district)
    calls = [f"{one.name}({given})" for one in district.functions for given in (0, 41, 517)]
    parts = [normalize(p) for path, code in package.files.items() for p in paragraphs(path, code)]
    told = [one for part in parts for one in READER.read(part)]
    return package, calls, StatementIndex(told)


@pytest.mark.parametrize("seed", range(3))
def test_it_agrees_with_python_on_hundreds_of_calls(seed: int) -> None:
    package, calls, known = generated(seed)
    returned = run(package.files, [ExecutionJob(calls)])[0].returned
    assert len(calls) > 150
    for call, value in zip(calls, returned, strict=True):
        found = READER.answer(READER.ask(f"What does `{call}` return?"), known)
        assert isinstance(found, Found) and found.answer == str(value), call


@pytest.mark.parametrize(
    "body",
    [
        "while a:\na = a",
        "return [b for c in a]",
        "return open(a)",
        "return Sift(a).b",
        "return 'a' * 10 ** 9 * a",
        "return a.__class__",
        "for b in range(10 ** 9):\na += 1",
        "return sift(a)",
        "return a // 0",
        "import os",
        "return (lambda: a)()",
        "return range(10 ** 8)[a] and sum(range(10 ** 12))",
    ],
)
def test_what_it_does_not_know_is_not_answered(body: str) -> None:
    known = StatementIndex([Statement("sift", "source", f"def sift(a):\n{body}")])
    query = READER.ask("What does `sift(3)` return?")
    assert not isinstance(READER.answer(query, known), Found)


def test_a_package_that_does_not_run_is_reported() -> None:
    with pytest.raises(Failed, match="NameError"):
        run({"a/__init__.py": "", "a/b.py": "x = y"}, [ExecutionJob(tests=True)])


def test_a_package_cannot_fill_the_memory() -> None:
    with pytest.raises(Failed, match="MemoryError"):
        run({"a/__init__.py": "x = 'a' * 10**11"}, [ExecutionJob(tests=True)])


@pytest.mark.parametrize(
    "code",
    [
        "open('x', 'w')",
        "import os",
        "from os import remove",
        "from . import b",
        "x = ().__class__",
        "x = __builtins__",
        "def f():\n    yield 1\nx = f().gi_frame",
        "y = getattr",
    ],
)
def test_code_that_does_more_than_ours_is_refused(code: str) -> None:
    with pytest.raises(Failed, match="does what dealt code does not"):
        run({"a/__init__.py": code}, [ExecutionJob(tests=True)])


def test_a_call_that_does_more_than_ours_is_refused() -> None:
    with pytest.raises(Failed, match="does what dealt code does not"):
        run({"a/__init__.py": ""}, [ExecutionJob(["__import__('os').getcwd()"])])
