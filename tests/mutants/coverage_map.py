"""Which test executes which line of the rooms that are mutated, recorded once."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tests.mutants.faults import Mutant

ROOT = Path(__file__).parents[2]
ROOMS = [f"src/memorygym/{room}" for room in ("core", "scoring", "stats", "runs", "tracks")]
KEPT = ROOT / "build" / "mutants"
"""Holds the coverage map and the verdicts; git ignores it."""
SECONDS = 40.0
"""Most time that the tests of one mutant took when the map was recorded."""


@dataclass
class CoverageMap:
    """Which test executes which line, and how long each test takes."""

    lines: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    """Of each source file, when the map was recorded: a changed file has other lines."""

    def tests(self, mutant: Mutant, limit: float = SECONDS) -> list[str]:
        """The tests of a mutant: those that run the line, then others that may share a fixture."""
        lines = self.lines.get(mutant.path, {})
        touching = {test for tests in lines.values() for test in tests}
        exact: set[str] = set()
        if mutant.in_function and self.digests.get(mutant.path) == digest([mutant.path]):
            exact = {t for n in range(mutant.line, mutant.end_line + 1) for t in lines.get(n, [])}
        files = {test.partition("::")[0] for test in exact}
        beside = {test for test in self.seconds if test.partition("::")[0] in files}
        chosen: list[str] = []
        for group in (exact, beside, touching):
            for test in sorted(group - {*chosen}, key=lambda test: (self.seconds[test], test)):
                limit -= self.seconds[test]
                if limit > 0 or not chosen:
                    chosen.append(test)
        return chosen


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
        (KEPT / "sources.json").write_text(json.dumps({path: digest([path]) for path in sources()}))


def read_map() -> CoverageMap:
    import coverage

    log = (KEPT / "map.log").read_text("utf-8")
    found = CoverageMap(digests=json.loads((KEPT / "sources.json").read_text()))
    failed = set(re.findall(r"^(?:FAILED|ERROR) (\S+)", log, re.M))
    for seconds, test in re.findall(r"^([\d.]+)s (?:setup|call|teardown) +(\S.*)$", log, re.M):
        if test not in failed:
            found.seconds[test] = found.seconds.get(test, 0.01) + float(seconds)
    data = coverage.CoverageData(str(KEPT / "coverage"))
    data.read()
    for file in data.measured_files():
        by_line = found.lines[str(Path(file).relative_to(ROOT))] = {}
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
