"""Verdicts of a package's tests, when some of its sources were replaced."""

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

from memorygym.core.files import cache_folder, json_bytes, write_atomically
from memorygym.core.types import JSON
from memorygym.tracks.repair.package import Package
from memorygym.tracks.repair.runner import sealed
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
ADDRESS = re.compile(r"\b0x[0-9a-fA-F]+")

ENDED = "the process ended before its report"
_late: dict[str, "TestReport"] = {}
"""By key: reports of changes that took too long, of this process."""
_servers: dict[str, TestServer] = {}
_lock = Lock()


@dataclass(frozen=True, slots=True)
class TestReport:
    """What the tests said. Tests that skip themselves are in neither list."""

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
    """Runs tests of a package some of whose sources were replaced: those named, each of which must
    report, or all. pytest runs those of a real package.

    Of `changed` only Python sources of the package and new ones in their folders count; a test or
    a top-level module of another name is ignored.
    """
    counted = {
        path: text
        for path, text in changed.items()
        if text != package.files.get(path) and _counts(package, path)
    }
    if counted and tests is None:
        # A changed source may skip its tests; so all must report that do without the change.
        whole = judge(package, seconds=seconds)
        if whole.problem:
            return whole
        tests = [*whole.passed, *whole.failed]
    chosen: list[JSON] | None = None if tests is None else [*tests]
    walled = is_sandboxed()
    place = _hash([package.name, dict(package.files), dict(package.tests), walled])
    key = _hash([place, counted, chosen, seconds, *_engine(plain=package.is_generated)])
    file = cache_folder("repair") / key[:2] / f"{key}.json"
    if report := _late.get(key) or _read(file):
        return report
    key_of_seals = secrets.token_hex(16)
    request: dict[str, JSON] = {"changed": counted, "tests": chosen, "key": key_of_seals}
    server = _server(f"{os.getpid()} {place}", package, walled=walled)
    match server.ask({**request, "seconds": seconds}, seconds):
        case [str(text), False]:
            report = _report(text, key_of_seals, tests)
        case [_, True]:
            report = _late[key] = _without(f"timed out after {seconds:g} s")
        case _:
            report = _without(ENDED)
    # What ended or was late may be the machine's fault.
    if key not in _late and report.problem != ENDED:
        with suppress(OSError):
            file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(file, [json_bytes(asdict(report))])
    return report


@lru_cache(2)
def _engine(*, plain: bool) -> Sequence[str]:
    """What runs the tests: other programs may give other verdicts. Read once a process, as `judge`
    is called a hundred times a session."""
    return "" if plain else pytest_version(), sys.version, RUNNER.read_text("utf-8")


def _counts(package: Package, path: str) -> bool:
    """Whether a changed file is one of the package's: an old source, or a new one beside one, which
    can be imported but lies nowhere, so that pytest does not find it."""
    folder, stem = path.rpartition("/")[0], path.removesuffix(".py")
    if path in package.files or stem == path:
        return stem != path
    return folder in {old.rpartition("/")[0] for old in package.files} - {""} and not any(
        test == path or test.startswith(f"{stem}/") for test in package.tests
    )


def _server(name: str, package: Package, *, walled: bool) -> TestServer:
    """The package's process of this process: one that a fork inherited is its parent's."""
    with _lock:
        server = _servers.pop(name, None)
        if server is None or not server.close.alive:
            server = TestServer(package, walled=walled)
        _servers[name] = server
        if len(_servers) > SERVERS:
            del _servers[next(iter(_servers))]  # Ended once no thread asks it any more.
    return server


def _report(text: str, key: str, chosen: Sequence[str] | None) -> TestReport:
    *lines, rest = (line.partition("\t")[2] for line in text.split("\n"))
    own = b"".join(sealed(line.encode(), key.encode()) for line in lines)
    if rest or own != text.encode():
        return _without("the package wrote into the report")
    passed, failed = list[str](), dict[str, str]()
    for line in lines:
        verdict, name, error = line.split("\t", 2)
        match verdict:
            case "P":
                passed.append(name)
            case "F":
                failed[name] = ADDRESS.sub("0x…", error)
            case "X":
                return _without(f"cannot import: {ADDRESS.sub('0x…', error)}")
    if not lines or not lines[-1].startswith("E"):
        return _without(ENDED)
    reported = {*passed, *failed}
    if missing := [name for name in chosen or () if name not in reported]:
        return _without(f"some tests did not run: {', '.join(missing[:3])}")
    return TestReport(tuple(passed), failed) if reported else _without("no test ran")


def _without(problem: str) -> TestReport:
    return TestReport((), {}, problem)


def _read(file: Path) -> TestReport | None:
    """A kept report; a damaged file is as good as none."""
    try:
        match json.loads(file.read_bytes()):
            case {"passed": list(passed), "failed": dict(failed), "problem": str(problem)} if (
                passed or failed or problem
            ):
                return TestReport(tuple(passed), failed, problem)
    except (OSError, ValueError):
        pass
    return None


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
