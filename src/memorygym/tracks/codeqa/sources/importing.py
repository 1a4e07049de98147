"""Which files of a tree import which."""

import ast
from collections.abc import Iterator, Mapping

from memorygym.tracks.codeqa.sources.binding import Nodes


def imports(files: Mapping[str, Nodes]) -> dict[str, list[str]]:
    """By file: the files of the tree that it imports, in the order it names them."""
    by_module = {_module(path): path for path in sorted(files)}
    for module in list(by_module):
        top, _, rest = module.partition(".")
        if rest and f"{top}/__init__.py" not in files:
            by_module.setdefault(rest, by_module[module])
    return {
        path: list(
            dict.fromkeys(
                by_module[name]
                for name in _imported(path, nodes)
                if name in by_module and by_module[name] != path
            )
        )
        for path, nodes in files.items()
    }


def _module(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported(path: str, nodes: Nodes) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from (one.name for one in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                start = ".".join(path.split("/")[:-level]) if level else ""
                name = ".".join(part for part in (start, module) if part)
                yield from (f"{name}.{one.name}" if name else one.name for one in names)
                yield name
