"""Runs the tests of one mutant in a copy of the repository."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.mutants.coverage_map import ROOT
from tests.mutants.faults import Mutant

MEMORY = 6 * 2**20
"""Most KiB of address space of a test process: a fault may make a loop endless."""


def copy_of_repository(folder: Path) -> Path:
    """All files that git knows or would add; modules compiled so that a changed text is noticed."""
    listed = ["git", "ls-files", "-co", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    compiled = ["compileall", "-q", "--invalidation-mode", "checked-hash", "src"]
    subprocess.run([sys.executable, "-m", *compiled], cwd=folder, check=True)
    return folder


def collected(tree: Path) -> set[str]:
    """The names of all tests of a copy."""
    options = ["--collect-only", "-q", "-p", "no:cacheprovider", "--continue-on-collection-errors"]
    command = [sys.executable, "-m", "pytest", *options]
    here = {**os.environ, "PYTHONPATH": str(tree / "src")}
    done = subprocess.run(command, cwd=tree, env=here, text=True, capture_output=True, check=False)
    return {*done.stdout.splitlines()}


def verdict(
    mutant: Mutant, tests: list[str], seconds: Mapping[str, float], tree: Path
) -> tuple[str, str]:
    """Whether a test noticed the mutant, and which; the copy is as before afterwards."""
    file = tree / mutant.path
    original = file.read_bytes()
    file.write_text(mutant.text, "utf-8")
    try:
        while tests:
            code, output = run_tests(tests, sum(seconds[test] for test in tests), tree)
            gone = set(re.findall(r"^ERROR: not found: \S*?((?:src|tests)/\S.*)$", output, re.M))
            if code == 4 and gone & {*tests}:  # It changed which cases a test has.
                tests = [test for test in tests if test not in gone]
                continue
            by = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", output, re.M)
            if code == -signal.SIGTERM:
                raise RuntimeError("the tests were ended from outside; the same command continues")
            if code in (0, None):
                return "survived" if code == 0 else "timeout", ""
            if by is None and code > 0 and "ImportError while loading conftest" not in output:
                raise RuntimeError(f"pytest ended with {code} on {mutant.name}: {output[-2000:]}")
            return "killed", by[1] if by else f"exit code {code}"
        return "survived", ""
    finally:
        file.write_bytes(original)


def run_tests(tests: list[str], seconds: float, tree: Path) -> tuple[int | None, str]:
    (tree / "build").mkdir(exist_ok=True)
    listed = tree / "build" / "chosen"
    listed.write_text("\n".join(tests), "utf-8")
    options = [
        "-x",
        "-q",
        "--tb=no",
        "-rfE",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "no:pytest_cov",
    ]
    process = subprocess.Popen(
        ["bash", "-c", f'ulimit -v {MEMORY}; exec "$@"', "bash", sys.executable, "-m", "pytest",
         *options, f"@{listed}"],
        cwd=tree, env={**os.environ, "PYTHONPATH": str(tree / "src")}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    try:
        output, _ = process.communicate(timeout=30 + 2 * seconds)
    except subprocess.TimeoutExpired:
        return None, ""
    finally:
        with contextlib.suppress(ProcessLookupError):  # What the tests left running ends too.
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return process.returncode, output
