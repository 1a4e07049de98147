"""Fills a package up to a length with further modules, and the last tokens with settings."""

from memorygym.rng import Stream
from memorygym.tracks.codeqa.dealing.package import TESTED, Package
from memorygym.tracks.codeqa.dealing.packing import FULL, Shown, shown
from memorygym.tracks.codeqa.dealing.trying import test_module, write_tests
from memorygym.tracks.codeqa.executing import Job, run
from memorygym.tracks.codeqa.showing import paragraphs

DISTRICT = 10
"""Modules of a district."""
WHOLE, HALF = 1500, 420
"""Tokens for which a whole module may be added, and one of two functions."""
HEAD = 17
"""Tokens of the first line of an event."""
TYPICAL = 4444
"""Stands for what a call returns until it is known."""


class Growth:
    """The paragraphs of a package by file, and what they cost."""

    def __init__(self, package: Package, extra: int) -> None:
        self.package = package
        self.files: dict[str, list[Shown]] = {}
        self.cost = extra
        for path in package.files:
            self._take(path)

    def add(self, path: str, code: str) -> None:
        """Adds a file that is written already."""
        self.package.files[path] = code
        self._take(path)

    def grow(self, target: int, chance: Stream) -> None:
        """Adds modules while they fit."""
        package = self.package
        while self._left(target) > WHOLE:
            known = set(package.files)
            district = package.district()
            self._take_new(known)
            for _ in range(DISTRICT):
                if self._left(target) <= WHOLE:
                    break
                self._take(package.module(district))
            if district.functions and self._left(target) > HALF:
                tested = chance.sample(district.functions, min(TESTED, len(district.functions)))
                path = package.test(district, tested)
                code = test_module(package.tests[path], [TYPICAL] * len(tested))
                self.cost += sum(one.cost for one in told(path, code))
        while self._left(target) > HALF:
            known = set(package.files)
            package.small(2)
            self._take_new(known)

    def finish(self) -> None:
        """Writes the tests of what was added."""
        tests = [test for several in self.package.tests.values() for test in several]
        if not tests:
            return
        paths = list(self.package.tests)
        calls = [(test.imports, test.call) for test in tests]
        write_tests(self.package, run(self.package.files, [Job(calls)])[0].returned)
        for path in paths:
            self.files[path] = told(path, self.package.files[path])

    def fill(self, missing: int) -> None:
        """Adds settings that cost about as much."""
        if missing < 60:
            return
        known = set(self.package.files)
        self.package.ballast(missing - 40)
        self._take_new(known)

    def _left(self, target: int) -> int:
        return target - self.cost - HEAD * (self.cost // (FULL - 100) + 1)

    def _take_new(self, known: set[str]) -> None:
        for path in [path for path in self.package.files if path not in known]:
            self._take(path)

    def _take(self, path: str) -> None:
        self.files[path] = told(path, self.package.files[path])
        self.cost += sum(one.cost for one in self.files[path])


def told(path: str, code: str) -> list[Shown]:
    """A file as it is shown."""
    return [shown(text, path) for text in paragraphs(path, code)]
