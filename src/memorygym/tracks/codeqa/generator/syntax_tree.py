"""The definitions in a package, from its syntax trees, for names with a single definition."""

import ast
import builtins
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from memorygym.tracks.codeqa.code_reader import module_name

Lines = Sequence[str]
Defined = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Function:
    """A top-level function, or a method of a top-level class."""

    name: str
    """Its name; a method's has its class before it."""
    path: str
    defaults: Mapping[str, str]
    arguments: Mapping[tuple[str, str], str]
    """Arguments of its decorators, by decorator and keyword."""
    calls: tuple[str, ...]
    """Names of functions and classes that it calls, except those it raises."""
    raises: tuple[str, ...]
    """Names of the exceptions, or variables with exceptions, that it raises."""
    reads: tuple[str, ...]


@dataclass(slots=True)
class Tree:
    """The definitions of a package by name."""

    functions: dict[str, Function] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    """The path of the file that defines a name."""
    callers: dict[str, list[str]] = field(default_factory=dict)
    """The callers of a name, if all of them are known."""


def parse_tree(files: Mapping[str, str]) -> Tree:
    """The definitions of a package; files that are not valid Python are skipped."""
    collector = _DefinitionCollector()
    for path, code in files.items():
        if path.endswith(".py"):
            try:
                module = ast.parse(code)
            except (SyntaxError, ValueError):
                continue
            collector.module(path, code.split("\n"), module)
    return collector.result()


class _DefinitionCollector:
    """A collector of definitions, and of names with several meanings."""

    def __init__(self) -> None:
        self._tree = Tree()
        self._counts = Counter[str]()
        self._ambiguous: set[str] = set()

    def module(self, path: str, code: Lines, module: ast.Module) -> None:
        for node in ast.walk(module):
            match node:
                case (
                    ast.FunctionDef(name=name)
                    | ast.AsyncFunctionDef(name=name)
                    | ast.ClassDef(name=name)
                ):
                    self._counts[name] += 1
                case ast.alias(name=name, asname=str(other)):
                    self._ambiguous |= {name, other}
                case (
                    ast.Call(func=ast.Attribute(attr=name))
                    | ast.Raise(exc=ast.Call(func=ast.Name(id=name)))
                ):
                    self._ambiguous.add(name)
                case ast.Name(id=name, ctx=ast.Store()) if name.isupper():
                    self._counts[name] += 1
            if isinstance(node, Defined):
                self._ambiguous.update(
                    decorator.id
                    for decorator in node.decorator_list
                    if isinstance(decorator, ast.Name)
                )
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
                if value_text := _text(code, value):
                    self._tree.places[name] = path
                    self._tree.constants[name] = value_text
                self._ambiguous.update(_names_used([node])[0])
            case _:
                self._ambiguous.update(_names_used([node])[0])

    def _class(self, path: str, code: Lines, node: ast.ClassDef) -> None:
        self._tree.places[node.name] = path
        match node.bases:
            case [ast.Name(id=parent)] | [ast.Attribute(attr=parent)] if not node.keywords:
                self._tree.bases[node.name] = parent
        for member in node.body:
            if isinstance(member, Defined):
                name = f"{node.name}.{member.name}"
                self._counts[name] += 1
                self._defined(path, code, member, name)
            else:
                self._ambiguous.update(_names_used([member])[0])

    def _defined(self, path: str, code: Lines, node: Defined, name: str) -> None:
        function = _function(path, code, node, name)
        outside = [*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)]
        self._ambiguous.update(_names_used(outside)[0])
        if not _is_whole(code, node):
            self._ambiguous.update(function.calls)
            return
        self._tree.functions[name] = function
        for called in function.calls:
            self._tree.callers.setdefault(called, []).append(name)

    def result(self) -> Tree:
        counts = self._counts
        unique = {
            name
            for name, count in counts.items()
            if count == 1 and counts[name.partition(".")[0]] == 1
        }
        tree = self._tree
        callers = {
            name: names
            for name, names in tree.callers.items()
            if name in tree.places
            and name not in self._ambiguous
            and not hasattr(builtins, name)
            and unique.issuperset(names)
        }
        tables: Any = (tree.functions, tree.bases, tree.constants, tree.places, callers)
        return Tree(
            *({name: count for name, count in table.items() if name in unique} for table in tables)
        )


def _function(path: str, code: Lines, node: Defined, name: str) -> Function:
    signature = node.args
    positional = [*signature.posonlyargs, *signature.args]
    defaults = [*zip(positional[::-1], signature.defaults[::-1], strict=False)]
    defaults += [
        (argument, default)
        for argument, default in zip(signature.kwonlyargs, signature.kw_defaults, strict=True)
        if default
    ]
    arguments = {
        (decorator.func.id, keyword.arg): _text(code, keyword.value)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Name)
        for keyword in decorator.keywords
        if keyword.arg
    }
    return Function(
        name,
        path,
        {argument.arg: _text(code, default) for argument, default in defaults},
        arguments,
        *_names_used(node.body),
    )


def _text(code: Lines, node: ast.expr) -> str:
    """The text of a constant value on one line; "" for any other value."""
    is_constant = isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)
    if not is_constant or node.end_lineno != node.lineno:
        return ""
    return code[node.lineno - 1].encode()[node.col_offset : node.end_col_offset].decode()


def _names_used(nodes: Sequence[ast.AST]) -> tuple[tuple[str, ...], ...]:
    """The names that are called without a prefix, raised, and read."""
    parts = [part for node in nodes for part in ast.walk(node)]
    raised = {id(part.exc) for part in parts if isinstance(part, ast.Raise)}
    calls, raises, reads = dict[str, None](), dict[str, None](), dict[str, None]()
    for part in parts:
        match part:
            case ast.Raise(
                exc=ast.Call(func=ast.Name(id=name))
                | ast.Call(func=ast.Attribute(attr=name))
                | ast.Name(id=name)
            ):
                raises[name] = None
            case ast.Call(func=ast.Name(id=name)) if id(part) not in raised:
                calls[name] = None
            case ast.Name(id=name, ctx=ast.Load()) if "_" in name.strip("_") and name.isupper():
                reads[name] = None
    return tuple(calls), tuple(raises), tuple(reads)


def _is_whole(code: Lines, node: Defined) -> bool:
    """Whether it is shown in one piece: no line of a string in it begins at the left margin."""
    rest = code[node.body[0].lineno : node.end_lineno]
    return all(not line or line[0] in " \t)]}" for line in rest)


def module_of(tree: Tree, name: str) -> str:
    """The name of the module that defines a name, without its package."""
    return module_name(tree.places[name]).rpartition(".")[2]
