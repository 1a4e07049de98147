"""Small bugs: changes of one operator, number or name of a function, and all that undo them.

The operators are closed under inversion: of every mutant, `mutations` yields the one that restores
the original bytes. Nothing but the changed characters of one line differs. Annotations, decorators
and f-strings stay as they are.
"""

import ast
import re
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from memorygym.tracks.repair.package import LINE_BREAK, replaced

OPPOSITES = (
    ("sign", b"+", b"-"),
    ("scaling", b"*", b"//"),
    ("bound", b"<", b"<="),
    ("bound", b">", b">="),
    ("direction", b"<", b">"),
    ("equality", b"==", b"!="),
    ("connective", b"and", b"or"),
    ("none", b"is", b"is not"),
    ("membership", b"in", b"not in"),
    ("step", b"+=", b"-="),
    ("extreme", b"min", b"max"),
    ("quantifier", b"any", b"all"),
    ("truth", b"True", b"False"),
    ("loop", b"break", b"continue"),
)
"""Operators that replace a word or sign by another, and the other by it."""

_TOKEN = re.compile(rb"[\s)]*([^\s()]+(?: [^\s()]+)*)[\s(]*")
"""What stands between two operands: the operator, and parentheses of the operands."""
_NUMBER = re.compile(rb"0|[1-9][0-9]*")
_UNTOUCHED_FIELDS = {"annotation", "returns", "decorator_list", "type_params"}
_UNTOUCHED = {"JoinedStr", "TemplateStr", "TypeAlias"}
_LOOSE = (ast.IfExp, ast.Lambda, ast.NamedExpr, ast.Yield, ast.YieldFrom)
"""Expressions that bind more loosely than `not`, as do `and` and `or`."""
_SUMS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Node = ast.expr | ast.stmt


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of one line of a function.

    >>> changes = list(mutations("shop.py", "def half(n):\\n    return n // 2\\n"))
    >>> [(change.operator, change.new.strip()) for change in changes]
    [('scaling', 'return n * 2'), ('number', 'return n // 1'), ('number', 'return n // 3')]
    """

    path: str
    function: str
    """`stow` or `Bag.add`; a function in a function is a part of it."""
    operator: str
    line: int
    """From 1, in the file."""
    line_of_function: int
    """From 1, which is the line with `def`."""
    old: str
    """The line as it is, without its line break."""
    new: str
    """What replaces it."""


def apply(source: str, mutation: Mutation) -> str:
    """The source with the change; ValueError if the line is another.

    >>> source = "def half(n):\\n    return n // 2\\n"
    >>> apply(source, next(mutations("shop.py", source)))
    'def half(n):\\n    return n * 2\\n'
    >>> apply("", next(mutations("shop.py", source)))
    Traceback (most recent call last):
    ValueError: shop.py: line 2 is not '    return n // 2'
    """
    return replaced(source, mutation.path, mutation.line, mutation.old, mutation.new)


def mutations(
    path: str, source: str, function: str = "", line: int | None = None
) -> Iterator[Mutation]:
    """All changes of a file's functions that Python can compile, in order of place; of one function
    if it is named, and of one line of each if it is given, counted from its first.

    >>> source = "def twice(n):\\n    return n + n\\n\\n\\ndef no():\\n    return False\\n"
    >>> [change.new.strip() for change in mutations("shop.py", source, "no")]
    ['return True']
    """
    lines = LINE_BREAK.split(source)[::2]
    text = _Text([line.encode() for line in lines])
    with warnings.catch_warnings(action="ignore"):
        tree = ast.parse(source)
    for name, definition in _functions(tree, ""):
        first, last = definition.lineno, _end(definition)[0]
        edits = set(_edits(definition, text)) if function in ("", name) else ()
        for (at, start, end, _), operator, replacement in sorted(edits):
            if line is not None and at != first + line - 1:
                continue
            old = lines[at - 1]
            new = (old.encode()[:start] + replacement + old.encode()[end:]).decode()
            if _compiles([*lines[first - 1 : at - 1], new, *lines[at:last]]):
                yield Mutation(path, name, operator, at, at - first + 1, old, new)


def _functions(node: ast.AST, prefix: str) -> Iterator[tuple[str, _Function]]:
    """The functions and methods of a module, by qualified name."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield prefix + child.name, child
            case ast.ClassDef():
                yield from _functions(child, f"{prefix}{child.name}.")
            case ast.stmt() | ast.ExceptHandler() | ast.match_case():
                yield from _functions(child, prefix)


def _compiles(function: list[str]) -> bool:
    """Whether the lines of a function are valid."""
    head = ["if 1:"] if function[0][:1].isspace() else []
    with warnings.catch_warnings(action="ignore"), suppress(SyntaxError):
        return bool(compile("\n".join(head + function), "", "exec", dont_inherit=True))
    return False


class _Span(NamedTuple):
    """A part of a line, in bytes of UTF-8 as the positions of syntax trees are."""

    line: int
    start: int
    end: int
    code: bytes


_Edit = tuple[_Span, str, bytes]
"""A place, the operator, and the new code."""


class _Text:
    """The lines of a file, cut at nodes of its syntax tree that are on one line."""

    def __init__(self, lines: list[bytes]) -> None:
        self.lines = lines

    def span(self, node: _Node) -> Iterator[_Span]:
        """The place of a node."""
        yield from self._cut(_start(node), _end(node))

    def gap(self, left: ast.expr, right: ast.expr) -> Iterator[_Span]:
        """The operator between two operands."""
        for line, start, _, code in self._cut(_end(left), _start(right)):
            if token := _TOKEN.fullmatch(code):
                yield _Span(line, start + token.start(1), start + token.end(1), token[1])

    def swap(self, operator: str, first: ast.expr, second: ast.expr) -> Iterator[_Edit]:
        """Two expressions in exchange."""
        for a, b in pairwise(sorted([*self.span(first), *self.span(second)])):
            if a.line == b.line and a.code != b.code:
                for span in self._cut(a[:2], (b.line, b.end)):
                    between = span.code[len(a.code) : -len(b.code)]
                    yield span, operator, b.code + between + a.code

    def _cut(self, start: tuple[int, int], end: tuple[int, int]) -> Iterator[_Span]:
        if start[0] == end[0]:
            yield _Span(*start, end[1], self.lines[start[0] - 1][start[1] : end[1]])


def _start(node: _Node) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _end(node: _Node) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _edits(node: ast.AST, text: _Text) -> Iterator[_Edit]:
    """All changes in a part of a syntax tree."""
    for span in _tokens(node, text):
        for operator, one, other in OPPOSITES:
            if span.code in (one, other):
                yield span, operator, other if span.code == one else one
    yield from _other_edits(node, text)
    yield from _negated(node, text)
    for field, value in ast.iter_fields(node):
        if field not in _UNTOUCHED_FIELDS:
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and type(child).__name__ not in _UNTOUCHED:
                    yield from _edits(child, text)


def _tokens(node: ast.AST, text: _Text) -> Iterator[_Span]:
    """The words and signs of a node that may have an opposite."""
    match node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            yield from text.gap(left, right)
        case ast.BoolOp(values=values):
            for left, right in pairwise(values):
                yield from text.gap(left, right)
        case ast.Compare(left=first, ops=ops, comparators=others):
            for (left, right), op in zip(pairwise([first, *others]), ops, strict=True):
                is_none = isinstance(right, ast.Constant) and right.value is None
                if is_none or not isinstance(op, ast.Is | ast.IsNot):
                    yield from text.gap(left, right)
        case ast.Call(func=ast.Name() as name):
            yield from text.span(name)
        case ast.Constant(value=bool()) | ast.Break() | ast.Continue():
            yield from text.span(node)


def _other_edits(node: ast.AST, text: _Text) -> Iterator[_Edit]:
    match node:
        case ast.Constant(value=int()):
            for span in text.span(node):
                if _NUMBER.fullmatch(span.code):
                    for number in {int(span.code) + 1, abs(int(span.code) - 1)}:
                        yield span, "number", b"%d" % number
        case ast.Subscript(slice=index):
            for span in text.span(index):
                if span.code in (b"0", b"-1"):
                    yield span, "index", b"-1" if span.code == b"0" else b"0"
        case ast.IfExp(body=body, orelse=orelse) if not isinstance(body, _LOOSE):
            if not isinstance(orelse, _LOOSE):
                yield from text.swap("branches", body, orelse)
        case ast.Call(func=function, args=arguments):
            for first, second in pairwise(arguments):
                if not isinstance(first, ast.Starred) and not isinstance(second, ast.Starred):
                    yield from text.swap("arguments", first, second)
            if isinstance(function, ast.Name) and function.id == "range":
                for argument in arguments[:2]:
                    yield from _shifted(argument, text)


def _shifted(bound: ast.expr, text: _Text) -> Iterator[_Edit]:
    """A bound of a range and one more or less, or without its ± 1."""
    inner = bound.left if isinstance(bound, ast.BinOp) and _is_sum(bound.left) else None
    for span in text.span(bound):
        for step in (b" + 1", b" - 1"):
            end = span.line, span.end - len(step)
            if _is_sum(bound):
                yield span, "range", span.code + step
            elif inner and _end(inner) == end and span.code.endswith(step):
                yield span, "range", span.code.removesuffix(step)


def _is_sum(node: ast.expr) -> bool:
    """Whether ± 1 may follow without parentheses, and does not yet."""
    match node:
        case ast.BinOp(op=op, right=right):
            is_one = isinstance(right, ast.Constant) and right.value == 1
            return isinstance(op, _SUMS) and not is_one
    return isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript)


def _negated(node: ast.AST, text: _Text) -> Iterator[_Edit]:
    """The conditions of a node, with `not` before them or without."""
    conditions: list[ast.expr] = []
    match node:
        case ast.If() | ast.While() | ast.IfExp() | ast.Assert():
            conditions = [node.test]
        case ast.comprehension(ifs=conditions) | ast.BoolOp(values=conditions):
            pass
    for condition in conditions:
        for span in text.span(condition):
            if _may_be_negated(condition):
                yield span, "negation", b"not " + span.code
            elif isinstance(condition, ast.UnaryOp) and _may_be_negated(condition.operand):
                is_next = _start(condition.operand) == (span.line, span.start + len("not "))
                if is_next and span.code.startswith(b"not "):
                    yield span, "negation", span.code.removeprefix(b"not ")


def _may_be_negated(node: ast.expr) -> bool:
    """Whether `not` before it is about all of it, and is the first."""
    is_not = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    return not is_not and not isinstance(node, (*_LOOSE, ast.BoolOp))
