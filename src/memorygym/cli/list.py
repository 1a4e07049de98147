"""List the templates, memories, agents and tracks there are."""

import argparse
import json
from collections.abc import Iterator, Mapping
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from textwrap import fill
from types import NoneType
from typing import Any

from memorygym.agents.reasoner_agent import agents_of
from memorygym.cli._checks import headline
from memorygym.core import registry
from memorygym.core.errors import BadSettings
from memorygym.core.factories import parameters_of
from memorygym.core.track import find
from memorygym.reports.terminal import WIDTH, width
from memorygym.runs.settings import WORLDS

Row = Mapping[str, Any]


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the arguments."""
    kinds = list(registry.FOLDERS)
    about = f"one of {', '.join(kinds)}; all of them unless given"
    parser.add_argument("kind", nargs="?", metavar="KIND", choices=kinds, help=about)
    parser.add_argument("--track", metavar="TRACK", help="of `list agents`: of this track")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(args: argparse.Namespace) -> int:
    """Prints ids, a line about each, and its parameters; plug-ins are not imported."""
    if args.track and args.kind != "agents":
        raise BadSettings(f"--track {args.track} is for `memorygym list agents`; leave it out")
    kinds = [args.kind] if args.kind else list(registry.FOLDERS)
    for kind in kinds:
        if not args.json and not args.kind:
            print(f"{kind}:")
        for row in _rows(kind, args.track or WORLDS):
            print(json.dumps(row, ensure_ascii=False) if args.json else _text(row))
    return 0


def _rows(kind: str, track: str) -> Iterator[Row]:
    if kind == "agents":
        for name, agent in agents_of(find(track)).items():
            about = agent.about or _about(kind, name)
            yield {"kind": kind, "id": name, "about": about, "parameters": {}}
        return
    for name in registry.names(kind):
        row: dict[str, Any] = {"kind": kind, "id": name, "about": _about(kind, name)}
        row["parameters"] = _parameters(kind, name)
        if kind == "tracks":
            row["version"] = find(name).version if registry.is_built_in(kind, name) else ""
        yield row


def _text(row: Row) -> str:
    parameters = row["parameters"].items()
    if row["kind"] != "tracks":
        values = "".join(f" :{name}={str(value).lower()}" for name, value in parameters)
        return _line(row["id"], f"{row['about']}{values}")
    version = f" ({row['version']})" if row["version"] else ""
    lines = [_line(row["id"], f"{row['about']}{version}")]
    return "\n".join([*lines, *(_line(f"  :{name}", meaning) for name, meaning in parameters)])


def _line(head: str, description: str) -> str:
    description = f"  {head:<22} {description}".rstrip()
    columns = min(width(), WIDTH)
    indent = " " * (25 if columns == WIDTH else 4)
    return fill(description, columns, subsequent_indent=indent, break_on_hyphens=False)


def _parameters(kind: str, name: str) -> dict[str, Any]:
    """What may be set after the name of one of our parts: of a memory what it is unless set, of a
    track what it means."""
    if kind not in ("memory", "tracks") or not registry.is_built_in(kind, name):
        return {}
    if kind == "tracks":
        return dict(find(name).parameters())
    parameters = parameters_of(registry.load(kind, name))
    defaults = {name: parameter.default for name, parameter in parameters.items()}
    return {k: v for k, v in defaults.items() if isinstance(v, (bool, int, float, str, NoneType))}


def _about(kind: str, name: str) -> str:
    """What it states, or the first line of its docstring, without the name that it begins with."""
    if kind == "templates" and registry.is_built_in(kind, name):
        return str(registry.load(kind, name).about)
    modules = [f"memorygym.{folder}.{name}" for folder in registry.FOLDERS[kind]]
    points = entry_points(group=registry.group_of(kind))
    for module in [*modules, *(point.module for point in points if point.name == name)]:
        spec = find_spec(module)
        if spec and spec.origin:
            return headline(Path(spec.origin)).removeprefix(f"{name}: ")
    return ""
