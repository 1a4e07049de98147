"""Real packages: source distributions that pip fetches, with their own tests.

What is kept has been checked: its tests pass, three times, in the sandbox. Nothing is downloaded
except by `fetch`. To learn a distribution's name and version pip runs its build script, as every
`pip install` from source does: fetch what you would install.
"""

import ast
import json
import re
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from memorygym.core.errors import BadSettings, clip
from memorygym.core.files import cache_folder, json_bytes, write_atomically
from memorygym.core.json_types import from_json
from memorygym.tracks.repair.judge import TestReport, judge, sandbox_line
from memorygym.tracks.repair.package import Package

RUNS = 3
"""How often the tests must pass."""
SECONDS = 10.0
"""Most seconds of a run of the tests."""
LEFT_OUT = 0.2
"""Largest share of tests that may be left out because they fail or change."""
MOST_FILES, MOST_BYTES = 10_000, 2**26
"""Of an unpacked distribution."""
_SPEC = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([A-Za-z0-9][A-Za-z0-9.!+_-]*)")
_TEST_FOLDERS = {"test", "tests"}
_TEST_FILE = re.compile(r"(test_.*|.*_test|tests?|conftest)\.py")
_NO_PACKAGES = {"bench", "benchmarks", "doc", "docs", "examples", "scripts", "tools"}
_NO_MODULES = {"setup.py", "conftest.py", "noxfile.py", "tasks.py", "versioneer.py"}
_COMPILED = (".c", ".cc", ".cpp", ".pyx", ".rs")
_NETWORK = re.compile(
    r"gaierror|URLError|[Nn]etwork is unreachable|name resolution|Connection(Error|Refused)"
)
_MISSING = re.compile(r"No module named '([\w.]+)'")


def real_package(spec: str) -> Package:
    """A package that `fetch` has kept; BadSettings if it has not."""
    path = _place(spec)
    try:
        package = from_json(Package, json.loads(path.read_bytes()))
        for name, source in package.files.items():
            ast.parse(source, name)
        return package
    except (OSError, ValueError, TypeError, SyntaxError) as error:
        reason = "was not fetched" if isinstance(error, FileNotFoundError) else "is damaged"
        raise BadSettings(
            f"package {spec} {reason} ({path}): memorygym generate --track repair --package {spec}"
        ) from error


def fetched(spec: str) -> str:
    """Fetches a package; what it is, in a sentence."""
    package = fetch(spec)
    tests = len(judge(package).passed)
    return f"{spec}: {len(package.files)} source files, {tests} tests pass; {sandbox_line()}"


def fetch(spec: str) -> Package:
    """Downloads a source distribution `NAME==VERSION`, checks its tests, and keeps both."""
    path = _place(spec)
    with TemporaryDirectory() as folder:
        package = checked_package(spec, _download(spec, folder))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [json_bytes(asdict(package))])
    return package


def checked_package(spec: str, archive: Path) -> Package:
    """The package of a source distribution, without the few tests that fail or change.

    Raises BadSettings with the reason if it cannot be used.
    """
    files = _unpacked(spec, archive)
    package = _package(spec, files)
    reports = _reports(package)
    seen, unsteady = _tests(reports)
    if 0 < len(unsteady) <= LEFT_OUT * len(seen):
        package = replace(package, tests=_without(package.tests, unsteady))
        reports = [judge(package)]  # The others have passed often enough.
        seen, unsteady = _tests(reports)
    if unsteady or not seen:
        compiled = [path for path in files if path.endswith(_COMPILED) and not _is_test(path)]
        raise _refused(spec, _reason(reports, compiled))
    return package


def _place(spec: str) -> Path:
    if not (match := _SPEC.fullmatch(spec)):
        raise BadSettings(f"package {spec!r}: give a name and a version, as in toolz==0.12.1")
    name = re.sub(r"[-_.]+", "-", match[1]).lower()
    return cache_folder("packages") / f"{name}=={match[2]}.json"


def _refused(spec: str, reason: str, advice: str = "choose another package") -> BadSettings:
    return BadSettings(f"package {spec}: {reason}; {advice}")


def _download(spec: str, folder: str) -> Path:
    name = spec.partition("==")[0]
    options = ["--quiet", "--no-deps", "--no-binary", name, "--dest", folder]
    command = [sys.executable, "-m", "pip", "download", *options, spec]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if line.startswith("ERROR: ")] or lines[-3:]
        words = clip(" ".join(errors), 600)
        raise _refused(spec, f"pip says: {words}", "check the name, the version and pip's index")
    return next(Path(folder).iterdir())


def _unpacked(spec: str, archive: Path) -> dict[str, bytes]:
    """The files of an archive without the folder that holds them all. Nothing is written, and
    links are no files."""
    files: dict[str, bytes] = {}
    size = 0
    try:
        with tarfile.open(archive) as tar:
            for count, member in enumerate(tar):
                path = PurePosixPath(member.name)
                size += member.size
                if path.is_absolute() or ".." in path.parts:
                    raise _refused(spec, f"its archive has the unsafe path {member.name}")
                if count >= MOST_FILES or size > MOST_BYTES:
                    most = f"{MOST_FILES:,} files or {MOST_BYTES >> 20} MiB"
                    raise _refused(spec, f"its archive has more than {most}")
                if content := tar.extractfile(member) if member.isreg() else None:
                    files["/".join(path.parts[1:])] = content.read()
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise _refused(spec, f"{archive.name} cannot be unpacked: {error}") from error
    return files


def _package(spec: str, files: Mapping[str, bytes]) -> Package:
    """The sources and tests of a distribution, in its top folder or in `src`."""
    is_src = any(re.fullmatch(r"src/[^/]+(/__init__)?\.py", path) for path in files)
    texts = {}
    for path, content in sorted(files.items()):
        try:
            texts[path.removeprefix("src/") if is_src else path] = content.decode()
        except UnicodeDecodeError:
            continue
    folders = {path.removesuffix("/__init__.py") for path in texts if path.count("/") == 1}
    packages = {name for name in folders if "/" not in name} - _TEST_FOLDERS - _NO_PACKAGES
    sources: dict[str, str] = {}
    tests: dict[str, str] = {}
    for path, text in texts.items():
        top, *rest = path.split("/")
        if _is_test(path) and (not rest or top in packages | _TEST_FOLDERS):
            tests[path] = text
        elif top in packages or (not packages and _is_module(path)):
            sources[path] = text
    if not sources:
        raise _refused(spec, "its source distribution has no package at its top or in src")
    if not any(path.endswith(".py") for path in tests):
        raise _refused(spec, "its source distribution has no tests")
    return Package(spec, sources, tests)


def _is_test(path: str) -> bool:
    *folders, name = path.split("/")
    return bool(_TEST_FOLDERS & {*folders} or _TEST_FILE.fullmatch(name))


def _is_module(path: str) -> bool:
    return "/" not in path and path.endswith(".py") and path not in _NO_MODULES


def _reports(package: Package) -> list[TestReport]:
    """Each run has another limit, so that none is answered by what the judge remembers."""
    reports: list[TestReport] = []
    while len(reports) < RUNS and not (reports and reports[-1].problem):
        reports.append(judge(package, seconds=SECONDS + len(reports) / 10))
    return reports


def _tests(reports: Sequence[TestReport]) -> tuple[Set[str], Set[str]]:
    """All tests, and those of them that did not pass every time."""
    seen = {test for report in reports for test in (*report.passed, *report.failed)}
    return seen, {test for test in seen if any(test not in report.passed for report in reports)}


def _without(tests: Mapping[str, str], ids: Set[str]) -> dict[str, str]:
    """The tests under names that nobody runs, where they are to be left out."""
    kept = dict(tests)
    names = {tuple(id_.partition("[")[0].split("::")) for id_ in ids}
    for path in {path for path, *_ in names}:
        lines = kept[path].split("\n")
        tree = ast.parse(kept[path])
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for prefix, body in [((), tree.body), *(((node.name,), node.body) for node in classes)]:
            for node in body:
                if isinstance(node, ast.FunctionDef) and (path, *prefix, node.name) in names:
                    at = node.lineno - 1
                    lines[at] = lines[at].replace(node.name, f"left_out_{node.name}", 1)
        kept[path] = "\n".join(lines)
    return kept


def _reason(reports: Sequence[TestReport], compiled: Sequence[str]) -> str:
    """Why a package is refused by what its tests report."""
    seen, unsteady = _tests(reports)
    failed = {test: text for report in reports for test, text in report.failed.items()}
    problem = next((report.problem for report in reports if report.problem), "")
    words = "\n".join([problem, *failed.values()])
    if "timed out" in problem:
        return f"its tests hang or take too long ({problem})"
    if compiled and words.strip():
        return f"its tests fail without its compiled parts, such as {compiled[0]}"
    if missing := _MISSING.search(words):
        return f"its tests need the module {missing[1]}, which the sandbox does not have"
    if _NETWORK.search(words):
        return "its tests need the network"
    if problem:
        return f"its tests do not run ({problem})"
    few = f"{len(unsteady)} of {len(seen)} tests"
    example = min(unsteady)
    if any(test in report.passed for report in reports for test in unsteady):
        return f"{few} do not give the same result every time, such as {example}"
    return f"{few} fail, such as {example} ({failed[example]})"
