"""Works out what an expression gives, from shown definitions: a reader's own small interpreter.

It knows the harmless part of the language and looks up everything else; it runs nothing.
"""

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from memorygym.tracks.codeqa.operations import (
    BINARY,
    BUILTIN,
    COMPARE,
    OF_TEXT,
    Beyond,
    bounded,
)

MOST_STEPS = 20_000
"""Statements and expressions before it gives up."""


class Lacking(Exception):
    """A name that was not told."""


class Raised(Exception):
    """The code raises an exception of that name."""


class Object:
    """An object of a shown class."""

    def __init__(self, klass: str) -> None:
        self.klass = klass
        self.fields: dict[str, Any] = {}


class Definitions:
    """Where names are looked up; raises Lacking where nothing is told."""

    def value(self, name: str) -> str:
        """The text of a constant's value."""
        raise Lacking(name)

    def source(self, name: str) -> str:
        """The lines of a function or method (`Class.method`)."""
        raise Lacking(name)

    def parent(self, name: str) -> str:
        """The base class of a class."""
        raise Lacking(name)

    def has(self, name: str, member: str) -> bool:
        """Whether a class defines that method or value itself."""
        raise Lacking(name)


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


def indented(source: str) -> str:
    """The lines of a definition with the indentation that they had.

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
    """The syntax tree of a shown function. Raises Beyond if it is none, or lacks its end."""
    try:
        body = ast.parse(indented(source)).body
    except SyntaxError as error:
        raise Beyond(str(error)) from error
    if len(body) != 1 or not isinstance(body[0], ast.FunctionDef):
        raise Beyond("no function")
    return body[0]


class Evaluator:
    """Evaluates expressions over what `definitions` tell."""

    def __init__(self, definitions: Definitions) -> None:
        self._told = definitions
        self._steps = 0

    def expression(self, text: str) -> Any:
        """Its value. Raises Lacking, Beyond or Raised."""
        try:
            return self._value(ast.parse(text, mode="eval").body, {})
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise Beyond(str(error)) from error

    def call(self, name: str, *given: Any) -> Any:
        """What a shown function returns, None if it ends without saying."""
        try:
            return self._run(function(self._told.source(name)), list(given), {})
        except (ArithmeticError, LookupError, TypeError, ValueError, RecursionError) as error:
            raise Beyond(str(error)) from error

    def _run(self, code: ast.FunctionDef, given: list[Any], named: dict[str, Any]) -> Any:
        names = [one.arg for one in code.args.args]
        local = dict(zip(names, given, strict=False)) | named
        defaults = code.args.defaults
        for name, default in zip(names[len(names) - len(defaults) :], defaults, strict=True):
            if name not in local:
                local[name] = self._value(default, {})
        if local.keys() != set(names):
            raise Beyond(f"{code.name} takes other arguments")
        try:
            self._block(code.body, local)
        except _Return as done:
            return done.value
        return None

    def _block(self, body: list[ast.stmt], local: dict[str, Any]) -> None:
        for statement in body:
            self._do(statement, local)

    def _do(self, statement: ast.stmt, local: dict[str, Any]) -> None:
        self._step()
        match statement:
            case ast.Return(value=value):
                raise _Return(self._value(value, local) if value else None)
            case ast.Assign(targets=[target], value=value):
                self._set(target, self._value(value, local), local)
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                local[name] = bounded(self._binary(op)(local[name], self._value(value, local)))
            case ast.If(test=test, body=body, orelse=other):
                self._block(body if self._value(test, local) else other, local)
            case ast.For(target=target, iter=many, body=body, orelse=[]):
                for item in self._value(many, local):
                    self._set(target, item, local)
                    self._block(body, local)
            case ast.Raise(exc=ast.Call(func=ast.Name(id=name)) | ast.Name(id=name)):
                raise Raised(name)
            case ast.Assert(test=test):
                if not self._value(test, local):
                    raise Raised("AssertionError")
            case ast.Expr(value=ast.Constant()) | ast.Pass():
                pass
            case _:
                raise Beyond(type(statement).__name__)

    def _set(self, target: ast.expr, value: Any, local: dict[str, Any]) -> None:
        match target:
            case ast.Name(id=name):
                local[name] = value
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if isinstance(
                one := local.get(owner), Object
            ):
                one.fields[name] = value
            case _:
                raise Beyond(type(target).__name__)

    def _value(self, node: ast.expr, local: dict[str, Any]) -> Any:
        self._step()
        return bounded(self._found(node, local))

    def _found(self, node: ast.expr, local: dict[str, Any]) -> Any:
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return local[name] if name in local else ast.literal_eval(self._told.value(name))
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(op)(self._value(left, local), self._value(right, local))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._value(operand, local)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self._value(operand, local)
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compared(left, ops, others, local)
            case ast.BoolOp(op=op, values=values):
                some = any if isinstance(op, ast.Or) else all
                return some(self._value(value, local) for value in values)
            case ast.IfExp(test=test, body=body, orelse=other):
                return self._value(body if self._value(test, local) else other, local)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                return [self._value(item, local) for item in items]
            case ast.Subscript(value=value, slice=place):
                return self._value(value, local)[self._value(place, local)]
            case ast.Slice(lower=lower, upper=upper, step=step):
                return slice(*(one and self._value(one, local) for one in (lower, upper, step)))
            case ast.JoinedStr(values=values):
                return "".join(str(self._value(value, local)) for value in values)
            case ast.FormattedValue(value=value, conversion=-1, format_spec=None):
                return self._value(value, local)
            case ast.ListComp(elt=elt, generators=[ast.comprehension() as each]):
                return list(self._each(elt, each, local))
            case ast.GeneratorExp(elt=elt, generators=[ast.comprehension() as each]):
                return list(self._each(elt, each, local))
            case ast.Attribute(value=value, attr=name):
                return self._attribute(self._value(value, local), name)
            case ast.Call():
                return self._call(node, local)
        raise Beyond(type(node).__name__)

    def _each(self, elt: ast.expr, each: ast.comprehension, local: dict[str, Any]) -> Any:
        inner = dict(local)
        for item in self._value(each.iter, local):
            self._set(each.target, item, inner)
            if all(self._value(test, inner) for test in each.ifs):
                yield self._value(elt, inner)

    def _compared(
        self, left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr], local: dict[str, Any]
    ) -> bool:
        value = self._value(left, local)
        for op, other in zip(ops, others, strict=True):
            after = self._value(other, local)
            if type(op) not in COMPARE:
                raise Beyond(type(op).__name__)
            if not COMPARE[type(op)](value, after):
                return False
            value = after
        return True

    def _binary(self, op: ast.operator) -> Callable[[Any, Any], Any]:
        if type(op) not in BINARY:
            raise Beyond(type(op).__name__)
        return BINARY[type(op)]

    def _call(self, node: ast.Call, local: dict[str, Any]) -> Any:
        given = [self._value(one, local) for one in node.args]
        named = {str(one.arg): self._value(one.value, local) for one in node.keywords}
        match node.func:
            case ast.Name(id=name) if name in BUILTIN:
                return BUILTIN[name](*given, **named)
            case ast.Name(id=name) if name[0].isupper():
                return self._made(name, given, named)
            case ast.Name(id=name):
                return self._run(function(self._told.source(name)), given, named)
            case ast.Attribute(value=owner, attr=name):
                on = self._value(owner, local)
                if isinstance(on, str) and name in OF_TEXT:
                    return getattr(on, name)(*given, **named)
                if not isinstance(on, Object):
                    raise Beyond(f".{name}()")
                code = function(self._told.source(f"{self._holder(on.klass, name)}.{name}"))
                return self._run(code, [on, *given], named)
        raise Beyond("a call")

    def _made(self, klass: str, given: list[Any], named: dict[str, Any]) -> Object:
        one = Object(klass)
        code = function(self._told.source(f"{self._holder(klass, '__init__')}.__init__"))
        self._run(code, [one, *given], named)
        return one

    def _attribute(self, on: Any, name: str) -> Any:
        if not isinstance(on, Object):
            raise Beyond(f".{name}")
        if name in on.fields:
            return on.fields[name]
        return ast.literal_eval(self._told.value(f"{self._holder(on.klass, name)}.{name}"))

    def _holder(self, klass: str, member: str) -> str:
        """The class that defines a member: itself or the nearest one above."""
        while not self._told.has(klass, member):
            self._step()
            klass = self._told.parent(klass)
        return klass

    def _step(self) -> None:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise Beyond("too long")
