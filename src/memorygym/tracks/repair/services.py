"""Services: functions of a package under other names, and the bugs that can be put in them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.generator.definitions import number
from memorygym.tracks.repair import texts
from memorygym.tracks.repair.issues import PLACE, PROFILE
from memorygym.tracks.repair.judge import judge
from memorygym.tracks.repair.mutation import Mutation, apply, mutations
from memorygym.tracks.repair.package import (
    LINE_BREAK,
    Function,
    Package,
    function_in,
    functions_in,
    module_of,
)

MOST_CANDIDATES = 4
"""Most edits of a changed line that the known operators make."""
MUTANTS = 4
"""Changes of a function by which its tests are found."""
OTHERS_NAMED = 0.7
"""The share of other functions that have a public name."""
MOST_TRIED = 60
"""Functions that may become services."""
MOST_CHECKS = 12
"""Most tests of a profile."""
CLASSES = "ValueError TypeError KeyError IndexError RuntimeError".split()
"""Built-in classes for bad input."""
HIGH = 90_000
"""What all limits of generated packages lie above."""
TRACE_TOKENS = 560
"""About the tokens of a trace."""
PUBLIC_TESTS = "tests/test_public_names.py"
_RAISE = re.compile(r"( *)raise (\w+)\(")
GUARD = re.compile(r"( *if \w+ > )(\d+)(:)")


@dataclass(frozen=True)
class PackageService:
    """A function under the name by which maintainers know it."""

    name: str
    path: str
    function: str
    job: str
    profile: str
    public: str
    """The public name; "" if it has none."""
    error: str
    """The class that it raises on bad input; "" if it raises none."""
    limit: int
    """The number above which input is bad; 0 if there is none."""
    checks: tuple[str, ...]
    """The tests of its profile."""
    trace: str

    @property
    def place(self) -> str:
        return f"{self.path}::{self.function}"

    @property
    def kinds(self) -> Sequence[str]:
        """The kinds of issues that it may have."""
        has: Mapping[str, object] = {"name": self.public, "error": self.error, "limit": self.limit}
        return ["mend", *(kind for kind, value in has.items() if value)]


class Bug(NamedTuple):
    """A change of a source that tests find."""

    line: int
    """The line of the function, from 1; 0 if it is not in the function."""
    edit: tuple[str, int, str, str]
    """Path, line of the file, the lines that stand there, and those that replace them."""


class ServiceDealer:
    """Deals the services of a package."""

    def __init__(self, package: Package, rng: Stream) -> None:
        self._package, self._rng = package, rng
        files = sorted(package.files.items())
        self._functions = [f for path, source in files for f in functions_in(path, source)]

    def deal(self, number: int) -> list[PackageService]:
        """So many functions whose changes tests find. Raises BadSettings if there are too few."""
        services: list[PackageService] = []
        order = list(self._functions)
        self._rng.shuffle(order)
        checked = ((f, checks) for f in order if (checks := self._checks(f)))
        for named, (function, checks) in zip(self._names(MOST_TRIED), checked, strict=False):
            service = self._service(named, function, checks)
            rng = named_rng("repair", "mendable", service.place)
            if bug_of(self._package, service, "mend", rng):
                services.append(service)
            if len(services) == number:
                return services
        raise BadSettings(
            f"{self._package.name}: tests find the changes of {len(services)} functions; a session"
            f" needs {number}"
        )

    def _names(self, number: int) -> Iterator[Mapping[str, str]]:
        """Names, jobs, test profiles and public names, all distinct."""
        rng = self._rng
        pairs = [(bird, work) for bird in texts.BIRDS for work in texts.WORKS]
        names, publics = rng.sample(pairs, number), rng.sample(_public_names(), number)
        jobs = rng.sample(range(1000, 9999), number)
        profiles = rng.sample(
            [f"{word}-{n}" for word in texts.PROFILES for n in range(10, 99)], number
        )
        for name, public, job, profile in zip(names, publics, jobs, profiles, strict=True):
            yield {
                "name": " ".join(name),
                "job": f"{rng.choice('BCDFGHJKLMNQRSTVWXZ')}-{job}",
                "profile": profile,
                "public": public,
            }

    def _checks(self, function: Function) -> tuple[str, ...]:
        """The tests that find changes of a function; () if none is found by some but not all."""
        source, rng = self._package.files[function.path], self._rng
        changes = [*mutations(function.path, source, function.name)]
        rng.shuffle(changes)
        for mutation in changes[:MUTANTS]:
            report = judge(self._package, {function.path: apply(source, mutation)})
            if report.failed and report.passed:
                return tuple(sorted(report.failed)[:MOST_CHECKS])
        return ()

    def _service(
        self, names: Mapping[str, str], function: Function, checks: tuple[str, ...]
    ) -> PackageService:
        source = self._package.files[function.path]
        body = function.of(source)
        raised, guard = _RAISE.search(body), GUARD.search(body)
        service = PackageService(
            **{**names, "public": "" if "." in function.name else names["public"]},
            path=function.path,
            function=function.name,
            error=raised[2] if raised else "",
            limit=int(guard[2]) if guard and raised and self._package.is_generated else 0,
            checks=checks,
            trace="",
        )
        return replace(service, trace=self._trace(service))

    def _trace(self, service: PackageService) -> str:
        """What a tracer prints of a service: calls, then where it lives and how it is tested."""
        rng = self._rng
        lines = ["tracing, slowest calls:"]
        tokens = 0
        while tokens < TRACE_TOKENS:
            called = rng.choice(self._functions)
            at = rng.between(called.first, called.last)
            lines.append(f"{rng.between(1, 900):>5} ms  {called.path}:{at}  {called.name}")
            tokens += count(lines[-1])
        facts = ((PLACE, service.place), (PROFILE, service.profile))
        told = [texts.FORMS[key][0].format(name=service.name, value=value) for key, value in facts]
        return "\n".join([*lines, *told])


def with_public_names(package: Package, services: Sequence[PackageService], rng: Stream) -> Package:
    """The package with the public names of services, a test of each, and names of most other
    functions of a generated one, so that names do not tell which functions are services."""
    named = {(s.path, s.function): s.public for s in services if s.public}
    free = [name for name in _public_names() if name not in named.values()]
    rng.shuffle(free)
    lines: dict[str, list[str]] = {}
    for path, source in sorted(package.files.items()):
        for function in functions_in(path, source):
            is_other = package.is_generated and "." not in function.name
            is_other = is_other and rng.bernoulli(OTHERS_NAMED)
            if public := named.get((path, function.name)) or (is_other and free.pop()):
                lines.setdefault(path, []).append(f"{public} = {function.name}")
    files = dict(package.files)
    for path, bound in lines.items():
        files[path] = "\n".join([files[path], "", *bound, ""])
    tests = [
        f"def test_{public}():\n    from {module_of(path)} import {public}\n\n"
        f'    assert {public}.__name__ == "{function}"'
        for (path, function), public in named.items()
    ]
    package = Package(
        package.name, files, {**package.tests, PUBLIC_TESTS: "\n\n\n".join(tests) + "\n"}
    )
    if not (report := judge(package)).ok:
        raise BadSettings(f"{package.name}: {report.problem or dict(report.failed)}")
    return package


def _public_names() -> list[str]:
    """All names that may be public."""
    return [
        f"{bird}_{work}_v{number}".lower()
        for bird in texts.BIRDS
        for work in texts.WORKS
        for number in range(2, 10)
    ]


def bug_of(package: Package, service: PackageService, kind: str, rng: Stream) -> Bug | None:
    """A bug of that kind in a service; None if its tests find none."""
    if kind == "mend":
        return _mutated(package, service, rng)
    path, source = service.path, package.files[service.path]
    lines = LINE_BREAK.split(source)[::2]
    if kind == "name":
        line = f"{service.public} = {service.function}"
        return Bug(0, (path, lines.index(line) + 1, line, ""))
    function = function_in(path, source, service.function)
    assert function
    pattern = _RAISE if kind == "error" else GUARD
    at = next(n for n in range(function.first, function.last + 1) if pattern.match(lines[n - 1]))
    old = lines[at - 1]
    if kind == "error":
        others = [name for name in _classes(source, service.error) if name != service.error]
        new = old.replace(f"raise {service.error}(", f"raise {rng.choice(others)}(")
    else:
        wrong = next(n for n in iter(lambda: HIGH + number(rng), 0) if n != service.limit)
        new = GUARD.sub(rf"\g<1>{wrong}\3", old)
    return Bug(at - function.first + 1, (path, at, old, new))


def _classes(source: str, error: str) -> Sequence[str]:
    """The classes that a module may raise: those that it imports beside one, or built-in ones."""
    lines = re.findall(r"^from \S+ import (.+)$", source, re.MULTILINE)
    lists = (line.split(", ") for line in lines)
    return next((names for names in lists if error in names), CLASSES)


def _mutated(package: Package, service: PackageService, rng: Stream) -> Bug | None:
    """A change that the service's tests find, and that few edits of its line may have made; each of
    these that passes them passes all tests."""
    source = package.files[service.path]
    # No default is among what generated packages vary.
    found = mutations(service.path, source, service.function)
    changes = [change for change in found if "def " not in change.old]
    rng.shuffle(changes)
    for change in changes:
        mutant = apply(source, change)
        if judge(package, {service.path: mutant}, service.checks).failed and _is_decided(
            package, service, mutant, change
        ):
            return Bug(change.line_of_function, (change.path, change.line, change.old, change.new))
    return None


def _is_decided(package: Package, service: PackageService, mutant: str, change: Mutation) -> bool:
    edits = candidates(service.path, mutant, service.function, change.line_of_function)
    if len(edits) > MOST_CANDIDATES:
        return False
    for edit in edits:
        changed = {service.path: apply(mutant, edit)}
        if judge(package, changed, service.checks).ok and not judge(package, changed).ok:
            return False
    return True


def candidates(path: str, source: str, function: str, line: int) -> list[Mutation]:
    """The edits of a line of a function, counted from its first, that known operators make."""
    return [*mutations(path, source, function, line)]
