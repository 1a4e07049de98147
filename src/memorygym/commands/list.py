"""List the worlds, memories, agents and tracks there are."""

import argparse
import json
from collections.abc import Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill
from types import NoneType
from typing import Any

from memorygym import registry
from memorygym.commands import headline
from memorygym.page import WIDTH


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    kinds = list(registry.FOLDERS)
    parser.add_argument("kind", nargs="?", choices=kinds, help="all of them unless given")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Prints ids, what each is, and the knobs of memories; nobody else's part is imported."""
    kinds = [args.kind] if args.kind else list(registry.FOLDERS)
    for kind in kinds:
        if not args.json and not args.kind:
            print(f"{kind}:")
        for name in registry.names(kind):
            knobs = _knobs(kind, name)
            row = {"kind": kind, "id": name, "about": _about(kind, name), "knobs": knobs}
            print(json.dumps(row, ensure_ascii=False) if args.json else _line(row))
    return 0


def _line(row: Mapping[str, Any]) -> str:
    told = "".join(f" :{name}={str(value).lower()}" for name, value in row["knobs"].items())
    about = f"  {row['id']:<22} {row['about']}{told}".rstrip()
    return fill(about, WIDTH, subsequent_indent=" " * 25, break_on_hyphens=False)


def _knobs(kind: str, name: str) -> dict[str, Any]:
    """What may be set after the name of one of our memories, and what it is unless set."""
    if kind != "memory" or not registry.is_ours(kind, name):
        return {}
    found = registry.knobs_of(registry.load(kind, name))
    defaults = {knob: parameter.default for knob, parameter in found.items()}
    return {k: v for k, v in defaults.items() if isinstance(v, (bool, int, float, str, NoneType))}


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
