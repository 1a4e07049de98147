"""The mutants of a module: copies with one small fault, made from its syntax tree.

Some parts are left as they are, because no test can or should see them change: annotations,
decorators, docstrings, words of messages (f-strings, raised errors), imports, and arguments whose
order does not matter.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
}  # fmt: skip
EMPTY = {"str": "''", "int": "0", "float": "0.0", "list": "[]", "tuple": "()", "dict": "{}"}
EMPTY |= {"set": "set()", "frozenset": "frozenset()", "Iterator": "iter(())", "Iterable": "()"}
EMPTY |= {"Mapping": "{}", "Sequence": "()", "bool": "False"}
NO_ORDER = {"max", "min", "gcd", "hypot", "isclose", "isinstance", "issubclass", "cast", "getattr"}
"""Functions whose first two arguments mean the same swapped, or raise at once."""
UNSEEN_CALLS = {"TypeVar", "NewType", "cast", "lru_cache", "print", "overload"}
UNSEEN_KEYWORDS = {"strict", "encoding", "errors", "help", "metavar", "maxsize", "daemon"}
UNSEEN_NAMES = {"__all__", "__slots__", "__match_args__"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A module with one fault."""

    path: str
    scope: str
    """The function or class that holds the fault; empty outside of any."""
    line: int
    end_line: int
    in_function: bool
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


def mutants_of(root: Path, path: str) -> Iterator[Mutant]:
    """All mutants of a file; of those that read alike, in one function, the first."""
    text = (root / path).read_text("utf-8")
    names: Counter[str] = Counter()
    for scope, deep, node, new in _changes(ast.parse(text), "", deep=False):
        mutant = _planted(path, text, (scope, deep), node, new)
        names[mutant.name] += 1
        if mutant.before != mutant.after and names[mutant.name] == 1:
            yield mutant


def _planted(path: str, text: str, at: tuple[str, bool], node: ast.AST, new: str) -> Mutant:
    lines = text.encode().splitlines(keepends=True)
    first, last = node.lineno - 1, node.end_lineno  # type: ignore[attr-defined]
    head = lines[first][: node.col_offset]  # type: ignore[attr-defined]
    tail = lines[last - 1][node.end_col_offset :]  # type: ignore[attr-defined]
    old = b"".join(lines[first:last])
    changed = head + new.encode() + tail
    whole = b"".join([*lines[:first], changed, *lines[last:]]).decode()
    before, after = (" ".join(part.decode().split()) for part in (old, changed))
    return Mutant(path, at[0], first + 1, last, at[1], before, after, whole)


def _changes(
    node: ast.AST, scope: str, *, deep: bool, empty: str = "None"
) -> Iterator[tuple[str, bool, ast.AST, str]]:
    """Each node that can be replaced: its scope, whether in a function, itself, the replacement."""
    for changed, new in _replacements(node, empty, deep=deep):
        yield scope, deep, changed, new
    for child in _children(node, deep=deep):
        inner, below, nothing = scope, deep, empty
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = f"{scope}.{child.name}".lstrip(".")
            below = deep or not isinstance(child, ast.ClassDef)
            nothing = _empty(child)
        yield from _changes(child, inner, deep=below, empty=nothing)


def _children(node: ast.AST, *, deep: bool) -> Iterator[ast.AST]:
    """The parts of a node in which a fault could be seen."""
    match node:
        case ast.JoinedStr() | ast.Raise() | ast.Import() | ast.ImportFrom():
            return
        case ast.If(test=ast.Name("TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
            return
        case ast.Call(func=ast.Name(name) | ast.Attribute(attr=name)) if name in UNSEEN_CALLS:
            return
        case ast.Assign(targets=[ast.Name(name)]) if name in UNSEEN_NAMES:
            return
        case ast.BinOp(op=ast.BitOr()) if not deep:  # A union of types.
            return
        case ast.Assert():
            yield node.test
            return
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases", "type_params"):
            continue
        for child in value if isinstance(value, list) else [value]:
            keyword = isinstance(child, ast.keyword) and child.arg in UNSEEN_KEYWORDS
            if isinstance(child, ast.AST) and not keyword and not _is_text(child):
                yield child


def _is_text(node: ast.AST) -> bool:
    """A docstring, the text under a field, or an ellipsis."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _replacements(node: ast.AST, empty: str, *, deep: bool) -> Iterator[tuple[ast.AST, str]]:
    """The node, or its condition, with what can stand in its place."""
    match node:
        case ast.Compare(left, [operator, *more], parts):
            yield node, _text(ast.Compare(left, [COMPARISONS[type(operator)](), *more], parts))
            yield from ((node, other) for other in _other_strings(node))
        case ast.BinOp(left, operator, right) if type(operator) in OPERATORS:
            types = not deep and isinstance(operator, ast.BitOr)
            if not types and not any(map(_is_string, (left, right))):
                yield node, _text(ast.BinOp(left, OPERATORS[type(operator)](), right))
        case ast.BoolOp(operator, values):
            other = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, _text(ast.BoolOp(other, values))
        case ast.UnaryOp(ast.Not(), operand):
            yield node, _text(operand)
        case ast.If(test) | ast.IfExp(test) if isinstance(
            test, ast.Name | ast.Attribute | ast.Call
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
        case ast.Expr(ast.Call()) | ast.AugAssign() | ast.Raise() | ast.Delete():
            yield node, "pass"
        case ast.Break() | ast.Continue() | ast.Return(None):
            yield node, "pass"
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield node, "pass"


def _other_strings(node: ast.Compare) -> Iterator[str]:
    """The comparison with each text in it replaced by another."""
    for place, part in enumerate(node.comparators):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
            other = [*node.comparators]
            other[place] = ast.Constant(f"{part.value}X")
            yield _text(ast.Compare(node.left, node.ops, other))


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str | None)
    )


def _empty(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> str:
    """What a function returns that does nothing, by the type that it states."""
    if isinstance(node, ast.ClassDef) or node.returns is None:
        return "None"
    return EMPTY.get(ast.unparse(node.returns).partition("[")[0], "None")


def _text(node: ast.expr) -> str:
    return f"({ast.unparse(ast.fix_missing_locations(node))})"
