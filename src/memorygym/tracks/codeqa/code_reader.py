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
_FUNCTION = re.compile(
    r"(?P<marks>(?:@.*\n)*)def (?P<name>\w+)\((?P<parameters>.*)\)(?: -> [^\n]+)?:"
    r"(?P<body>[\s\S]*)"
)
_MARK = re.compile(r"@(?:\w+\.)*(\w+)\((.*)\)")
_GIVEN = re.compile(r"(\w+)(?:: ?[^=,]+?)? ?= ?(\"[^\"]*\"|'[^']*'|[^\s,()]+)(?=,|$)")
"""An argument, or a parameter with its default."""
_CALL = re.compile(r"(?<![\w.])([A-Za-z_]\w*)\(")
_UNCALLED = ("def ", "class ", "raise ")
_RAISE = re.compile(r"\braise (?:\w+\.)*([A-Z]\w*)")
_UPPER = re.compile(r"(?<![\w.])_*[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?!\w)")
_FROM = re.compile(r"^from ([A-Za-z]\w*(?:\.\w+)+) import ([\w, ]+)$", re.MULTILINE)
_SET = re.compile(r"^(\w+)(?:: ?[\w\[\], .]+)? = (.+)$", re.MULTILINE)
_CLASS = re.compile(r"^class (\w+)(?:\(([\w.]*)\))?:$", re.MULTILINE)
_INTEGER = re.compile(r"-?(?:0|[1-9]\d*)")
_KNOWN = frozenset(dir(builtins)) | frozenset(keyword.kwlist)


def code_statements(body: str, module: str, klass: str = "") -> Iterator[Statement]:
    """The statements in a definition, or in other lines; a method's class is `klass`."""
    if function := _FUNCTION.fullmatch(body):
        return _function(function, module, f"{klass}." if klass else "")
    if body.startswith(("class ", "@")):
        return _class(body, module)
    return _lines(body, module)


def module_name(path: str) -> str:
    """The module name of a file.

    >>> module_name("a/b/c.py"), module_name("a/__init__.py")
    ('a.b.c', 'a')
    """
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _function(code: re.Match[str], module: str, owner: str) -> Iterator[Statement]:
    name = f"{owner}{code['name']}"
    if not owner:
        yield Statement(name, "file", module, rank=DEFINED)
    for parameter, value in _GIVEN.findall(code["parameters"]):
        yield Statement(name, f"default:{parameter}", value, rank=DEFINED)
    for mark, arguments in _MARK.findall(code["marks"]):
        for argument, value in _GIVEN.findall(arguments):
            yield Statement(name, f"argument:{mark}.{argument}", value, rank=DEFINED)
    yield Statement(name, "source", code[0], rank=DEFINED)
    yield from _body(name, code["body"])


def _body(name: str, lines: str) -> Iterator[Statement]:
    """The names that the shown lines of a function call, raise and read."""
    bare = _QUOTED.sub('""', lines)
    for match in _CALL.finditer(bare):
        called = match[1]
        if called not in _KNOWN and not bare[: match.start()].endswith(_UNCALLED):
            yield Statement(name, f"calls:{called}", "yes", rank=DEFINED)
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
    """The statements in lines outside definitions: constants and imports."""
    for name, value in _SET.findall(body):
        if name.isupper() and is_literal(value):
            yield Statement(name, "value", value, rank=DEFINED)
            yield Statement(name, "file", module, rank=DEFINED)
    for source, names in _FROM.findall(body):
        for name in names.split(","):
            yield Statement(name.strip(), "file", source, rank=IMPORTED)


def is_literal(text: str) -> bool:
    if _INTEGER.fullmatch(text):
        return True
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True
