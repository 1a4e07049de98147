"""Writes packages: districts of modules that import and call one another, and their tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from memorygym.rng import Stream
from memorygym.tokens import count
from memorygym.tracks.codeqa.dealing import writing
from memorygym.tracks.codeqa.dealing.naming import DOMAINS, HOUSES, MARKS, OPTIONS, Names
from memorygym.tracks.codeqa.dealing.writing import Made, Uses

FUNCTIONS = 7
"""Functions of a module."""
TESTED = 3
"""Functions tested in a test module."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test that is written once it is known what the call returns."""

    name: str
    module: str
    call: str
    imports: str

    def lines(self, result: int) -> list[str]:
        return [f"def {self.name}():", f"    assert {self.call} == {result}"]


@dataclass(slots=True)
class District:
    """What modules near one another may use."""

    domain: str
    functions: list[Made] = field(default_factory=list)
    constants: list[Made] = field(default_factory=list)
    tables: list[Made] = field(default_factory=list)
    faults: list[Made] = field(default_factory=list)
    classes: list[Made] = field(default_factory=list)


class Mentions(Protocol):
    """Draws what further code uses of what is there already."""

    def uses(self, uses: Uses, chance: Stream) -> Uses: ...
    def parent(self, chance: Stream) -> Made | None: ...


class Package:
    """A package that grows; `files` hold it but for the tests."""

    def __init__(self, chance: Stream, siblings: int) -> None:
        self._chance = chance
        self.names = Names(chance, siblings)
        house = chance.choice(HOUSES)
        self.name = house.lower()
        self.files: dict[str, str] = {f"{self.name}/__init__.py": f'"""The works of {house}."""\n'}
        self.tests: dict[str, list[Test]] = {}
        """By the path of their file."""
        self.crowd: Mentions | None = None
        self.crowding = 0.0
        """Share of the functions and classes that use something of the crowd."""
        self._marks = [Made(name, f"{self.name}.marks") for name in chance.sample(MARKS, 2)]
        blocks = writing.marks([mark.name for mark in self._marks])
        self._put(
            "marks", "Decorators that note settings.", ["from functools import partial"], blocks
        )
        self._put("tests/__init__", "Tests.", [], [])

    def district(self) -> District:
        """A new district: a folder with faults and settings of its own."""
        domain = self._chance.choice(list(DOMAINS))
        found = District(domain)
        self._open(domain)
        self._faults(found)
        self._settings(found)
        return found

    def module(self, district: District, functions: int = FUNCTIONS) -> str:
        """Adds a module to a district, and returns its path."""
        module = self.names.module(district.domain)
        dotted = f"{self.name}.{district.domain}.{module}"
        used: list[Made] = []
        blocks = []
        made: list[Made] = []
        for _ in range(functions):
            uses = self._uses(district, made)
            option = self._chance.choice(OPTIONS)
            name = self.names.function(district.domain)
            blocks.append("\n".join(writing.function(name, option, uses, self._chance)))
            depth = uses.callee.depth + 1 if uses.callee else 0
            made.append(Made(name, dotted, depth))
            used += uses.all()
        if functions >= FUNCTIONS:
            blocks.append(self._klass(district, dotted, used))
        district.functions += made
        told = f"The {module.replace('_', ' ')} of the {district.domain}."
        return self._put(f"{district.domain}/{module}", told, imports(used, dotted), blocks)

    def test(self, district: District, tested: Iterable[Made]) -> str:
        """Adds a test module to a district, and returns its path."""
        module = self.names.module(district.domain)
        path = f"{self.name}/tests/test_{module}.py"
        dotted = path.removesuffix(".py").replace("/", ".")
        self.tests[path] = [
            Test(
                self.names.test(district.domain), dotted,
                f"{one.name}({writing.number(self._chance)})", *imports([one], dotted),
            )
            for one in tested
        ]  # fmt: skip
        return path

    def small(self, functions: int) -> str:
        """Adds a module of a few functions that use nothing else."""
        return self.module(self._alone(), functions)

    def ballast(self, tokens: int) -> str:
        """Adds a module of constants that cost so much, and returns its path."""
        district = self._alone()
        module = self.names.module(district.domain)
        told: list[str] = []
        cost = count(f"[{self.name}/{district.domain}/{module}.py]") * (2 + tokens // 180)
        while cost < tokens:
            told.append(f"{self.names.constant(district.domain)} = {writing.number(self._chance)}")
            cost += count(told[-1]) + 1
        blocks = ["\n".join(told[n : n + 24]) for n in range(0, len(told), 24)]
        return self._put(f"{district.domain}/{module}", "Settings.", [], blocks)

    def _alone(self) -> District:
        """A district in which nothing is told yet."""
        domain = self._chance.choice(list(DOMAINS))
        self._open(domain)
        return District(domain)

    def _open(self, domain: str) -> None:
        if f"{self.name}/{domain}/__init__.py" not in self.files:
            self._put(f"{domain}/__init__", f"The {domain}.", [], [])

    def _faults(self, district: District) -> None:
        stem = self.names.module(district.domain)
        dotted = f"{self.name}.{district.domain}.{stem}"
        names = [self.names.fault(district.domain) for _ in range(6)]
        parents = ["Exception", names[0], names[0], names[1], names[1], names[2]]
        blocks = [
            f"class {name}({parent}):\n    code = {writing.number(self._chance)}"
            for name, parent in zip(names, parents, strict=True)
        ]
        district.faults = [Made(name, dotted) for name in names[1:]]
        self._put(
            f"{district.domain}/{stem}", f"What goes wrong in the {district.domain}.", [], blocks
        )

    def _settings(self, district: District) -> None:
        stem = self.names.module(district.domain)
        dotted = f"{self.name}.{district.domain}.{stem}"
        names = [self.names.constant(district.domain) for _ in range(14)]
        district.constants = [Made(name, dotted) for name in names[:12]]
        district.tables = [Made(name, dotted) for name in names[12:]]
        lines = [f"{name} = {writing.number(self._chance)}" for name in names[:12]]
        tables = [writing.table(name, self._chance) for name in names[12:]]
        self._put(
            f"{district.domain}/{stem}", f"Settings of the {district.domain}.", [],
            ["\n".join(lines[:6]), "\n".join(lines[6:]), *tables],
        )  # fmt: skip

    def _uses(self, district: District, here: list[Made]) -> Uses:
        chance = self._chance
        callees = [one for one in (*district.functions[-60:], *here) if one.depth < writing.DEEPEST]
        uses = Uses(
            callee=_maybe(callees, 0.65, chance),
            constant=_maybe(district.constants, 0.45, chance),
            table=_maybe(district.tables, 0.15, chance),
            fault=_maybe(district.faults, 0.35, chance),
            mark=_maybe(self._marks, 0.25, chance),
        )
        return self.crowd.uses(uses, chance) if self.crowd and self._mentions() else uses

    def _mentions(self) -> bool:
        return self._chance.chance(self.crowding)

    def _klass(self, district: District, dotted: str, used: list[Made]) -> str:
        parent = self._chance.choice([None, *district.classes[-8:]])
        if self.crowd and self._mentions():
            parent = self.crowd.parent(self._chance) or parent
        name = self.names.klass(district.domain)
        method = self.names.function(district.domain)
        if parent:
            used.append(parent)
        district.classes.append(Made(name, dotted))
        blocks = writing.klass(name, parent.name if parent else "", method, self._chance)
        return "\n\n".join("\n".join(block) for block in blocks)

    def _put(self, stem: str, told: str, imported: list[str], blocks: list[str]) -> str:
        path = f"{self.name}/{stem}.py"
        head = "\n".join([f'"""{told}"""', *imported])
        self.files[path] = "\n\n\n".join([head, *blocks]) + "\n"
        return path


def _maybe(made: Sequence[Made], p: float, chance: Stream) -> Made | None:
    return chance.choice(made) if made and chance.chance(p) else None


def imports(used: Iterable[Made], dotted: str) -> list[str]:
    """The import lines of what is used, each name once."""
    by_module: dict[str, set[str]] = {}
    for one in used:
        if one.module != dotted:
            by_module.setdefault(one.module, set()).add(one.name)
    return [
        f"from {module} import {', '.join(sorted(by_module[module]))}"
        for module in sorted(by_module)
    ]
