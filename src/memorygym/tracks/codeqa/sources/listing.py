"""`python -m memorygym.tracks.codeqa.sources.listing [OTHER ...]`: prints the rows of standard.txt.

A row is a module of the standard library and the attributes of its classes and their objects, for
this Python; OTHER are files that other Pythons printed, which are merged into it.
"""

import ast
import builtins
import importlib
import inspect
import pkgutil
import sys
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType

_SKIPPED = frozenset(
    "antigravity distutils encodings ensurepip idlelib lib2to3 msilib pydoc_data test this tkinter"
    " turtle turtledemo venv".split()
)
_EVERYWHERE = ("builtins", "io", "types")
"""Modules whose objects any code has, imported or not."""
Rows = dict[str, set[str]]


def rows() -> Rows:
    """The rows of this Python."""
    found: Rows = {"*builtins": {name for name in dir(builtins) if not name.startswith("_")}}
    for top in sorted(sys.stdlib_module_names):
        if not top.startswith("_"):
            modules = () if top in _SKIPPED else _modules(top)
            found[top] = {name for module in modules for name in _attributes(module)}
    found["*objects"] = set().union(*(found[name] for name in _EVERYWHERE))
    return found


def _modules(name: str) -> Iterator[ModuleType]:
    """A module and those within it, as far as this system has them."""
    try:
        module = importlib.import_module(name)
    except ImportError:
        return
    yield module
    for inner in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if inner.name not in ("__main__", "test", "tests") and not inner.name.startswith("_test"):
            yield from _modules(f"{name}.{inner.name}")


def _attributes(module: ModuleType) -> set[str]:
    found = {name for one in vars(module).values() if inspect.isclass(one) for name in dir(one)}
    try:
        tree = ast.parse(inspect.getsource(module))
    except (OSError, TypeError):
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                found.add(name)
            case ast.ClassDef(body=body):
                found |= {one.name for one in body if isinstance(one, ast.FunctionDef)}
    return {one for one in found if len(one) > 2 and one.isascii() and not one.startswith("_")}


def merged(found: Rows, texts: Iterable[str]) -> str:
    """All rows as one text; what any code has is in no other row."""
    for text in texts:
        for name, *rest in map(str.split, text.splitlines()):
            found.setdefault(name, set()).update(rest)
    common = found["*objects"]
    lines = {
        name: sorted(some if name.startswith("*") else some - common)
        for name, some in found.items()
    }
    return "\n".join(" ".join([name, *lines[name]]) for name in sorted(lines))


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # Deprecated modules are listed, too.
    print(merged(rows(), (Path(other).read_text(encoding="ascii") for other in sys.argv[1:])))
