"""Which test executes which line of the rooms that are mutated, recorded once."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from hashlib import sha256
from pathlib import Path

from tests.mutants.faults import Mutant

ROOT = Path(__file__).parents[2]
ROOMS = [f"src/memorygym/{room}" for room in ("core", "scoring", "stats", "runs", "tracks")]
KEPT = ROOT / "build" / "mutants"
"""Holds the coverage map and the verdicts; git ignores it."""
SECONDS = 90.0
"""Most time that the tests of one mutant took when the map was recorded."""


@dataclass
class CoverageMap:
    """Which test executes which line, and how long each test takes."""

    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    texts: dict[str, list[str]] = field(default_factory=dict)
    """The lines of each source file when the map was recorded."""

    def tests(self, mutant: Mutant, limit: float = SECONDS) -> list[str]:
        """The tests of a mutant, within the limit: those that run the line, the others of their
        files, which may share a fixture, and those that run another line of the module."""
        lines = self.lines.get(mutant.path, {})
        touching = {test for tests in lines.values() for test in tests}
        # Tests that were added to the record ran the lines as they are numbered now.
        now = range(mutant.line, mutant.end_line + 1)
        wanted = {*self._lines_then(mutant), *now} if mutant.in_function else ()
        exact = {test for line in wanted for test in lines.get(line, [])}
        files = {test.partition("::")[0] for test in exact}
        beside = {test for test in self.seconds if test.partition("::")[0] in files}
        chosen: list[str] = []
        for group in (exact, beside, touching):
            for test in self._in_order(group & self.seconds.keys() - {*chosen}):
                limit -= self.seconds[test]
                if limit > 0 or not chosen:
                    chosen.append(test)
        return chosen

    def _in_order(self, tests: Iterable[str]) -> list[str]:
        """The quickest first, but of each test function two cases before the others."""
        cases: Counter[str] = Counter()
        ranks: dict[str, tuple[bool, float, str]] = {}
        for test in sorted(tests, key=lambda test: (self.seconds[test], test)):
            function = test.partition("[")[0]
            cases[function] += 1
            ranks[test] = cases[function] > 2, self.seconds[test], test
        return sorted(ranks, key=ranks.__getitem__)

    def _lines_then(self, mutant: Mutant) -> list[int]:
        """The numbers that the lines of a mutant had when the map was recorded."""
        now = ROOT.joinpath(mutant.path).read_text("utf-8").splitlines()
        then: list[int] = []
        matcher = SequenceMatcher(None, now, self.texts.get(mutant.path, []), autojunk=False)
        for kind, first, last, start, end in matcher.get_opcodes():
            for line in range(max(first, mutant.line - 1), min(last, mutant.end_line)):
                same = kind == "equal"
                then += [start + line - first + 1] if same else range(start + 1, end + 1)
        return then


def record_map(paths: list[str]) -> None:
    """Runs the tests once (or those of the paths, added to the map) under coverage."""
    KEPT.mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable, "-m", "pytest", "-n", "2", "-vv", "--durations=0", "--durations-min=0",
        "--cov-report=", "--cov-context=test", *[f"--cov={room}" for room in ROOMS],
        *(["--cov-append"] if paths else []), *paths,
    ]  # fmt: skip
    with (KEPT / "map.log").open("a" if paths else "w") as log:
        here = {**os.environ, "COVERAGE_FILE": str(KEPT / "coverage")}
        subprocess.run(command, cwd=ROOT, env=here, stdout=log, check=False)
    if not paths:
        texts = {path: ROOT.joinpath(path).read_text("utf-8").splitlines() for path in sources()}
        (KEPT / "sources.json").write_text(json.dumps(texts), "utf-8")


def read_map() -> CoverageMap:
    """The record, without tests that failed."""
    import coverage

    log = (KEPT / "map.log").read_text("utf-8")
    found = CoverageMap(texts=json.loads((KEPT / "sources.json").read_text("utf-8")))
    failed = set(re.findall(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", log, re.M))
    for seconds, test in re.findall(r"^([\d.]+)s (?:setup|call|teardown) +(\S.*)$", log, re.M):
        if test not in failed:
            found.seconds[test] = found.seconds.get(test, 0.01) + float(seconds)
    data = coverage.CoverageData(str(KEPT / "coverage"))
    data.read()
    for file in data.measured_files():
        by_line = found.lines["src/" + file.rpartition("/src/")[2]] = {}
        for line, contexts in data.contexts_by_lineno(file).items():
            tests = {context.rpartition("|")[0] for context in contexts}
            by_line[line] = sorted(tests & found.seconds.keys())
    return found


def sources() -> list[str]:
    return sorted(
        str(file.relative_to(ROOT)) for room in ROOMS for file in ROOT.joinpath(room).rglob("*.py")
    )


def digest(paths: Iterable[str]) -> str:
    return sha256(b"".join(ROOT.joinpath(path).read_bytes() for path in paths)).hexdigest()[:16]
