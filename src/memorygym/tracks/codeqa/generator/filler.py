"""Filler of a package: further modules up to the target length, and settings for the last tokens.

A new package is run to find what its calls return and which tests a change breaks.
"""

from collections.abc import Sequence

from memorygym.core.rng import Stream
from memorygym.core.statements import StatementIndex
from memorygym.tracks.codeqa.code_view import (
    EVENT_TOKENS,
    ShownParagraph,
    paragraphs,
    shown_paragraph,
)
from memorygym.tracks.codeqa.generator.known_code import statements_of
from memorygym.tracks.codeqa.generator.package import TESTED, GrowingPackage, Test
from memorygym.tracks.codeqa.interpreter import Evaluator
from memorygym.tracks.codeqa.questions import Lookup

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


def write_tests(package: GrowingPackage) -> None:
    """Adds the test modules to a package, with what their calls return."""
    get = Lookup(StatementIndex(statements_of(package.files))).get
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
