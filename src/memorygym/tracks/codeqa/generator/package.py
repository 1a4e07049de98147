"""Writes packages: districts of modules that import and call one another, and their tests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.generator import definitions
from memorygym.tracks.codeqa.generator.definitions import Definition, District, Uses
from memorygym.tracks.codeqa.generator.distractors import MentionSampler
from memorygym.tracks.codeqa.generator.identifiers import (
    DOMAINS,
    HOUSES,
    MARKS,
    OPTIONS,
    IdentifierPool,
)

FUNCTIONS = 7
"""Functions of a module."""
FEW = 2
"""Functions of a small one."""
TESTED = 3
"""Functions tested in a test module."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test that is written once it is known what the call returns."""

    name: str
    call: str
    imports: str


class GrowingPackage:
    """A package that grows; `files` hold it but for the tests."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._chance = rng
        self._names = IdentifierPool(rng, siblings)
        house = rng.choice(HOUSES)
        self.name = house.lower()
        self.files: dict[str, str] = {f"{self.name}/__init__.py": f'"""The works of {house}."""\n'}
        self.tests: dict[str, list[Test]] = {}
        """By the path of their file."""
        self.crowd: MentionSampler | None = None
        self.crowding = 0.0
        """Share of the functions and classes that use something of the crowd."""
        self._marks = [Definition(name, f"{self.name}.marks") for name in rng.sample(MARKS, 2)]
        blocks = definitions.marks([mark.name for mark in self._marks])
        self._put(
            "marks", "Decorators that note settings.", blocks, ["from functools import partial"]
        )
        self._put("tests/__init__", "Tests.")

    def district(self) -> District:
        """A new district: a folder with faults and settings of its own."""
        found = self._alone()
        self._faults(found)
        self._settings(found)
        return found

    def module(self, district: District, functions: int = FUNCTIONS) -> str:
        """Adds a module to a district, and returns its path."""
        stem, module = self._place(district)
        used: list[Definition] = []
        blocks = []
        made: list[Definition] = []
        for _ in range(functions):
            uses = self._uses(district, made)
            option = self._chance.choice(OPTIONS)
            name = self._names.draw("function", district.domain)
            blocks.append("\n".join(definitions.function(name, option, uses, self._chance)))
            depth = uses.callee.depth + 1 if uses.callee else 0
            made.append(Definition(name, module, depth))
            used += uses.all()
        if functions >= FUNCTIONS:
            blocks.append(self._klass(district, module, used))
        district.functions += made
        told = f"The {stem.rpartition('/')[2].replace('_', ' ')} of the {district.domain}."
        return self._put(stem, told, blocks, imports(used, module))

    def test(self, district: District, tested: Iterable[Definition]) -> str:
        """Adds a test module to a district, and returns its path."""
        path = f"{self.name}/tests/test_{self._names.draw('module', district.domain)}.py"
        self.tests[path] = [
            Test(
                self._names.draw("test", district.domain),
                f"{one.name}({definitions.number(self._chance)})", *imports([one]),
            )
            for one in tested
        ]  # fmt: skip
        return path

    def small(self) -> None:
        """Adds a module of a few functions that use nothing else."""
        self.module(self._alone(), FEW)

    def ballast(self, tokens: int) -> None:
        """Adds a module of constants that cost so much."""
        district = self._alone()
        stem, _ = self._place(district)
        told: list[str] = []
        cost = count(f"[{self.name}/{stem}.py]") * (2 + tokens // 180)
        while cost < tokens:
            name = self._names.draw("constant", district.domain)
            told.append(f"{name} = {definitions.number(self._chance)}")
            cost += count(told[-1]) + 1
        blocks = ["\n".join(told[n : n + 24]) for n in range(0, len(told), 24)]
        self._put(stem, "Settings.", blocks)

    def _alone(self) -> District:
        """A district in which nothing is told yet."""
        domain = self._chance.choice(list(DOMAINS))
        if f"{self.name}/{domain}/__init__.py" not in self.files:
            self._put(f"{domain}/__init__", f"The {domain}.")
        return District(domain)

    def _place(self, district: District) -> tuple[str, str]:
        """Where a new module of a district is written, and the name that it is imported by."""
        stem = f"{district.domain}/{self._names.draw('module', district.domain)}"
        return stem, f"{self.name}/{stem}".replace("/", ".")

    def _faults(self, district: District) -> None:
        stem, module = self._place(district)
        names = [self._names.draw("fault", district.domain) for _ in range(6)]
        parents = ["Exception", names[0], names[0], names[1], names[1], names[2]]
        blocks = [
            f"class {name}({parent}):\n    code = {definitions.number(self._chance)}"
            for name, parent in zip(names, parents, strict=True)
        ]
        district.faults = [Definition(name, module) for name in names[1:]]
        self._put(stem, f"What goes wrong in the {district.domain}.", blocks)

    def _settings(self, district: District) -> None:
        stem, module = self._place(district)
        names = [self._names.draw("constant", district.domain) for _ in range(14)]
        district.constants = [Definition(name, module) for name in names[:12]]
        district.tables = [Definition(name, module) for name in names[12:]]
        lines = [f"{name} = {definitions.number(self._chance)}" for name in names[:12]]
        tables = [definitions.table(name, self._chance) for name in names[12:]]
        blocks = ["\n".join(lines[:6]), "\n".join(lines[6:]), *tables]
        self._put(stem, f"Settings of the {district.domain}.", blocks)

    def _uses(self, district: District, here: list[Definition]) -> Uses:
        rng = self._chance
        callees = [
            one for one in (*district.functions[-60:], *here) if one.depth < definitions.DEEPEST
        ]
        uses = Uses(
            callee=_maybe(callees, 0.65, rng),
            constant=_maybe(district.constants, 0.45, rng),
            table=_maybe(district.tables, 0.15, rng),
            fault=_maybe(district.faults, 0.35, rng),
            mark=_maybe(self._marks, 0.25, rng),
        )
        crowd = self._mentioned()
        return crowd.uses(uses, rng) if crowd else uses

    def _mentioned(self) -> MentionSampler | None:
        """The crowd, where something of it is to be used."""
        return self.crowd if self.crowd and self._chance.bernoulli(self.crowding) else None

    def _klass(self, district: District, module: str, used: list[Definition]) -> str:
        parent = self._chance.choice([None, *district.classes[-8:]])
        if crowd := self._mentioned():
            parent = crowd.parent(self._chance) or parent
        name = self._names.draw("class", district.domain)
        method = self._names.draw("function", district.domain)
        if parent:
            used.append(parent)
        district.classes.append(Definition(name, module))
        blocks = definitions.klass(name, parent.name if parent else "", method, self._chance)
        return "\n\n".join("\n".join(block) for block in blocks)

    def _put(
        self, stem: str, told: str, blocks: Sequence[str] = (), imported: Sequence[str] = ()
    ) -> str:
        path = f"{self.name}/{stem}.py"
        head = "\n".join([f'"""{told}"""', *imported])
        self.files[path] = "\n\n\n".join([head, *blocks]) + "\n"
        return path


def _maybe(made: Sequence[Definition], p: float, rng: Stream) -> Definition | None:
    return rng.choice(made) if made and rng.bernoulli(p) else None


def imports(used: Iterable[Definition], module: str = "") -> list[str]:
    """The import lines of what a module uses, each name once."""
    names: dict[str, set[str]] = {}
    for one in used:
        names.setdefault(one.module, set()).add(one.name)
    return [
        f"from {source} import {', '.join(sorted(names[source]))}"
        for source in sorted(names)
        if source != module
    ]
