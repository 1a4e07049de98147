"""Strings in which code names its own parts: they follow a renaming."""

import ast
from collections.abc import Iterator, Set

from memorygym.tracks.codeqa.sources.binding import LOOKS_UP, Nodes, terminal
from memorygym.tracks.codeqa.sources.places import Places

_BY_NAME = {
    **dict.fromkeys(("getattr", "setattr", "hasattr", "delattr"), slice(1, 2)),
    **dict.fromkeys(("attrgetter", "methodcaller", "patch", "usefixtures"), slice(None)),
    **dict.fromkeys(("import_module", "__import__", "importorskip"), slice(0, 1)),
    **dict.fromkeys(("parametrize", "getfixturevalue", "TypeVar", "NewType", "cast"), slice(0, 1)),
    "namedtuple": slice(0, 2),
}
"""Which arguments of a call are names."""
_LISTS = frozenset(("__all__", "__slots__", "__match_args__", "_fields"))
_SPACES = frozenset(("globals", "locals", "vars"))


def following(tree: Nodes, code: str, gathered: Set[str]) -> frozenset[int]:
    """Where in the code such strings begin; `gathered` are names of dicts of keyword arguments."""
    places = Places(code)
    return frozenset(
        places.start(one)
        for node in tree
        for given in _given(node, gathered)
        for one in ast.walk(given)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _given(node: ast.AST, gathered: Set[str]) -> Iterator[ast.expr]:
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            yield from _arguments(func, args, gathered)
            for one in keywords:
                if one.arg is None and isinstance(one.value, ast.Dict):
                    yield from (key for key in one.value.keys if key)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in _LISTS:
            yield value
        case ast.AugAssign(target=ast.Name(id=name), value=value) if name in _LISTS:
            yield value
        case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
            yield annotation
        case ast.FunctionDef(returns=ast.expr() as returns):
            yield returns
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant() as key):
            if name in gathered:
                yield key
        case ast.Subscript(value=ast.Attribute(attr="__dict__"), slice=ast.Constant() as key):
            yield key
        case ast.Subscript(value=ast.Call(func=ast.Name(id=name)), slice=ast.Constant() as key):
            if name in _SPACES:
                yield key
        case ast.Compare(left=ast.Constant() as key, comparators=[ast.Name(id=name)]):
            if name in gathered:
                yield key


def _arguments(func: ast.expr, args: list[ast.expr], gathered: Set[str]) -> Iterator[ast.expr]:
    match func:
        case ast.Attribute(value=ast.Name(id=name), attr=attr) if name in gathered:
            if attr in LOOKS_UP:
                yield from args[:1]
        case ast.Attribute(value=ast.Name(id="monkeypatch")):
            yield from args
    if (called := terminal(func)) in _BY_NAME:
        yield from args[_BY_NAME[called]]
