"""Filler of a package: further modules up to the target length, and settings for the last tokens.

A new package is run to find what its calls return and which tests a change breaks.
"""

from collections.abc import Mapping, Sequence

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.codeqa.answers import UsedStatements
from memorygym.tracks.codeqa.code_view import (
    EVENT_TOKENS,
    ShownParagraph,
    paragraphs,
    shown_paragraph,
)
from memorygym.tracks.codeqa.fact_reader import read
from memorygym.tracks.codeqa.generator.definitions import Definition, number
from memorygym.tracks.codeqa.generator.package import TESTED, GrowingPackage, Test
from memorygym.tracks.codeqa.generator.syntax_tree import Tree
from memorygym.tracks.codeqa.interpreter import Evaluator, Raised

DISTRICT = 10
"""Modules of a district."""
WHOLE, HALF = 1500, 420
"""Tokens needed to add a whole module, and to add one of two functions."""
HEAD = 17
"""Tokens of the first line of an event."""
TYPICAL = 4444
"""A placeholder for the value of a call until it is known."""


class Growth:
    """The paragraphs of a growing package by file, and their number of tokens."""

    def __init__(self, package: GrowingPackage, extra: int) -> None:
        self.package = package
        self.files: dict[str, list[ShownParagraph]] = {}
        self.cost = extra
        self.take_new()

    def grow(self, target: int, rng: Stream) -> None:
        """Adds modules while they fit."""
        package = self.package
        while self._left(target) > WHOLE:
            district = package.district()
            self.take_new()
            for _ in range(DISTRICT):
                if self._left(target) <= WHOLE:
                    break
                self._take(package.module(district))
            if district.functions and self._left(target) > HALF:
                tested = rng.sample(district.functions, min(TESTED, len(district.functions)))
                path = package.test(district, tested)
                code = test_module(package.tests[path], [TYPICAL] * len(tested))
                self.cost += sum(paragraph.cost for paragraph in shown_file(path, code))
        while self._left(target) > HALF:
            package.small()
            self.take_new()

    def finish(self) -> None:
        """Writes the tests of the added modules."""
        if self.package.tests:
            write_tests(self.package)
            self.take_new()

    def fill(self, missing: int) -> None:
        """Adds settings with about that many tokens."""
        if missing >= 60:
            self.package.ballast(missing - 40)
            self.take_new()

    def _left(self, target: int) -> int:
        return target - self.cost - HEAD * (self.cost // (EVENT_TOKENS - 100) + 1)

    def take_new(self) -> None:
        """Counts the tokens of new files."""
        for path in self.package.files:
            if path not in self.files:
                self._take(path)

    def _take(self, path: str) -> None:
        self.files[path] = shown_file(path, self.package.files[path])
        self.cost += sum(paragraph.cost for paragraph in self.files[path])


def shown_file(path: str, code: str) -> list[ShownParagraph]:
    """The paragraphs in which a file is shown."""
    return [shown_paragraph(text, path) for text in paragraphs(path, code)]


ARGUMENTS = 2
"""Asked calls of each function."""
COMPOSITIONS = 40
CHANGES = 24
"""Constants that are changed to see which tests fail."""


def asked_calls(functions: Sequence[Definition], rng: Stream) -> list[str]:
    """Calls of all functions, and nested calls, each once."""
    calls = [f"{function.name}({number(rng)})" for function in functions for _ in range(ARGUMENTS)]
    for _ in range(COMPOSITIONS):
        outer, inner = rng.choice(functions), rng.choice(functions)
        calls.append(f"{outer.name}({inner.name}({number(rng)}))")
    return list(dict.fromkeys(calls))


def statements_of(files: Mapping[str, str]) -> list[Statement]:
    """The statements that the reader finds in files."""
    return [
        statement
        for path, code in files.items()
        for paragraph in paragraphs(path, code)
        for statement in read(paragraph)
    ]


def write_tests(package: GrowingPackage) -> None:
    """Adds the test modules to a package, with what their calls return."""
    get = UsedStatements(StatementIndex(statements_of(package.files))).get
    for path, tests in package.tests.items():
        results = [Evaluator(get).expression(test.call) for test in tests]
        package.files[path] = test_module(tests, results)
    package.tests = {}


def test_module(tests: Sequence[Test], results: Sequence[int]) -> str:
    """The code of a test module."""
    head = "\n".join(['"""Tests."""', *sorted({test.imports for test in tests})])
    blocks = [
        f"def {test.name}():\n    assert {test.call} == {result}"
        for test, result in zip(tests, results, strict=True)
    ]
    return "\n\n\n".join([head, *blocks]) + "\n"


def breaking_changes(
    statements: Sequence[Statement], tree: Tree, rng: Stream
) -> tuple[tuple[str, str, str], ...]:
    """Changes of a constant that make exactly one test fail: constant, value and test."""
    read_names = {name for code in tree.functions.values() for name in code.reads}
    names = [name for name in tree.constants if name in read_names]
    rng.shuffle(names)
    changes = [(name, str(number(rng))) for name in names[:CHANGES]]
    known = StatementIndex(statements)
    tests = [name for name in tree.functions if name.startswith("test_")]
    outcomes = [[test for test in tests if fails(test, *change, known)] for change in changes]
    return tuple(
        (name, value, failed[0])
        for (name, value), failed in zip(changes, outcomes, strict=True)
        if len(failed) == 1
    )


def fails(test: str, name: str, value: str, known: StatementIndex) -> bool:
    """Whether a test fails once a constant has that value."""
    try:
        Evaluator(UsedStatements(known, {(name, "value"): value}).get).call(test)
    except Raised:
        return True
    return False
