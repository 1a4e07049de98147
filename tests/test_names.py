"""One name, one idea: no public class has the name of another, and nothing hides a module."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "src" / "memorygym"
TWICE = set(
    """
    Options
    """.split()
)
"""Names that two classes still have; none may be added. `Options` is what every provider has."""


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path, ast.parse(path.read_text("utf-8"))


def _bound(module: ast.Module, package: str) -> Iterator[str]:
    """The names that a module gives to what is no module of its package."""
    for statement in module.body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.ImportFrom(module=origin, names=names) if origin != package:
                yield from (alias.asname or alias.name for alias in names)


def test_no_two_public_classes_have_one_name() -> None:
    places = defaultdict(list)
    for path, module in _modules():
        for statement in module.body:
            if isinstance(statement, ast.ClassDef) and not statement.name.startswith("_"):
                places[statement.name].append(str(path.relative_to(PACKAGE)))
    twice = {name: paths for name, paths in places.items() if len(paths) > 1}
    assert {name: twice[name] for name in twice.keys() - TWICE} == {}
    assert TWICE - twice.keys() == set(), "no longer twice: take these from the list"


def test_no_name_of_a_package_hides_one_of_its_modules() -> None:
    hidden = set()
    for path, module in _modules():
        if path.name == "__init__.py":
            inner = {p.stem for p in path.parent.glob("*.py")} | {
                p.parent.name for p in path.parent.glob("*/__init__.py")
            }
            package = ".".join(("memorygym", *path.parent.relative_to(PACKAGE).parts))
            names = inner & set(_bound(module, package))
            hidden |= {f"{package}.{name}".removeprefix("memorygym.") for name in names}
    assert hidden == set()
