"""Generated packages: districts of modules that import and call one another, and their tests."""

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
"""Functions of a small module."""
TESTED = 3
"""Functions tested in a test module."""


@dataclass(frozen=True, slots=True)
class Test:
    """A test, which is written when the value of its call is known."""

    name: str
    call: str
    imports: str


class GrowingPackage:
    """A package that grows; `files` hold everything but the tests."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._rng = rng
        self._names = IdentifierPool(rng, siblings)
        house = rng.choice(HOUSES)
        self.name = house.lower()
        self.files: dict[str, str] = {f"{self.name}/__init__.py": f'"""The works of {house}."""\n'}
        self.tests: dict[str, list[Test]] = {}
        """Tests by the path of their file."""
        self.mentions: MentionSampler | None = None
        self.mention_share = 0.0
        """Share of the functions and classes that use a name from a question or a similar one."""
        self._marks = [Definition(name, f"{self.name}.marks") for name in rng.sample(MARKS, 2)]
        blocks = definitions.marks([mark.name for mark in self._marks])
        self._write(
            "marks", "Decorators that note settings.", blocks, ["from functools import partial"]
        )
        self._write("tests/__init__", "Tests.")

    def district(self) -> District:
        """A new district: a folder with its own exceptions and settings."""
        district = self._new_district()
        self._faults(district)
        self._settings(district)
        return district

    def module(self, district: District, functions: int = FUNCTIONS) -> str:
        """Adds a module to a district; returns its path."""
        stem, module = self._new_module(district)
        used: list[Definition] = []
        blocks = []
        functions_: list[Definition] = []
        for _ in range(functions):
            uses = self._uses(district, functions_)
            option = self._rng.choice(OPTIONS)
            name = self._names.draw("function", district.domain)
            blocks.append("\n".join(definitions.function(name, option, uses, self._rng)))
            depth = uses.callee.depth + 1 if uses.callee else 0
            functions_.append(Definition(name, module, depth))
            used += uses.all()
        if functions >= FUNCTIONS:
            blocks.append(self._class_code(district, module, used))
        district.functions += functions_
        docstring = f"The {stem.rpartition('/')[2].replace('_', ' ')} of the {district.domain}."
        return self._write(stem, docstring, blocks, imports(used, module))

    def test(self, district: District, functions: Iterable[Definition]) -> str:
        """Adds a test module to a district; returns its path."""
        path = f"{self.name}/tests/test_{self._names.draw('module', district.domain)}.py"
        self.tests[path] = [
            Test(
                self._names.draw("test", district.domain),
                f"{function.name}({definitions.number(self._rng)})",
                *imports([function]),
            )
            for function in functions
        ]
        return path

    def small(self) -> None:
        """Adds a module of a few functions that use nothing else."""
        self.module(self._new_district(), FEW)

    def ballast(self, tokens: int) -> None:
        """Adds a module of constants with about that many tokens."""
        district = self._new_district()
        stem, _ = self._new_module(district)
        docstring: list[str] = []
        cost = count(f"[{self.name}/{stem}.py]") * (2 + tokens // 180)
        while cost < tokens:
            name = self._names.draw("constant", district.domain)
            docstring.append(f"{name} = {definitions.number(self._rng)}")
            cost += count(docstring[-1]) + 1
        blocks = [
            "\n".join(docstring[index : index + 24]) for index in range(0, len(docstring), 24)
        ]
        self._write(stem, "Settings.", blocks)

    def _new_district(self) -> District:
        """A district without definitions."""
        domain = self._rng.choice(list(DOMAINS))
        if f"{self.name}/{domain}/__init__.py" not in self.files:
            self._write(f"{domain}/__init__", f"The {domain}.")
        return District(domain)

    def _new_module(self, district: District) -> tuple[str, str]:
        """The path stem and the import name of a new module in a district."""
        stem = f"{district.domain}/{self._names.draw('module', district.domain)}"
        return stem, f"{self.name}/{stem}".replace("/", ".")

    def _faults(self, district: District) -> None:
        stem, module = self._new_module(district)
        names = [self._names.draw("fault", district.domain) for _ in range(6)]
        parents = ["Exception", names[0], names[0], names[1], names[1], names[2]]
        blocks = [
            f"class {name}({parent}):\n    code = {definitions.number(self._rng)}"
            for name, parent in zip(names, parents, strict=True)
        ]
        district.faults = [Definition(name, module) for name in names[1:]]
        self._write(stem, f"What goes wrong in the {district.domain}.", blocks)

    def _settings(self, district: District) -> None:
        stem, module = self._new_module(district)
        names = [self._names.draw("constant", district.domain) for _ in range(14)]
        district.constants = [Definition(name, module) for name in names[:12]]
        district.tables = [Definition(name, module) for name in names[12:]]
        lines = [f"{name} = {definitions.number(self._rng)}" for name in names[:12]]
        tables = [definitions.table(name, self._rng) for name in names[12:]]
        blocks = ["\n".join(lines[:6]), "\n".join(lines[6:]), *tables]
        self._write(stem, f"Settings of the {district.domain}.", blocks)

    def _uses(self, district: District, new_functions: list[Definition]) -> Uses:
        rng = self._rng
        callees = [
            definition
            for definition in (*district.functions[-60:], *new_functions)
            if definition.depth < definitions.DEEPEST
        ]
        uses = Uses(
            callee=_maybe(callees, 0.65, rng),
            constant=_maybe(district.constants, 0.45, rng),
            table=_maybe(district.tables, 0.15, rng),
            fault=_maybe(district.faults, 0.35, rng),
            mark=_maybe(self._marks, 0.25, rng),
        )
        mentions = self._mentioned()
        return mentions.uses(uses, rng) if mentions else uses

    def _mentioned(self) -> MentionSampler | None:
        """The sampler of mentions, if this definition is to mention a name."""
        return self.mentions if self.mentions and self._rng.bernoulli(self.mention_share) else None

    def _class_code(self, district: District, module: str, used: list[Definition]) -> str:
        parent = self._rng.choice([None, *district.classes[-8:]])
        if mentions := self._mentioned():
            parent = mentions.parent(self._rng) or parent
        name = self._names.draw("class", district.domain)
        method = self._names.draw("function", district.domain)
        if parent:
            used.append(parent)
        district.classes.append(Definition(name, module))
        blocks = definitions.class_blocks(name, parent.name if parent else "", method, self._rng)
        return "\n\n".join("\n".join(block) for block in blocks)

    def _write(
        self, stem: str, docstring: str, blocks: Sequence[str] = (), imported: Sequence[str] = ()
    ) -> str:
        path = f"{self.name}/{stem}.py"
        head = "\n".join([f'"""{docstring}"""', *imported])
        self.files[path] = "\n\n\n".join([head, *blocks]) + "\n"
        return path


def _maybe(
    definitions_: Sequence[Definition], probability: float, rng: Stream
) -> Definition | None:
    return rng.choice(definitions_) if definitions_ and rng.bernoulli(probability) else None


def imports(used: Iterable[Definition], module: str = "") -> list[str]:
    """The import lines of a module, each name once."""
    names: dict[str, set[str]] = {}
    for definition in used:
        names.setdefault(definition.module, set()).add(definition.name)
    return [
        f"from {source} import {', '.join(sorted(names[source]))}"
        for source in sorted(names)
        if source != module
    ]
