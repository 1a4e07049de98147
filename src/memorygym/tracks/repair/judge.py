"""Verdicts of a package's tests, when some of its sources were replaced."""

import ast
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from memorygym.core.files import cache_folder, json_bytes, write_atomically
from memorygym.tracks.repair.package import Package
from memorygym.tracks.repair.sandbox import (
    RUNNER,
    TestServer,
    is_sandboxed,
    pytest_version,
    sandbox_line,
)

__all__ = ["TestReport", "is_sandboxed", "judge", "sandbox_line"]

SECONDS = 10.0
"""How long the tests of one call may take."""
SERVERS = 4
"""Packages whose processes are kept."""
REPORTS = 4096
"""Reports kept in memory."""
ENDED = "the process ended before its report"
LATE = "timed out after {:g} s"
LONGEST = 200
"""Characters of a failure."""
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")
FRAMEWORK = re.compile(r"(_?pytest|unittest|tests?|conftest)\b")
FIXTURE = re.compile(r"(setup|teardown)(_module|_function)?$|pytest_|setUpModule|tearDownModule")
PLAIN_PATH = re.compile(r"([a-zA-Z_]\w*/)*test_\w+\.py")
SOURCE_PATH = re.compile(r"([a-zA-Z_]\w*/)+[a-zA-Z_]\w*\.py")
TEST_PART = re.compile(r"conftest\.py|tests?|test_.*|.*_test\.py")

_servers: dict[str, TestServer] = {}
_reports: dict[str, "TestReport"] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class TestReport:
    """What the tests said. Tests that skip themselves by a mark are in neither list."""

    __test__ = False

    passed: tuple[str, ...]
    """Ids in order, such as `tests/test_x.py::test_name`."""
    failed: Mapping[str, str]
    """By id: the type of the error and the first line of its message."""
    problem: str = ""
    """Why there is no complete report; `passed` and `failed` are then empty."""

    @property
    def ok(self) -> bool:
        return not self.problem and not self.failed


def judge(
    package: Package,
    changed: Mapping[str, str] = {},
    tests: Sequence[str] | None = None,
    *,
    seconds: float = SECONDS,
) -> TestReport:
    """Runs tests (default: all) of a package some of whose sources were replaced.

    Of `changed` only Python sources of the package and new ones in its folders count; a
    `conftest.py`, a test or a top-level module of another name is ignored. Name the tests where
    the author of a change might gain by a test that is not run: each of them must report.
    """
    counted = {
        path: text
        for path, text in changed.items()
        if text != package.files.get(path) and _counts(package, path)
    }
    plain, walled = is_plain(package.tests), is_sandboxed()
    engine = "" if plain else pytest_version()
    place = _hash([dict(package.files), dict(package.tests), walled])
    chosen = None if tests is None else [*tests]
    key = _hash([place, counted, chosen, seconds, engine, sys.version, _runner_hash()])
    file = cache_folder("repair") / key[:2] / f"{key}.json"
    if (report := _reports.get(key) or _read(file)) is None:
        server = _server(f"{os.getpid()} {place}", package, plain=plain, walled=walled)
        nonce = secrets.token_hex(16)
        request = {"changed": counted, "tests": chosen, "seconds": seconds, "nonce": nonce}
        report, is_kept = _report(server.ask(request, seconds), nonce, chosen, seconds)
        if not is_kept:
            return report
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, [json_bytes(asdict(report))])
    with _lock:
        _reports[key] = report
        while len(_reports) > REPORTS:
            del _reports[next(iter(_reports))]
    return report


def is_plain(tests: Mapping[str, str]) -> bool:
    """Whether the tests are modules of functions without arguments, which need no pytest.

    >>> is_plain({"tests/test_a.py": "def test_a():\\n    assert True\\n"})
    True
    >>> is_plain({"tests/test_a.py": "def test_a(tmp_path):\\n    assert tmp_path\\n"})
    False
    """
    return all(PLAIN_PATH.fullmatch(path) and _is_plain(text) for path, text in tests.items())


@lru_cache(4096)
def _is_plain(text: str) -> bool:
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return False
    names = [node.name for node in body if isinstance(node, ast.FunctionDef)]
    return len(names) == len({*names}) and all(map(_is_plain_statement, body))


def _is_plain_statement(node: ast.stmt) -> bool:
    match node:
        case ast.Import(names=names):
            return not any(FRAMEWORK.match(alias.name) for alias in names)
        case ast.ImportFrom(module=str(module), level=0):
            return not FRAMEWORK.match(module)
        case ast.FunctionDef(decorator_list=[], args=arguments):
            bare = not ast.unparse(arguments) or not node.name.startswith("test_")
            return bare and not FIXTURE.match(node.name)
        case ast.Assign() | ast.AnnAssign() | ast.Expr(value=ast.Constant()):
            return True
    return False


def _counts(package: Package, path: str) -> bool:
    """Whether a changed file is one of the package's: an old source, or a new one in a folder."""
    if path in package.tests or not path.endswith(".py"):
        return False
    if path in package.files:
        return True
    parts = path.split("/")
    top = {old.partition("/")[0] for old in package.files if "/" in old}
    return bool(
        SOURCE_PATH.fullmatch(path)
        and parts[0] in top
        and not any(TEST_PART.fullmatch(part) for part in parts)
    )


def _server(name: str, package: Package, *, plain: bool, walled: bool) -> TestServer:
    """The package's process of this process: one that a fork inherited is its parent's."""
    with _lock:
        server = _servers.pop(name, None)
        if server is None or not server.close.alive:
            server = TestServer(package, plain=plain, walled=walled)
        _servers[name] = server
        if len(_servers) > SERVERS:
            del _servers[next(iter(_servers))]  # Ended once no thread asks it any more.
    return server


def _report(
    answer: Mapping[str, Any] | None, nonce: str, chosen: Sequence[str] | None, seconds: float
) -> tuple[TestReport, bool]:
    """The report in an answer, and whether the same tests would say so again."""
    if answer is None or answer["late"]:
        return _no_report(LATE.format(seconds) if answer else ENDED), False
    *whole, cut = answer["text"].split("\n")
    lines = [line.partition(" ")[::2] for line in whole]
    verdicts = [rest.partition(" ")[::2] for _, rest in lines]
    if cut or any(word != nonce for word, _ in lines):
        return _no_report("the package wrote into the report"), True
    passed, failed, count = [], {}, -1
    for verdict, rest in verdicts:
        name, _, text = rest.partition("\t")
        text = ADDRESS.sub("0x…", text)[:LONGEST]
        match verdict:
            case "P":
                passed.append(name)
            case "S" if chosen is None:
                count -= 1
            case "F" | "S":
                failed[name] = text
            case "X":
                return _no_report(f"cannot import: {text}"), True
            case "E":
                count += 1 + int(name)
    if answer["status"] or not verdicts or verdicts[-1][0] != "E":
        return _no_report(ENDED), not os.WIFSIGNALED(answer["status"])
    missing = [name for name in chosen or () if name not in {*passed, *failed}]
    if missing or len(passed) + len(failed) != count:
        return _no_report(f"some tests did not run: {', '.join(missing[:3])}"), True
    if not verdicts[1:]:
        return _no_report("no test ran"), True
    return TestReport(tuple(passed), failed), True


def _no_report(problem: str) -> TestReport:
    return TestReport((), {}, problem)


def _read(file: Path) -> TestReport | None:
    """A kept report; a damaged file is as good as none."""
    try:
        match json.loads(file.read_bytes()):
            case {"passed": list(passed), "failed": dict(failed), "problem": str(problem)}:
                return TestReport(tuple(passed), failed, problem)
    except (OSError, ValueError):
        pass
    return None


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


@lru_cache(1)
def _runner_hash() -> str:
    return sha256(RUNNER.read_bytes()).hexdigest()
