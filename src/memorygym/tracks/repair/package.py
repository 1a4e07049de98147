"""A package under repair: its sources, and the tests that judge it."""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Package:
    """A package that runs and passes its tests. Paths are relative, with slashes."""

    name: str
    """`linden`, or of a real one `toolz==0.12.1`."""
    files: Mapping[str, str]
    """By path: the sources, which an agent may read and edit."""
    tests: Mapping[str, str]
    """By path: the test modules and what they read, which no agent sees or writes."""

    @property
    def is_generated(self) -> bool:
        return "==" not in self.name


def module_of(path: str) -> str:
    """The import name of a source file.

    >>> module_of("linden/beacons/__init__.py"), module_of("linden/marks.py")
    ('linden.beacons', 'linden.marks')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


LINE_BREAK = re.compile(r"(\r\n|\r|\n)")
"""What ends a line of a source."""


def replaced(source: str, path: str, line: int, old: str, new: str) -> str:
    """A source with another line, counted from 1; "" takes it out. Raises ValueError if `old` does
    not stand there.

    >>> replaced("a = 1\\nb = 2\\n", "shop.py", 2, "b = 2", "b = 3")
    'a = 1\\nb = 3\\n'
    """
    parts = LINE_BREAK.split(source)
    place = 2 * line - 2
    if parts[place : place + 1] != [old]:
        raise ValueError(f"{path}: line {line} is not {old!r}")
    parts[place : place + (1 if new else 2)] = [new]
    return "".join(parts)


class Function(NamedTuple):
    """A function or a method, with its first and last line."""

    path: str
    name: str
    first: int
    last: int

    def of(self, source: str) -> str:
        """Its lines in the source."""
        return "\n".join(source.split("\n")[self.first - 1 : self.last])


def functions_in(path: str, source: str) -> Iterator[Function]:
    """The functions and methods of a source."""
    for node in ast.parse(source).body:
        inner = node.body if isinstance(node, ast.ClassDef) else [node]
        outer = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for function in inner:
            if isinstance(function, ast.FunctionDef):
                last = function.end_lineno or function.lineno
                yield Function(path, outer + function.name, function.lineno, last)


def function_in(path: str, source: str, name: str) -> Function | None:
    """The function of that name in a source; None if there is none."""
    return next(
        (function for function in functions_in(path, source) if function.name == name), None
    )
