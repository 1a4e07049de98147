"""List the worlds, memories, agents and tracks there are."""

import argparse
import json
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill

from memorygym import registry
from memorygym.commands import headline
from memorygym.commands._page import WIDTH


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    kinds = list(registry.FOLDERS)
    parser.add_argument("kind", nargs="?", choices=kinds, help="all of them unless given")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Prints ids and what each is; no part is imported."""
    kinds = [args.kind] if args.kind else list(registry.FOLDERS)
    for kind in kinds:
        if not args.json and not args.kind:
            print(f"{kind}:")
        for name in registry.names(kind):
            row = {"kind": kind, "id": name, "about": _about(kind, name)}
            print(json.dumps(row, ensure_ascii=False) if args.json else _line(name, row["about"]))
    return 0


def _line(name: str, about: str) -> str:
    return fill(f"  {name:<20} {about}".rstrip(), WIDTH, subsequent_indent=" " * 23)


def _about(kind: str, name: str) -> str:
    """The first line of its docstring, without the name that it begins with."""
    for module in _modules(kind, name):
        spec = find_spec(module)
        if spec and spec.origin:
            return headline(Path(spec.origin)).removeprefix(f"{name}: ")
    return ""


def _modules(kind: str, name: str) -> list[str]:
    """Where a part may be stated, our own package first."""
    built_in = [f"memorygym.{folder}.{name}" for folder in registry.FOLDERS[kind]]
    points = entry_points(group=f"memorygym.{kind}")
    return built_in + [point.module for point in points if point.name == name]
