"""A package under repair: its sources, and the tests that judge it."""

import ast
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


def replaced(source: str, line: int, old: str, new: str) -> str:
    """A source with other whole lines from a line on, counted from 1. Raises ValueError if `old`
    does not stand there.

    >>> replaced("a = 1\\nb = 2\\n", 2, "b = 2", "b = 3")
    'a = 1\\nb = 3\\n'
    """
    lines, olds = source.split("\n"), old.split("\n")
    if lines[line - 1 : line - 1 + len(olds)] != olds:
        raise ValueError(f"line {line} does not read {old!r}")
    lines[line - 1 : line - 1 + len(olds)] = new.split("\n") if new else []
    return "\n".join(lines)


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
