"""Writes the definitions of a module: lines of code that run, in blocks of one statement."""

from dataclasses import dataclass, field

from memorygym.core.rng import Stream
from memorygym.tracks.codeqa.generator.identifiers import (
    COLOURS,
    HOURS,
    INPUTS,
    LOCALS,
    OPTIONS,
    SETTINGS,
)

WRAP = (9973, 8887, 7919, 6947)
"""What results are taken modulo of, so that they stay short."""
DEEPEST = 3
"""Calls below one another."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Something defined, which others may use."""

    name: str
    module: str
    depth: int = 0
    """Calls below it."""


@dataclass(slots=True)
class District:
    """What modules near one another may use."""

    domain: str
    functions: list[Definition] = field(default_factory=list)
    constants: list[Definition] = field(default_factory=list)
    tables: list[Definition] = field(default_factory=list)
    faults: list[Definition] = field(default_factory=list)
    classes: list[Definition] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Uses:
    """What a function may mention, if anything."""

    callee: Definition | None = None
    constant: Definition | None = None
    table: Definition | None = None
    fault: Definition | None = None
    mark: Definition | None = None

    def all(self) -> list[Definition]:
        every = (self.callee, self.constant, self.table, self.fault, self.mark)
        return [one for one in every if one]


def number(rng: Stream) -> int:
    """A value that nobody would guess: no round number, no small one."""
    value = rng.between(13, 986)
    return value + 1 if value % 10 == 0 or value % 11 == 0 else value


def function(name: str, option: str, uses: Uses, rng: Stream) -> list[str]:
    """The lines of a function of a number and an option."""
    given, local = rng.choice(INPUTS), rng.choice(LOCALS)
    lines = [f"def {name}({given}, {option}={number(rng)}):"]
    if uses.mark:
        told = ", ".join(f"{s}={number(rng)}" for s in rng.sample(SETTINGS, 2))
        lines.insert(0, f"@{uses.mark.name}({told})")
    if uses.fault:
        lines += [
            f"    if {given} > {number(rng) + 90000}:",
            f"        raise {uses.fault.name}({given})",
        ]
    lines.append(f"    {local} = {given} * {rng.between(3, 29)} + {option}")
    lines += _middle(given, option, local, rng)
    if uses.constant:
        sign = rng.choice("+-")
        lines.append(f"    {local} = {local} {sign} {uses.constant.name}")
    if uses.table:
        lines.append(f'    {local} += {uses.table.name}["{rng.choice(HOURS)}"]')
    if uses.callee:
        lines.append(f"    {local} += {_call(uses.callee, given, local, rng)}")
    lines.append(f"    return {local} % {rng.choice(WRAP)}")
    return lines


def _call(callee: Definition, given: str, local: str, rng: Stream) -> str:
    """A call that leaves the option to its default, mostly."""
    argument = rng.choice(
        [f"{given} + {rng.between(2, 19)}", f"{local} % {rng.between(23, 97)}", given]
    )
    return f"{callee.name}({argument})"


def _middle(given: str, option: str, local: str, rng: Stream) -> list[str]:
    """What makes functions differ."""
    a, b = rng.between(3, 17), rng.between(2, 9)
    one, other = rng.sample(COLOURS, 2)
    forms = [
        [f"    if {local} % {a} > {a // 2}:", f"        {local} += {given} * {b}"],
        [f"    for step in range({b}):", f"        {local} += step * {a} + {given}"],
        [f"    shares = [part * {b} + {given} for part in ({a}, {a + b}, {a * b})]",
         f"    {local} += sum(shares)"],
        [f'    shade = "{one}" if {given} % {b} else "{other}"',
         f"    {local} += len(shade) * {a}"],
        [f"    {local} = max({local}, {given} * {a}) - min({option}, {a * b})"],
        [f"    {local} += abs({given} - {a * b}) // {b}"],
        [f"    ranked = sorted([{given} % {a}, {b}, {option} % {a}])",
         f"    {local} += ranked[1] * {b}"],
    ]  # fmt: skip
    return rng.choice(forms)


def klass(name: str, parent: str, method: str, rng: Stream) -> list[list[str]]:
    """A class as the blocks that it is shown in: its head, then its methods."""
    given, option = rng.choice(INPUTS), rng.choice(OPTIONS)
    head = [f"class {name}({parent}):" if parent else f"class {name}:"]
    head += [f"    {rng.choice(LOCALS)}_share = {number(rng)}"]
    share = head[-1].split()[0]
    blocks = [head]
    if not parent:
        blocks.append(
            [f"    def __init__(self, {given}, {option}={number(rng)}):",
             f"        self.count = {given} * {rng.between(2, 9)}",
             f"        self.slack = {option}"]
        )  # fmt: skip
    a = rng.between(3, 17)
    blocks.append(
        [f"    def {method}(self, {given}):",
         f"        total = self.count * {a} + self.slack - {given}",
         f"        return (total + self.{share}) % {rng.choice(WRAP)}"]
    )  # fmt: skip
    return blocks


def table(name: str, rng: Stream) -> str:
    cells = ", ".join(f'"{hour}": {number(rng)}' for hour in HOURS)
    return f"{name} = {{{cells}}}"


def marks(names: list[str]) -> list[str]:
    """A module of decorators that note their settings on the function."""
    inner = ["def noting(settings, marked):", "    marked.settings = settings", "    return marked"]
    outer = [[f"def {name}(**settings):", "    return partial(noting, settings)"] for name in names]
    return ["\n".join(block) for block in [inner, *outer]]
