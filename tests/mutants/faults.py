"""The mutants of a module: copies with one small fault each, made from its syntax tree.

Annotations, decorators, docstrings, words of messages, imports and arguments whose order does not
matter stay as they are: no test can or should see them change.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip
EMPTY = {
    "str": "''", "int": "0", "float": "0.0", "list": "[]", "tuple": "()", "dict": "{}",
    "Iterator": "iter(())", "Iterable": "()", "Mapping": "{}", "Sequence": "()", "bool": "False",
    "set": "set()", "frozenset": "frozenset()",
}  # fmt: skip
NO_ORDER = {"max", "min", "gcd", "hypot", "isclose", "isinstance", "issubclass", "cast", "getattr"}
"""Functions whose first two arguments mean the same swapped, or raise at once."""
UNSEEN_CALLS = {"TypeVar", "NewType", "cast", "lru_cache", "print", "overload"}
UNSEEN_KEYWORDS = {"strict", "encoding", "errors", "help", "metavar", "maxsize", "daemon"}
UNSEEN_NAMES = {"__all__", "__slots__", "__match_args__", "TYPE_CHECKING"}
UNSEEN_FIELDS = {"annotation", "returns", "decorator_list", "bases", "type_params", "msg"}
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one fault."""

    path: str
    scope: str
    """The function or class that holds the fault; empty outside of any."""
    lines: range
    before: str
    after: str
    text: str
    """The whole module with the fault in it."""

    @property
    def name(self) -> str:
        """The same while the function stays as it is, wherever it moves in its file."""
        return f"{self.path}::{self.scope}: {self.before} => {self.after}"

    def rank(self, seed: int) -> str:
        """Its place in the sample of a seed: a sample of 20 is the beginning of that of 300."""
        return sha256(f"{seed}:{self.name}".encode()).hexdigest()


def mutants_of(path: str, text: str) -> Iterator[Mutant]:
    """All mutants of a file; of those that read alike, in one function, the first."""
    lines, names = text.encode().splitlines(keepends=True), set()
    for scope, node, new in _changes(ast.parse(text), "", "None", deep=False):
        first, last = node.lineno - 1, node.end_lineno  # type: ignore[attr-defined]
        head = lines[first][: node.col_offset]  # type: ignore[attr-defined]
        changed = head + new.encode() + lines[last - 1][node.end_col_offset :]  # type: ignore[attr-defined]
        parts = (b"".join(lines[first:last]), changed)
        before, after = (" ".join(part.decode().split()) for part in parts)
        whole = b"".join([*lines[:first], changed, *lines[last:]]).decode()
        mutant = Mutant(path, scope, range(first + 1, last + 1), before, after, whole)
        if before != after and mutant.name not in names:
            names.add(mutant.name)
            yield mutant


def _changes(
    node: ast.AST, scope: str, empty: str, *, deep: bool
) -> Iterator[tuple[str, ast.AST, str]]:
    """Each node that can be replaced, with its scope and what stands in its place; `deep` inside a
    function, whose like returns `empty` if it does nothing."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr) and not deep:
        return  # A union of types.
    for changed, new in _replacements(node, empty):
        yield scope, changed, new
    for child in _children(node):
        if isinstance(child, DEFINITION):
            returns = getattr(child, "returns", None)
            nothing = EMPTY.get(ast.unparse(returns).partition("[")[0] if returns else "", "None")
            inside = deep or not isinstance(child, ast.ClassDef)
            yield from _changes(child, f"{scope}.{child.name}".lstrip("."), nothing, deep=inside)
        else:
            yield from _changes(child, scope, empty, deep=deep)


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a node in which a fault could be seen."""
    match node:
        case ast.JoinedStr() | ast.Raise() | ast.Import() | ast.ImportFrom():
            return
        case (
            ast.If(test=ast.Name(name) | ast.Attribute(attr=name))
            | ast.Assign(targets=[ast.Name(name)])
        ) if name in UNSEEN_NAMES:
            return
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if name in UNSEEN_CALLS:
            return
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            keyword = isinstance(child, ast.keyword) and child.arg in UNSEEN_KEYWORDS
            text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
            if isinstance(child, ast.AST) and not (keyword or text or field in UNSEEN_FIELDS):
                yield child


def _replacements(node: ast.AST, empty: str) -> Iterator[tuple[ast.AST, str]]:
    """The node, or its condition, with what can stand in its place."""
    match node:
        case ast.Compare(left, [operator, *more], parts):
            yield node, _text(ast.Compare(left, [SWAPS[type(operator)](), *more], parts))
            for place, part in enumerate(parts):
                if isinstance(part, ast.Constant) and part.value and isinstance(part.value, str):
                    others = [*parts[:place], ast.Constant(f"{part.value}X"), *parts[place + 1 :]]
                    yield node, _text(ast.Compare(left, node.ops, others))
        case ast.BinOp(left, operator, right) if type(operator) in SWAPS:
            if not any(map(_is_string, (left, right))):
                yield node, _text(ast.BinOp(left, SWAPS[type(operator)](), right))
        case ast.BoolOp(operator, values):
            yield node, _text(ast.BoolOp(SWAPS[type(operator)](), values))
        case ast.UnaryOp(ast.Not(), operand):
            yield node, _text(operand)
        case ast.If(ast.Name() | ast.Attribute() | ast.Call() as test) | ast.IfExp(
            ast.Name() | ast.Attribute() | ast.Call() as test
        ):
            yield test, _text(ast.UnaryOp(ast.Not(), test))
        case ast.comprehension(ifs=conditions):
            yield from ((condition, "True") for condition in conditions)
        case ast.Constant(bool(value)):
            yield node, str(not value)
        case ast.Constant(int(value)):
            yield node, str(value + 1)
        case ast.Constant(float(value)):
            yield node, str(value * 2 or 1.0)
        case ast.Return(ast.expr() as value) if ast.unparse(value) != empty:
            if not isinstance(value, ast.Constant):
                yield node, f"return {empty}"
        case ast.Call(func, [first, second, *more], keywords):
            starred = any(isinstance(part, ast.Starred) for part in (first, second))
            if not starred and ast.unparse(func).rpartition(".")[2] not in NO_ORDER:
                yield node, _text(ast.Call(func, [second, first, *more], keywords))
        case (
            ast.Expr(ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Delete() | ast.Break()
            | ast.Continue() | ast.Return(None) | ast.Assign([ast.Attribute() | ast.Subscript()])
        ):  # fmt: skip
            yield node, "pass"


def _is_string(node: ast.AST) -> bool:
    """A text, or None as in a union of types."""
    text = isinstance(node, ast.Constant) and isinstance(node.value, str | None)
    return text or isinstance(node, ast.JoinedStr)


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(ast.fix_missing_locations(node))})"
