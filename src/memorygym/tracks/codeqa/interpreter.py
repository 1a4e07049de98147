"""The reader's interpreter: it evaluates calls of shown functions of a generated package."""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

MOST_STEPS = 20_000
"""Most statements and expressions that it evaluates."""
MOST_BITS, LONGEST = 4_000, 10_000
"""Most bits of a number, and the greatest length of a text, a list or a range."""
OPERATORS: Mapping[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Eq: operator.eq,
    ast.Gt: operator.gt,
}
BUILTIN: Mapping[str, Callable[..., Any]] = {
    function.__name__: function for function in (len, sum, min, max, sorted, abs, range)
}


class Raised(Exception):
    """The code raises an exception."""


class Unsupported(Exception):
    """Code that this interpreter does not support."""


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def indented(source: str) -> str:
    """The lines of a definition with their original indentation.

    >>> indented("def f(a):\\nif a:\\nreturn 1\\nreturn 2")
    'def f(a):\\n    if a:\\n        return 1\\n    return 2'
    """
    lines, deeper, inside = [], False, False
    for raw in source.split("\n"):
        line = raw.strip()
        lines.append(f"{'    ' * (inside + deeper)}{line}")
        if line.startswith(("def ", "class ")):
            inside = True
        else:
            deeper = line.endswith(":")
    return "\n".join(lines)


@lru_cache(maxsize=4096)
def function(source: str) -> ast.FunctionDef:
    """The syntax tree of a shown function. Raises Unsupported, or SyntaxError if it is cut."""
    body = ast.parse(indented(source)).body
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise Unsupported("no function")
    return body[0]


class Evaluator:
    """An evaluator of expressions over known definitions."""

    def __init__(self, get: Callable[[str, str], str]) -> None:
        self._get = get
        """Gets the `value` of a constant or the `source` of a function; raises MissingFact."""
        self._steps = 0

    def expression(self, text: str) -> Any:
        """The value of an expression. Raises MissingFact, Unsupported or Raised."""
        try:
            return self._value(ast.parse(text, mode="eval").body, {})
        except (
            ArithmeticError,
            LookupError,
            SyntaxError,
            TypeError,
            ValueError,
            RecursionError,
        ) as error:
            raise Unsupported(str(error)) from error

    def _call_function(self, code: ast.FunctionDef, arguments: list[Any]) -> Any:
        names = [argument.arg for argument in code.args.args]
        local = dict(zip(names, arguments, strict=False))
        defaults = code.args.defaults
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            if name not in local:
                local[name] = self._value(default, {})
        if local.keys() != set(names):
            raise Unsupported(f"{code.name} takes other arguments")
        try:
            self._block(code.body, local)
        except _Return as returned:
            return returned.value
        return None

    def _block(self, body: list[ast.stmt], local: dict[str, Any]) -> None:
        for statement in body:
            self._step()
            self._do(statement, local)

    def _do(self, statement: ast.stmt, local: dict[str, Any]) -> None:
        match statement:
            case ast.Return(value=ast.expr() as value):
                raise _Return(self._value(value, local))
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                local[name] = self._value(value, local)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                local[name] = self._value(ast.BinOp(ast.Name(name), op, value), local)
            case ast.If(test=test, body=body, orelse=other):
                self._block(body if self._value(test, local) else other, local)
            case ast.For(target=ast.Name(id=name), iter=iterable, body=body, orelse=[]):
                for item in self._value(iterable, local):
                    local[name] = item
                    self._block(body, local)
            case ast.Raise():
                raise Raised
            case ast.Assert(test=test):
                if not self._value(test, local):
                    raise Raised
            case _:
                raise Unsupported(type(statement).__name__)

    def _value(self, node: ast.expr, local: dict[str, Any]) -> Any:
        self._step()
        value = self._evaluated(node, local)
        if isinstance(value, int) and value.bit_length() > MOST_BITS:
            raise Unsupported("a long number")
        if isinstance(value, str | list | range) and len(value) > LONGEST:
            raise Unsupported("too much")
        return value

    def _evaluated(self, node: ast.expr, local: dict[str, Any]) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return local[name] if name in local else ast.literal_eval(self._get(name, "value"))
            case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
                left_value, right_value = self._value(left, local), self._value(right, local)
                if isinstance(left_value, int) and isinstance(right_value, int):
                    return OPERATORS[type(op)](left_value, right_value)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in OPERATORS:
                return OPERATORS[type(op)](self._value(left, local), self._value(right, local))
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._value(body if self._value(test, local) else other, local)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(item, local) for item in items]
            case ast.Subscript(value=value, slice=index):
                return self._value(value, local)[self._value(index, local)]
            case ast.ListComp(
                elt=elt,
                generators=[ast.comprehension(target=ast.Name(id=name), iter=iterable, ifs=[])],
            ):
                return [
                    self._value(elt, local | {name: item}) for item in self._value(iterable, local)
                ]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
                arguments = [self._value(argument, local) for argument in args]
                if name in BUILTIN:
                    return BUILTIN[name](*arguments)
                return self._call_function(function(self._get(name, "source")), arguments)
        raise Unsupported(type(node).__name__)

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Unsupported("too long")
