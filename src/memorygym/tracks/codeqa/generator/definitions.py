"""The definitions of a module: lines of runnable code, in blocks of one statement."""

from collections import defaultdict
from collections.abc import Mapping
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
"""Moduli of results, which keep them short."""
DEEPEST = 3
"""Most nested calls."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition that others may use."""

    name: str
    module: str
    depth: int = 0
    """Nested calls below it."""


@dataclass(slots=True)
class District:
    """The definitions that modules of one folder may use."""

    domain: str
    defined: defaultdict[str, list[Definition]] = field(default_factory=lambda: defaultdict(list))
    """By kind: `function`, `constant`, `table`, `fault` or `class`."""


Uses = Mapping[str, Definition]
"""What a function uses: at most one `function`, `constant`, `table`, `fault` and `mark` each."""


def number(rng: Stream) -> int:
    """A number that is hard to guess: neither round nor small, and unlike a year."""
    value = rng.between(13, 1886)
    return value + 1 if value % 10 == 0 or value % 11 == 0 else value


def function(name: str, option: str, uses: Uses, rng: Stream) -> str:
    """The code of a function with a number and an option as parameters."""
    parameter, local = rng.choice(INPUTS), rng.choice(LOCALS)
    lines = [f"def {name}({parameter}, {option}={number(rng)}):"]
    if mark := uses.get("mark"):
        arguments = ", ".join(f"{setting}={number(rng)}" for setting in rng.sample(SETTINGS, 2))
        lines.insert(0, f"@{mark.name}({arguments})")
    if fault := uses.get("fault"):
        lines += [
            f"    if {parameter} > {number(rng) + 90000}:",
            f"        raise {fault.name}({parameter})",
        ]
    lines.append(f"    {local} = {parameter} * {rng.between(3, 29)} + {option}")
    lines += _middle(parameter, option, local, rng)
    if constant := uses.get("constant"):
        lines.append(f"    {local} = {local} {rng.choice('+-')} {constant.name}")
    if table := uses.get("table"):
        lines.append(f'    {local} += {table.name}["{rng.choice(HOURS)}"]')
    if callee := uses.get("function"):
        lines.append(f"    {local} += {_call(callee, parameter, local, rng)}")
    lines.append(f"    return {local} % {rng.choice(WRAP)}")
    return "\n".join(lines)


def _call(callee: Definition, parameter: str, local: str, rng: Stream) -> str:
    """A call that leaves the option at its default."""
    argument = rng.choice(
        [f"{parameter} + {rng.between(2, 19)}", f"{local} % {rng.between(23, 97)}", parameter]
    )
    return f"{callee.name}({argument})"


def _middle(parameter: str, option: str, local: str, rng: Stream) -> list[str]:
    """Random lines that make functions differ."""
    a, b = rng.between(3, 17), rng.between(2, 9)
    first_colour, second_colour = rng.sample(COLOURS, 2)
    forms = [
        [f"    if {local} % {a} > {a // 2}:", f"        {local} += {parameter} * {b}"],
        [f"    for step in range({b}):", f"        {local} += step * {a} + {parameter}"],
        [
            f"    shares = [part * {b} + {parameter} for part in ({a}, {a + b}, {a * b})]",
            f"    {local} += sum(shares)",
        ],
        [
            f'    shade = "{first_colour}" if {parameter} % {b} else "{second_colour}"',
            f"    {local} += len(shade) * {a}",
        ],
        [f"    {local} = max({local}, {parameter} * {a}) - min({option}, {a * b})"],
        [f"    {local} += abs({parameter} - {a * b}) // {b}"],
        [
            f"    ranked = sorted([{parameter} % {a}, {b}, {option} % {a}])",
            f"    {local} += ranked[1] * {b}",
        ],
    ]
    return rng.choice(forms)


def class_code(name: str, parent: str, method: str, rng: Stream) -> str:
    """A class, with a constructor unless it has a parent, and a method."""
    parameter, option = rng.choice(INPUTS), rng.choice(OPTIONS)
    share = f"{rng.choice(LOCALS)}_share"
    blocks = [f"class {name}{parent and f'({parent})'}:\n    {share} = {number(rng)}"]
    if not parent:
        blocks.append(
            f"    def __init__(self, {parameter}, {option}={number(rng)}):\n"
            f"        self.count = {parameter} * {rng.between(2, 9)}\n"
            f"        self.slack = {option}"
        )
    blocks.append(
        f"    def {method}(self, {parameter}):\n"
        f"        total = self.count * {rng.between(3, 17)} + self.slack - {parameter}\n"
        f"        return (total + self.{share}) % {rng.choice(WRAP)}"
    )
    return "\n\n".join(blocks)


def table_line(name: str, rng: Stream) -> str:
    cells = ", ".join(f'"{hour}": {number(rng)}' for hour in HOURS)
    return f"{name} = {{{cells}}}"


def mark(name: str) -> list[str]:
    """The blocks of a module with a decorator that stores its settings on the function."""
    inner = "def noting(settings, marked):\n    marked.settings = settings\n    return marked"
    return [inner, f"def {name}(**settings):\n    return partial(noting, settings)"]
