"""Generated packages: districts of modules that import and call one another, and their tests."""

from collections.abc import Iterable, Sequence

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.codeqa.code_view import EVENT_TOKENS, cost, paragraphs
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

FUNCTIONS = 4
"""Functions of a module: few, so that no module is a likely guess."""
FAULTS = 24
"""Exceptions of a district: raised in turn, and each the parent of at most one."""
FAMILY = 8
"""Exceptions below one another."""
FEW = 2
"""Functions of a small module."""
TESTED = 3
"""Functions tested in a test module."""
CONSTANTS = 24
"""Settings of a district."""
DISTRICT = 18
"""Modules of a district."""
WHOLE, HALF = 1000, 420
"""Tokens needed to add a whole module, and to add one of two functions."""
HEAD = 17
"""Tokens of the first line of an event."""


class GrowingPackage:
    """A package that grows, and the number of tokens that show it."""

    def __init__(self, rng: Stream, siblings: int) -> None:
        self._rng = rng
        self._names = IdentifierPool(rng, siblings)
        house = rng.choice(HOUSES)
        self.name = house.lower()
        self.files: dict[str, str] = {}
        self.cost = 0
        self.mentions: MentionSampler | None = None
        self.mention_share = 0.0
        """Share of the functions and classes that use a name from a question or a similar one."""
        self._mark = Definition(rng.choice(MARKS), f"{self.name}.marks")
        self.add(f"{self.name}/__init__.py", f'"""The works of {house}."""\n')
        blocks = definitions.mark(self._mark.name)
        self._write(
            "marks", "A decorator that notes settings.", blocks, ["from functools import partial"]
        )
        self._write("tests/__init__", "Tests.")

    def add(self, path: str, code: str) -> None:
        """Adds a file."""
        self.files[path] = code
        self.cost += cost(paragraphs(path, code))

    def grow(self, target: int, rng: Stream) -> None:
        """Adds modules and tests up to so many tokens."""
        while self._left(target) > WHOLE:
            district = self.district()
            for _ in range(DISTRICT):
                if self._left(target) <= WHOLE:
                    break
                self.module(district)
            if district.defined["function"] and self._left(target) > HALF:
                self.test(district, rng)
        while self._left(target) > HALF:
            self.module(self._new_district(), FEW)

    def _left(self, target: int) -> int:
        return target - self.cost - HEAD * (self.cost // (EVENT_TOKENS - 100) + 1)

    def district(self) -> District:
        """A new district: a folder with its own exceptions and settings."""
        district = self._new_district()
        stem, module = self._new_module(district)
        names = [self._names.draw("fault", district.domain) for _ in range(FAULTS)]
        parents = [names[n - 1] if n % FAMILY else "Exception" for n in range(FAULTS)]
        blocks = [
            f"class {name}({parent}):\n    code = {definitions.number(self._rng)}"
            for name, parent in zip(names, parents, strict=True)
        ]
        district.defined["fault"] = [Definition(name, module) for name in names[1:]]
        self._write(stem, f"What goes wrong in the {district.domain}.", blocks)
        stem, module = self._new_module(district)
        names = [self._names.draw("constant", district.domain) for _ in range(CONSTANTS + 2)]
        settings, tables = names[:CONSTANTS], names[CONSTANTS:]
        district.defined["constant"] = [Definition(name, module) for name in settings]
        district.defined["table"] = [Definition(name, module) for name in tables]
        lines = [f"{name} = {definitions.number(self._rng)}" for name in settings]
        blocks = ["\n".join(lines[start : start + 6]) for start in range(0, CONSTANTS, 6)]
        blocks += [definitions.table_line(name, self._rng) for name in tables]
        self._write(stem, f"Settings of the {district.domain}.", blocks)
        return district

    def module(self, district: District, functions: int = FUNCTIONS) -> str:
        """Adds a module to a district; returns its path. A small one uses only itself."""
        stem, module = self._new_module(district)
        used: list[Definition] = []
        blocks = []
        functions_: list[Definition] = []
        for _ in range(functions):
            uses = self._uses(district, functions_)
            option = self._rng.choice(OPTIONS)
            name = self._names.draw("function", district.domain)
            blocks.append(definitions.function(name, option, uses, self._rng))
            depth = uses["function"].depth + 1 if "function" in uses else 0
            functions_.append(Definition(name, module, depth))
            used += uses.values()
        if functions >= FUNCTIONS:
            blocks.append(self._class_code(district, module, used))
        district.defined["function"] += functions_
        docstring = f"The {stem.rpartition('/')[2].replace('_', ' ')} of the {district.domain}."
        return self._write(stem, docstring, blocks, _imports(used, module))

    def test(self, district: District, rng: Stream) -> None:
        """Adds a module of tests of some functions of a district."""
        stem = f"tests/test_{self._names.draw('module', district.domain)}"
        tested = rng.sample(district.defined["function"], TESTED)
        blocks = [
            f"def {self._names.draw('test', district.domain)}():\n"
            f"    assert {function.name}({definitions.number(self._rng)}) < {max(definitions.WRAP)}"
            for function in tested
        ]
        self._write(stem, "Tests.", blocks, _imports(tested))

    def fill(self, tokens: int) -> None:
        """Adds a module of constants with about that many tokens, if there is room for one."""
        if tokens < 60:
            return
        district = self._new_district()
        stem, _ = self._new_module(district)
        lines: list[str] = []
        cost_ = count(f"[{self.name}/{stem}.py]") * (2 + (tokens - 40) // 180)
        while cost_ < tokens - 40:
            name = self._names.draw("constant", district.domain)
            lines.append(f"{name} = {definitions.number(self._rng)}")
            cost_ += count(lines[-1]) + 1
        blocks = ["\n".join(lines[index : index + 24]) for index in range(0, len(lines), 24)]
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

    def _uses(self, district: District, new_functions: list[Definition]) -> Uses:
        rng = self._rng
        callees = [
            definition
            for definition in (*district.defined["function"][-60:], *new_functions)
            if definition.depth < definitions.DEEPEST
        ]
        chances = (
            ("function", callees, 0.65),
            ("constant", district.defined["constant"], 0.45),
            ("table", district.defined["table"], 0.15),
            ("fault", district.defined["fault"][:1], 0.35),
            ("mark", [self._mark], 0.5),
        )
        uses = {
            kind: rng.choice(pool)
            for kind, pool, chance in chances
            if pool and rng.bernoulli(chance)
        }
        if fault := uses.get("fault"):  # The next one in turn.
            district.defined["fault"].remove(fault)
            district.defined["fault"].append(fault)
        if mentions := self._mentioned():
            kind, definition = mentions.definition(rng)
            if definition and kind != "class":
                uses[kind] = definition
        return uses

    def _mentioned(self) -> MentionSampler | None:
        """The sampler of mentions, if this definition is to mention a name."""
        return self.mentions if self.mentions and self._rng.bernoulli(self.mention_share) else None

    def _class_code(self, district: District, module: str, used: list[Definition]) -> str:
        # A class with many subclasses would be a likely guess.
        parent = self._rng.choice([None, *district.defined["class"][-1:] * 3])
        if mentions := self._mentioned():
            kind, definition = mentions.definition(self._rng)
            parent = definition if kind == "class" else parent
        name = self._names.draw("class", district.domain)
        method = self._names.draw("function", district.domain)
        if parent:
            used.append(parent)
        district.defined["class"].append(Definition(name, module))
        return definitions.class_code(name, parent.name if parent else "", method, self._rng)

    def _write(
        self, stem: str, docstring: str, blocks: Sequence[str] = (), imported: Sequence[str] = ()
    ) -> str:
        path = f"{self.name}/{stem}.py"
        head = "\n".join([f'"""{docstring}"""', *imported])
        self.add(path, "\n\n\n".join([head, *blocks]) + "\n")
        return path


def _imports(used: Iterable[Definition], module: str = "") -> list[str]:
    """The import lines of a module, each name once."""
    names: dict[str, set[str]] = {}
    for definition in used:
        names.setdefault(definition.module, set()).add(definition.name)
    return [
        f"from {source} import {', '.join(sorted(names[source]))}"
        for source in sorted(names)
        if source != module
    ]
