"""Mutation testing: how many small faults in the code make a test fail?

`make mutants` plants 300 faults, one at a time, each in a copy of the repository, and runs the
tests that execute the faulty line, the quickest first. A fault that no test notices is a survivor:
it is printed with its place. `make mutants N=20` plants the first 20 of the same sample, `SEED=2`
draws another. An interrupted run continues where it stopped. `MAP=--map` records again which test
executes which line; `MAP="--map tests/x.py"` adds the tests of one file.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from hashlib import sha256
from pathlib import Path
from queue import SimpleQueue

import coverage

from tests.mutants.faults import Mutant, mutants_of
from tests.mutants.recorder import RECORD, ROOMS, ROOT

EQUIVALENT = Path(__file__).with_name("equivalent.txt")
"""Mutants that behave as the original does: name, tab, reason."""
SECONDS = 60.0
"""Most time that the tests of one mutant took when they were recorded, if not said otherwise."""
MEMORY = 6 * 2**20
"""Most KiB of address space of a test process: a fault may make a loop endless."""
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")


class Record:
    """Which test executes which line, and how long each test takes."""

    def __init__(self) -> None:
        self.lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.seconds: dict[str, float] = {}
        for file in RECORD.glob("lines-*.json"):
            self.seconds |= json.loads(file.read_text("utf-8"))
            data = coverage.CoverageData(str(file.with_suffix("")))
            data.read()
            for path in data.measured_files():
                lines = self.lines["src/" + path.rpartition("/src/")[2]]
                for line, tests in data.contexts_by_lineno(path).items():
                    lines[line].update(tests)

    def tests(self, mutant: Mutant, limit: float) -> list[str]:
        """The tests of a mutant, within the limit, the quickest first: those that run its lines,
        the others of their files, which may share a fixture, with those of the module's folder,
        and any that run the module."""
        lines = self.lines[mutant.path]
        exact = {test for line in mutant.lines for test in lines[line]}
        files = {test.partition("::")[0] for test in exact}
        touching = set[str]().union(*lines.values())
        home = f"{mutant.path.replace('src/memorygym', 'tests').rpartition('/')[0]}/"
        beside = {test for test in self.seconds if test.partition("::")[0] in files}
        beside |= {test for test in touching if test.startswith(home)}
        chosen = []
        for group in (exact, beside - exact, touching - beside):
            for test in sorted(group & self.seconds.keys(), key=self.seconds.__getitem__):
                limit -= self.seconds[test]
                if limit > 0:
                    chosen.append(test)
        return chosen


class Copies:
    """Copies of the repository, each of which holds one fault at a time."""

    def __init__(self, number: int, folder: Path, seconds: float) -> None:
        self.free: SimpleQueue[Path] = SimpleQueue()
        self.record, self.seconds, self.sound = Record(), seconds, set[str]()
        listed = ["git", "ls-files", "-co", "--exclude-standard"]
        names = subprocess.check_output(listed, cwd=ROOT, text=True).splitlines()
        for place in (folder / str(index) for index in range(number)):
            for name in filter(lambda name: (ROOT / name).is_file(), names):
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, place / name)
            self.free.put(place)
        collect = [*PYTEST, "--collect-only"]
        listing = subprocess.run(collect, cwd=ROOT, text=True, capture_output=True, check=False)
        there = {*listing.stdout.splitlines()} & self.record.seconds.keys()
        self.record.seconds = {test: self.record.seconds[test] for test in there}

    def verdict(self, mutant: Mutant) -> tuple[str, str]:
        """Whether a test notices the mutant that passes without it, and which."""
        tests, place = self.record.tests(mutant, self.seconds), self.free.get()
        file = place / mutant.path
        original = file.read_text("utf-8")
        try:
            while tests:
                file.write_text(mutant.text, "utf-8")
                code, output = self._run(tests, place)
                file.write_text(original, "utf-8")
                gone = {*re.findall(r"^ERROR: not found: \S*?((?:src|tests)/\S.*)$", output, re.M)}
                by = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.M)
                name = by[1] if by else f"exit code {code}"
                if code == -signal.SIGTERM:
                    raise RuntimeError("the tests were ended from outside; run it again")
                if code in (0, 5):
                    break
                if not gone and (name not in tests or self._passes(name, place)):
                    return "killed", "the time" if code is None else name
                # Tests that the fault took away, or that fail without it.
                out = {*gone, name}
                tests = [test for test in tests if not {test, test.partition("[")[0]} & out]
            return "survived", ""
        finally:
            file.write_text(original, "utf-8")
            self.free.put(place)

    def _passes(self, test: str, place: Path) -> bool:
        if test not in self.sound and self._run([test], place)[0] == 0:
            self.sound.add(test)
        return test in self.sound

    def _run(self, tests: list[str], place: Path) -> tuple[int | None, str]:
        listed = place / ".chosen"
        listed.write_text("\n".join(tests), "utf-8")
        limited = ["bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash", *PYTEST, f"@{listed}"]
        seconds = 30 + 2 * sum(self.record.seconds.get(test, 1) for test in tests)
        here = {**os.environ, "PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
        process = subprocess.Popen(
            [*limited, "-x", "--tb=no", "-rfE", "-p", "no:xdist"], cwd=place, text=True, env=here,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            output, _ = process.communicate(timeout=seconds)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            return None, ""
        finally:
            with contextlib.suppress(ProcessLookupError):  # What the tests left running ends too.
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Verdicts:
    """The verdicts on disk, so that a stopped run continues."""

    def __init__(self, file: Path) -> None:
        tests = sorted(ROOT.glob("tests/**/*.py"))
        self.tests = sha256(b"".join(test.read_bytes() for test in tests)).hexdigest()
        self.file, self.known = file, dict[str, str]()
        lines = EQUIVALENT.read_text("utf-8").splitlines()
        self.equivalent = {line.partition("\t")[0] for line in lines}
        for line in file.read_text("utf-8").splitlines() if file.exists() else ():
            row = json.loads(line)
            if row["verdict"] == "killed" or row["tests"] == self.tests:
                self.known[row["mutant"]] = row["verdict"]
            else:  # Newer tests may notice it.
                self.known.pop(row["mutant"], None)

    def of(self, mutant: Mutant) -> str:
        if mutant.name in self.equivalent:
            return "equivalent"
        return self.known.get(mutant.rank(0) + _digest(mutant), "not run")

    def add(self, mutant: Mutant, verdict: str, by: str) -> None:
        key = mutant.rank(0) + _digest(mutant)
        self.known[key] = verdict
        row = {"mutant": key, "tests": self.tests, "verdict": verdict, "by": by}
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(row | {'name': mutant.name}, ensure_ascii=False)}\n")
        print(f"{verdict:9} {mutant.path}:{mutant.lines[0]} {by}", file=sys.stderr, flush=True)


def _digest(mutant: Mutant) -> str:
    return sha256(mutant.text.encode()).hexdigest()


def report(sample: list[Mutant], verdicts: Verdicts) -> float:
    """Prints the survivors and gives the share of mutants that a test noticed."""
    counts: Counter[str] = Counter()
    for mutant in sorted(sample, key=lambda mutant: (mutant.path, mutant.lines[0])):
        verdict = verdicts.of(mutant)
        counts[verdict] += 1
        if verdict == "survived":
            print(f"{mutant.path}:{mutant.lines[0]}\n  - {mutant.before}\n  + {mutant.after}")
    share = counts["killed"] / (counts["killed"] + counts["survived"] or 1)
    print(f"{len(sample)} mutants: {dict(counts)}; {share:.1%} of those that differ are killed")
    return share


def record(paths: list[str]) -> None:
    """Runs all tests once and records which line each of them executes, or adds those of paths."""
    if not paths:
        shutil.rmtree(RECORD, ignore_errors=True)
    RECORD.mkdir(parents=True, exist_ok=True)
    command = [*PYTEST, "-p", "tests.mutants.recorder", "-n", "2", *paths]
    subprocess.run(command, cwd=ROOT, check=False)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-n", type=int, default=300, help="mutants to plant")
    options.add_argument("--seed", type=int, default=1, help="which sample")
    options.add_argument("--processes", type=int, default=2, help="mutants tested at a time")
    options.add_argument("--map", nargs="*", metavar="TESTS", help="record what tests run first")
    options.add_argument("--seconds", type=float, default=SECONDS, help="of tests for a mutant")
    options.add_argument("--only", default="", help="plant only mutants of files that hold this")
    chosen = options.parse_args()
    if chosen.map is not None or not RECORD.exists():
        record(chosen.map or [])
    files = [file for room in ROOMS for file in ROOT.joinpath(room).rglob("*.py")]
    paths = sorted(str(file.relative_to(ROOT)) for file in files if chosen.only in str(file))
    every = [m for path in paths for m in mutants_of(path, (ROOT / path).read_text("utf-8"))]
    sample = sorted(every, key=lambda mutant: mutant.rank(chosen.seed))[: chosen.n]
    print(f"{len(every)} mutants, of which {len(sample)} are planted")
    verdicts = Verdicts(RECORD / "verdicts.jsonl")
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(chosen.processes) as pool:
        copies = Copies(chosen.processes, Path(folder), chosen.seconds)
        left = [mutant for mutant in sample if verdicts.of(mutant) == "not run"]
        waiting = {pool.submit(copies.verdict, mutant): mutant for mutant in left}
        for done in as_completed(waiting):
            verdicts.add(waiting[done], *done.result())
    return 0 if report(sample, verdicts) >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
