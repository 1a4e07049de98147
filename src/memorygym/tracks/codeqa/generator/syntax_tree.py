"""What the syntax trees of a package say, of names that stand for one thing only."""

import ast
import builtins
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorygym.tracks.codeqa.fact_reader import dotted

Lines = Sequence[str]
Defined = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """A function at the left margin, or a method of a class there."""

    name: str
    """Of a method with its class before it."""
    path: str
    defaults: Mapping[str, str]
    arguments: Mapping[tuple[str, str], str]
    """Of its decorators, by decorator and keyword."""
    calls: tuple[str, ...]
    """Names it calls, functions and classes alike, but for what it raises."""
    raises: tuple[str, ...]
    """Names of exceptions, and of variables that hold one."""
    reads: tuple[str, ...]


@dataclass(slots=True)
class Tree:
    """Definitions by their name."""

    functions: dict[str, Function] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """The path in which a name is defined."""
    callers: dict[str, list[str]] = field(default_factory=dict)
    """Of names that only such functions call."""


def tree(files: Mapping[str, str]) -> Tree:
    """The definitions of a package; of other files than Python nothing, of broken ones neither."""
    seen = _Seen()
    for path, code in files.items():
        if path.endswith(".py"):
            try:
                module = ast.parse(code)
            except (SyntaxError, ValueError):
                continue
            seen.module(path, code.split("\n"), module)
    return seen.found()


class _Seen:
    """Collects definitions, and the names that mean several things."""

    def __init__(self) -> None:
        self._tree = Tree()
        self._times = Counter[str]()
        self._vague: set[str] = set()

    def module(self, path: str, code: Lines, module: ast.Module) -> None:
        for node in ast.walk(module):
            match node:
                case (
                    ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name)
                    | ast.ClassDef(name=name)
                ):  # fmt: skip
                    self._times[name] += 1
                case ast.alias(name=name, asname=str(other)):
                    self._vague |= {name, other}
                case (
                    ast.Call(func=ast.Attribute(attr=name))
                    | ast.Raise(exc=ast.Call(func=ast.Name(id=name)))
                ):
                    self._vague.add(name)
                case ast.Name(id=name, ctx=ast.Store()) if name.isupper():
                    self._times[name] += 1
            if isinstance(node, Defined):
                self._vague.update(o.id for o in node.decorator_list if isinstance(o, ast.Name))
        for node in module.body:
            self._top(path, code, node)

    def _top(self, path: str, code: Lines, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._defined(path, code, node, node.name)
                self._tree.places[node.name] = path
            case ast.ClassDef():
                self._class(path, code, node)
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name.isupper():
                if told := _text(code, value):
                    self._tree.places[name] = path
                    self._tree.constants[name] = told
                self._vague.update(_said([node])[0])
            case _:
                self._vague.update(_said([node])[0])

    def _class(self, path: str, code: Lines, node: ast.ClassDef) -> None:
        self._tree.places[node.name] = path
        match node.bases:
            case [ast.Name(id=parent)] | [ast.Attribute(attr=parent)] if not node.keywords:
                self._tree.bases[node.name] = parent
        for member in node.body:
            if isinstance(member, Defined):
                name = f"{node.name}.{member.name}"
                self._times[name] += 1
                self._defined(path, code, member, name)
            else:
                self._vague.update(_said([member])[0])

    def _defined(self, path: str, code: Lines, node: Defined, name: str) -> None:
        made = _function(path, code, node, name)
        outside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        self._vague.update(_said(outside)[0])
        if not _is_whole(code, node):
            self._vague.update(made.calls)
            return
        self._tree.functions[name] = made
        for called in made.calls:
            self._tree.callers.setdefault(called, []).append(name)

    def found(self) -> Tree:
        times = self._times
        once = {n for n, one in times.items() if one == 1 and times[n.partition(".")[0]] == 1}
        tree = self._tree
        callers = {
            name: names for name, names in tree.callers.items()
            if name in tree.places and name not in self._vague and not hasattr(builtins, name)
            and once.issuperset(names)
        }  # fmt: skip
        tables: Any = (tree.functions, tree.bases, tree.constants, tree.places, callers)
        return Tree(*({n: one for n, one in table.items() if n in once} for table in tables))


def _function(path: str, code: Lines, node: Defined, name: str) -> Function:
    told = node.args
    positional = [*told.posonlyargs, *told.args]
    given = [*zip(positional[::-1], told.defaults[::-1], strict=False)]
    given += [(a, d) for a, d in zip(told.kwonlyargs, told.kw_defaults, strict=True) if d]
    arguments = {
        (mark.func.id, word.arg): _text(code, word.value)
        for mark in node.decorator_list
        if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name)
        for word in mark.keywords
        if word.arg
    }
    return Function(
        name, path,
        {argument.arg: _text(code, default) for argument, default in given}, arguments,
        *_said(node.body),
    )  # fmt: skip


def _text(code: Lines, node: ast.expr) -> str:
    """The text of a plain value on one line, "" of any other."""
    plain = isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)
    if not plain or node.end_lineno != node.lineno:
        return ""
    return code[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()


def _said(nodes: Sequence[ast.AST]) -> tuple[tuple[str, ...], ...]:
    """The names that are called as they are, not as a part of something; raised; and read."""
    parts = [part for node in nodes for part in ast.walk(node)]
    raised = {id(part.exc) for part in parts if isinstance(part, ast.Raise)}
    calls, raises, reads = dict[str, None](), dict[str, None](), dict[str, None]()
    for part in parts:
        match part:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id=name)) | ast.Call(func=ast.Attribute(attr=name))
                | ast.Name(id=name)
            ):  # fmt: skip
                raises[name] = None
            case ast.Call(func=ast.Name(id=name)) if id(part) not in raised:
                calls[name] = None
            case ast.Name(id=name, ctx=ast.Load()) if "_" in name.strip("_") and name.isupper():
                reads[name] = None
    return tuple(calls), tuple(raises), tuple(reads)


def _is_whole(code: Lines, node: Defined) -> bool:
    """Whether it is shown in one piece: no line of a text in it begins at the left margin."""
    rest = code[node.body[0].lineno : node.end_lineno]
    return all(not line or line[0] in " \t)]}" for line in rest)


def exceptions(tree: Tree) -> list[str]:
    """The classes whose base classes lead to a built-in exception."""
    return [name for name in tree.bases if name in tree.places and _is_raisable(tree, name)]


def _is_raisable(tree: Tree, name: str) -> bool:
    seen = set()
    while name in tree.bases and name not in seen:
        seen.add(name)
        name = tree.bases[name]
    known = getattr(builtins, name, None)
    return name not in tree.places and isinstance(known, type) and issubclass(known, BaseException)


def module_of(tree: Tree, name: str) -> str:
    """The name of the module in which something is defined, without its package."""
    return dotted(tree.places[name]).rpartition(".")[2]
