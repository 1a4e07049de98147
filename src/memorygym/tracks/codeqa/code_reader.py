"""The statements in shown code: it may be cut and without indentation."""

import ast
import builtins
import keyword
import re
from collections.abc import Iterator

from memorygym.core.statements import Statement

DEFINED = (1,)
"""The rank of statements in code and of notes."""
IMPORTED = (0,)

_QUOTED = re.compile(
    r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'|#[^\n]*'
)
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_UNCALLED = ("def ", "class ", "raise ")
_RAISE = re.compile(r"\braise (?:\w+\.)*([A-Z]\w*)")
_UPPER = re.compile(r"(?<![\w.])_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)")
_FROM = re.compile(r"^from ([A-Za-z]\w*(?:\.\w+)+) import ([\w, ]+)$", re.MULTILINE)
_SET = re.compile(r"^(\w+)(?:: ?[\w\[\], .]+)? = (.+)$", re.MULTILINE)
_UNDER = re.compile(r"^(?:if|elif|else|try|except|finally|for|while|with|match|case)\b.*:$", re.M)
_CLASS = re.compile(r"^class (\w+)(?:\(([\w.]*)\))?:$", re.MULTILINE)
_DEFINES = re.compile(r"^(?:async )?def ", re.MULTILINE)
_SIMPLE = re.compile(r"def (\w+)\(((?:\w+, )*\w+(?:=(?:0|[1-9]\d*))?|)\):")
"""A signature with one default at most, in last place: it needs no parser."""
_SET_INTEGER = re.compile(r"(\w+)=(\d+)")
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


def code_statements(body: str, module: str, klass: str = "", part: str = "") -> Iterator[Statement]:
    """The statements in a definition, in a part of one that is continued, or in other lines."""
    owner = f"{klass}." if klass else ""
    if part:
        return _body(f"{owner}{part}", body)
    if _DEFINES.search(body) and body.startswith(("def ", "@", "async def ")):
        return _function(body, module, owner)
    if body.startswith(("class ", "@")):
        return _class(body, module)
    return _lines(body, module)


def module_name(path: str) -> str:
    """The module name of a file.

    >>> module_name("a/b/c.py"), module_name("a/__init__.py")
    ('a.b.c', 'a')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _function(source: str, module: str, owner: str) -> Iterator[Statement]:
    decorators, signature, body = _split(source)
    if not decorators and (simple := _SIMPLE.fullmatch(signature)):
        name, values = simple[1], _SET_INTEGER.findall(simple[2])
        stated = [(f"default:{parameter}", value) for parameter, value in values]
    else:
        code_text = f"{decorators}{signature} pass"
        code = _parsed(code_text)
        if not isinstance(code, ast.FunctionDef | ast.AsyncFunctionDef):
            return
        name, stated = code.name, [*_defaults(code, code_text), *_arguments(code, code_text)]
    name = f"{owner}{name}"
    if not owner:
        yield Statement(name, "file", module, rank=DEFINED)
    for key, value in stated:
        yield Statement(name, key, value, rank=DEFINED)
    yield Statement(name, "source", source, rank=DEFINED)
    yield from _body(name, body)


def _defaults(code: ast.FunctionDef | ast.AsyncFunctionDef, text: str) -> Iterator[tuple[str, str]]:
    """The keys and values of the defaults of a function."""
    arguments = code.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = list(zip(positional[::-1], arguments.defaults[::-1], strict=False))[::-1]
    defaults += [
        (argument, default)
        for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if default
    ]
    for argument, default in defaults:
        if value := _segment(text, default):
            yield f"default:{argument.arg}", _one_line(value)


def _arguments(
    code: ast.FunctionDef | ast.AsyncFunctionDef, text: str
) -> Iterator[tuple[str, str]]:
    """The keys and values of the keyword arguments of a function's decorators."""
    for decorator in code.decorator_list:
        match decorator:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                for argument in decorator.keywords:
                    if argument.arg and (value := _segment(text, argument.value)):
                        yield f"argument:{name}.{argument.arg}", _one_line(value)


def _split(source: str) -> tuple[str, str, str]:
    """The decorators, the signature up to its colon, and the rest of a function."""
    lines = source.split("\n")
    start = next(
        number for number, line in enumerate(lines) if line.startswith(("def ", "async def "))
    )
    end, depth = start, 0
    while end < len(lines):
        bare = _QUOTED.sub("", lines[end])
        depth += sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))
        end += 1
        if depth <= 0:
            break
    decorators = "".join(f"{line}\n" for line in lines[:start])
    return decorators, "\n".join(lines[start:end]), "\n".join(lines[end:])


def _parsed(code: str) -> ast.stmt | None:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    return body[0] if len(body) == 1 else None


def _segment(code: str, node: ast.expr) -> str | None:
    """The source of an expression; the function of `ast` takes far longer for one line."""
    if node.lineno != node.end_lineno or "\r" in code:
        return ast.get_source_segment(code, node)
    line = code.split("\n")[node.lineno - 1]
    return line.encode()[node.col_offset : node.end_col_offset].decode()


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _body(name: str, lines: str) -> Iterator[Statement]:
    """The names that the shown lines of a function call, raise and read."""
    bare = _QUOTED.sub('""', lines)
    for match in _CALL.finditer(bare):
        name_ = match[1]
        if name_ not in _KNOWN and not bare[: match.start()].endswith(_UNCALLED):
            yield Statement(name, f"calls:{name_}", "yes", rank=DEFINED)
    for exception in dict.fromkeys(_RAISE.findall(bare)):
        yield Statement(name, "raises", exception, rank=DEFINED)
    for constant in dict.fromkeys(_UPPER.findall(bare)):
        yield Statement(name, f"reads:{constant}", "yes", rank=DEFINED)


def _class(body: str, module: str) -> Iterator[Statement]:
    """The statements in the head of a class."""
    if not (match := _CLASS.search(body)):
        return
    name, parent = match[1], match[2] or "object"
    yield Statement(name, "file", module, rank=DEFINED)
    yield Statement(name, "base", parent.rpartition(".")[2], rank=DEFINED)
    for member, value in _SET.findall(body, match.end()):
        if is_literal(value):
            yield Statement(f"{name}.{member}", "value", value, rank=DEFINED)


def _lines(body: str, module: str) -> Iterator[Statement]:
    """The statements in lines outside definitions: constants and imports.

    A name bound under a condition is skipped, because other lines may bind it again.
    """
    for name, value in _SET.findall("" if _UNDER.search(body) else body):
        if name.isupper() and is_literal(value):
            yield Statement(name, "value", value, rank=DEFINED)
            yield Statement(name, "file", module, rank=DEFINED)
    for source, names in _FROM.findall(body):
        for name in names.split(","):
            if " as " not in name:
                yield Statement(name.strip(), "file", source, rank=IMPORTED)


def is_literal(text: str) -> bool:
    if _INTEGER.fullmatch(text):
        return True
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
