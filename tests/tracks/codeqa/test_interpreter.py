"""The reader's interpreter agrees with Python and gives up on unsupported code."""

import pytest

from memorygym.core.rng import named_rng
from memorygym.core.statements import Statement, StatementIndex
from memorygym.core.tokens import normalize
from memorygym.tracks._qa.questions import Found
from memorygym.tracks.codeqa.answers import CodeReader
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.execution import ExecutionFailed, ExecutionJob, run
from memorygym.tracks.codeqa.generator.package import GrowingPackage

READER = CodeReader()


def generated(seed: int) -> tuple[GrowingPackage, list[str], StatementIndex]:
    """A package, calls of all its functions, and the statements in its shown form."""
    package = GrowingPackage(named_rng("test", "evaluating", seed), 2)
    district = package.district()
    for _ in range(8):
        package.module(district)
    calls = [
        f"{function.name}({argument})"
        for function in district.functions
        for argument in (0, 41, 517)
    ]
    texts = [
        normalize(paragraph)
        for path, code in package.files.items()
        for paragraph in paragraphs(path, code)
    ]
    statements = [function for text in texts for function in READER.read(text)]
    return package, calls, StatementIndex(statements)


@pytest.mark.parametrize("seed", range(3))
def test_the_interpreter_agrees_with_python_on_hundreds_of_calls(seed: int) -> None:
    package, calls, known = generated(seed)
    returned = run(package.files, [ExecutionJob(calls)])[0].returned
    assert len(calls) > 150
    for call, value in zip(calls, returned, strict=True):
        result = READER.answer(READER.ask(f"What does `{call}` return?"), known)
        assert isinstance(result, Found) and result.answer == str(value), call


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
def test_unsupported_code_is_not_answered(body: str) -> None:
    known = StatementIndex([Statement("sift", "source", f"def sift(a):\n{body}")])
    query = READER.ask("What does `sift(3)` return?")
    assert not isinstance(READER.answer(query, known), Found)


def test_a_package_that_fails_to_run_is_reported() -> None:
    with pytest.raises(ExecutionFailed, match="NameError"):
        run({"a/__init__.py": "", "a/b.py": "x = y"}, [ExecutionJob(tests=True)])


def test_a_package_cannot_fill_the_memory() -> None:
    with pytest.raises(ExecutionFailed, match="MemoryError"):
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
def test_code_beyond_generated_code_is_refused(code: str) -> None:
    with pytest.raises(ExecutionFailed, match="uses what generated code does not"):
        run({"a/__init__.py": code}, [ExecutionJob(tests=True)])


def test_a_call_beyond_generated_code_is_refused() -> None:
    with pytest.raises(ExecutionFailed, match="uses what generated code does not"):
        run({"a/__init__.py": ""}, [ExecutionJob(["__import__('os').getcwd()"])])
