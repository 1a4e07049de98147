"""A package under repair: its sources, and the tests that judge it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Package:
    """A package that runs and passes its tests. Paths are relative, with slashes."""

    name: str
    """`linden`, or of a real one `toolz==0.12.1`."""
    files: Mapping[str, str]
    """By path: the sources, which an agent may read and edit."""
    tests: Mapping[str, str]
    """By path: the test modules and what they read, which no agent sees or writes."""


def module_of(path: str) -> str:
    """The import name of a source file.

    >>> module_of("linden/beacons/__init__.py"), module_of("linden/marks.py")
    ('linden.beacons', 'linden.marks')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
