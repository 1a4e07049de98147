"""Mutation testing: how many small faults in the code make a test fail?

`make mutants` plants 300 faults, one at a time, each in a copy of the repository, and runs the
tests that execute the faulty line, the quickest first. A fault that no test notices is a survivor:
it is printed with its place. `make mutants N=20` plants the first 20 of the same sample, `SEED=2`
draws another. An interrupted run continues where it stopped. `MAP=--map` records again which test
executes which line; `MAP="--map tests/x.py"` adds the tests of one file to that record.
"""

import argparse
import json
import sys
import tempfile
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.mutants.coverage_map import KEPT, ROOT, digest, read_map, record_map, sources
from tests.mutants.execution import collected, copy_of_repository, run_tests, verdict
from tests.mutants.faults import Mutant, mutants_of

EQUIVALENT = Path(__file__).with_name("equivalent.txt")
"""Mutants that behave as the original does: name, tab, reason."""


class Verdicts:
    """The verdicts on disk, so that a stopped run continues."""

    def __init__(self, file: Path) -> None:
        self.file = file
        tests = digest(sorted(str(t.relative_to(ROOT)) for t in ROOT.glob("tests/**/*.py")))
        self.tests = tests
        self.known: dict[str, dict[str, str]] = {}
        for line in file.read_text("utf-8").splitlines() if file.exists() else ():
            known = json.loads(line)
            if known["verdict"] != "survived" or known["tests"] == tests:
                self.known[known["name"] + known["source"]] = known
            else:  # Newer tests may notice it.
                self.known.pop(known["name"] + known["source"], None)
        self.lock = threading.Lock()

    def of(self, mutant: Mutant) -> dict[str, str] | None:
        return self.known.get(mutant.name + digest([mutant.path]))

    def add(self, mutant: Mutant, verdict: str, by: str) -> None:
        row = {"name": mutant.name, "source": digest([mutant.path]), "tests": self.tests}
        row |= {"verdict": verdict, "by": by}
        with self.lock, self.file.open("a", encoding="utf-8") as file:
            self.known[row["name"] + row["source"]] = row
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def judge(sample: list[Mutant], verdicts: Verdicts, processes: int) -> None:
    """Runs the tests of each mutant that has no verdict yet."""
    tests = read_map()
    trees = threading.local()
    sound: set[str] = set()
    """Tests that pass without a fault."""
    with tempfile.TemporaryDirectory() as folder:
        first = copy_of_repository(Path(tempfile.mkdtemp(dir=folder)))
        there = collected(first)
        tests.seconds = {test: tests.seconds[test] for test in tests.seconds.keys() & there}

        def work(mutant: Mutant) -> None:
            if not hasattr(trees, "tree"):
                trees.tree = copy_of_repository(Path(tempfile.mkdtemp(dir=folder)))
            found, by = verdict(mutant, tests.tests(mutant), tests.seconds, trees.tree)
            while found == "killed" and by in tests.seconds and by not in sound:
                if run_tests([by], tests.seconds[by], trees.tree)[0] == 0:
                    sound.add(by)
                else:  # It fails without a fault too.
                    tests.seconds.pop(by, None)
                    found, by = verdict(mutant, tests.tests(mutant), tests.seconds, trees.tree)
            verdicts.add(mutant, found, by)
            print(f"{found:9} {mutant.path}:{mutant.line} {by}", file=sys.stderr, flush=True)

        with ThreadPoolExecutor(processes) as pool:
            list(pool.map(work, [mutant for mutant in sample if verdicts.of(mutant) is None]))


def report(sample: list[Mutant], verdicts: Verdicts) -> float:
    """Prints the survivors and the share of mutants that a test noticed."""
    lines = EQUIVALENT.read_text("utf-8").splitlines() if EQUIVALENT.exists() else []
    equivalent = {line.partition("\t")[0] for line in lines if line and not line.startswith("#")}
    counts: Counter[str] = Counter()
    for mutant in sorted(sample, key=lambda mutant: (mutant.path, mutant.line)):
        found = (verdicts.of(mutant) or {"verdict": "not run"})["verdict"]
        found = "equivalent" if found == "survived" and mutant.name in equivalent else found
        counts[found] += 1
        if found == "survived":
            print(f"{mutant.path}:{mutant.line}\n  - {mutant.before}\n  + {mutant.after}")
    killed = counts["killed"] + counts["timeout"]
    share = killed / (killed + counts["survived"] or 1)
    print(f"{len(sample)} mutants: {dict(counts)}; {share:.1%} of those that differ are killed")
    return share


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("-n", type=int, default=300, help="mutants to plant")
    options.add_argument("--seed", type=int, default=1, help="which sample")
    options.add_argument("--processes", type=int, default=2, help="mutants tested at a time")
    options.add_argument("--map", nargs="*", metavar="TESTS", help="record the coverage map first")
    options.add_argument("--only", default="", help="plant only mutants of files that hold this")
    chosen = options.parse_args()
    if chosen.map is not None or not (KEPT / "sources.json").exists():
        record_map(chosen.map or [])
    every = [m for path in sources() if chosen.only in path for m in mutants_of(ROOT, path)]
    sample = sorted(every, key=lambda mutant: mutant.rank(chosen.seed))[: chosen.n]
    print(f"{len(every)} mutants, of which {len(sample)} are planted")
    verdicts = Verdicts(KEPT / "verdicts.jsonl")
    judge(sample, verdicts, chosen.processes)
    return 0 if report(sample, verdicts) >= 0.9 else 1


if __name__ == "__main__":
    sys.exit(main())
