"""The digest of a Python object: its code, and the data that the code reads.

A run with objects is resumed only with the same ones, also where no file holds their code, as for a
class that was typed at a prompt.
"""

import dis
import sys
from collections.abc import Iterable, Iterator
from copyreg import dispatch_table
from functools import partial
from hashlib import sha256
from pathlib import Path
from threading import Lock, RLock
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, cast

from memorygym.runs.version import code_of, digest

UNREADABLE = "unreadable: "
"""The start of the digest of an object that cannot be read; the rest says what and why."""
PLAIN = (type(None), bool, int, float, complex, str, bytes, type(...), type(NotImplemented))
NATIVE = (
    BuiltinFunctionType, WrapperDescriptorType, MethodDescriptorType, GetSetDescriptorType,
    MemberDescriptorType,
)  # fmt: skip
"""Code in C, which its name stands for."""
LOCKS = (type(Lock()), type(RLock()))
"""Objects without data, which cannot be copied."""
SILENT = frozenset({"__doc__", "__annotate__", "__annotate_func__", "_abc_impl"})
"""Attributes of a class on which no behaviour depends."""


def digest_of(part: object) -> str:
    """A hash of an object's code and data; begins with UNREADABLE if that cannot be read."""
    reader = ObjectReader()
    try:
        own = reader.read(part)
    except Exception as error:  # noqa: BLE001  # an object may refuse in any way
        return f"{UNREADABLE}{' in '.join([*reversed(reader.path)][:2])} ({error})"
    while isinstance(part, partial):
        part = part.func
    code: Any = part if isinstance(part, type | FunctionType) else type(part)
    modules = sorted({*reader.modules, *filter(_has_file, [code.__module__])})
    return digest({"object": own} | (code_of(*modules) if modules else {}))


class ObjectReader:
    """A walk over an object, and over the functions, classes and data that it uses.

    Code of installed packages and of the standard library is read as its name.
    """

    def __init__(self) -> None:
        self.modules: set[str] = set()
        """The caller's modules on the way."""
        self.path: list[str] = []
        """What is being read, from the outside in; what could not be read stands last."""
        self._known: dict[int, tuple[object, str]] = {}
        """By id: an object, which must live as long as its id counts, and its digest."""

    def read(self, value: object) -> str:
        """The digest of a value."""
        if isinstance(value, PLAIN) and type(value) in PLAIN:
            return f"{type(value).__name__} {value!r}"
        if id(value) in self._known:
            return self._known[id(value)][1]
        self._known[id(value)] = value, "again"
        self.path.append(_name(value))
        hashed = sha256("\0".join(self._parts(value)).encode(errors="surrogatepass")).hexdigest()
        self.path.pop()
        self._known[id(value)] = value, hashed
        return hashed

    def _parts(self, value: Any) -> Iterable[str]:
        match value:
            case tuple() | list() if type(value) in (tuple, list):
                return [type(value).__name__, *map(self.read, value)]
            case set() | frozenset() if type(value) in (set, frozenset):
                return ["set", *sorted(map(self.read, value))]
            case dict() if type(value) is dict:
                return ["dict", *(self.read(part) for pair in value.items() for part in pair)]
            case CodeType():
                return self._code(value)
            case FunctionType():
                return self._function(value)
            case type():
                return self._class(value)
            case ModuleType():
                return self._named(value.__name__, "")
            case property():
                return ["property", *map(self.read, (value.fget, value.fset, value.fdel))]
            case classmethod() | staticmethod():
                return [type(value).__name__, self.read(value.__func__)]
        if isinstance(value, LOCKS):
            return ["lock"]
        if isinstance(value, NATIVE):
            return ["native", str(value.__qualname__), self.read(getattr(value, "__self__", None))]
        if isinstance(wrapped := getattr(value, "__wrapped__", None), FunctionType):
            return ["wrapped", type(value).__name__, self.read(wrapped)]  # As of lru_cache.
        return self._reduced(value)

    def _reduced(self, value: Any) -> Iterator[str]:
        """Any other object: how it would be copied."""
        reduce = dispatch_table.get(type(value))
        reduced = reduce(value) if reduce else value.__reduce_ex__(4)
        yield self.read(type(value))
        if isinstance(reduced, str):
            yield reduced
            return
        make, arguments, *state = cast(tuple[object, ...], reduced)
        yield from map(self.read, (make, arguments))
        for part in state:  # Its attributes, then iterators over members and pairs.
            yield self.read(list(part) if isinstance(part, Iterator) else part)

    def _named(self, module: str, name: str) -> list[str]:
        if _is_own(module) and _has_file(module):
            self.modules.add(module)
        return ["named", module, name]

    def _class(self, cls: Any) -> Iterator[str]:
        yield from self._named(cls.__module__, cls.__qualname__)
        if not _is_own(cls.__module__) or _is_ours(cls.__module__):
            return
        yield from map(self.read, (type(cls), cls.__bases__))
        for name, value in vars(cls).items():
            special = name.startswith("__") and not (
                callable(value) or isinstance(value, classmethod | staticmethod | property)
            )
            if not special and name not in SILENT:
                yield from (name, self.read(value))

    def _function(self, function: Any) -> Iterator[str]:
        yield from self._named(function.__module__ or "", function.__qualname__)
        if not _is_own(function.__module__ or "") or _is_ours(function.__module__ or ""):
            return
        yield self.read(function.__code__)
        data = (function.__defaults__, function.__kwdefaults__, vars(function))
        yield from map(self.read, data)
        for cell in function.__closure__ or ():
            yield self.read(cell.cell_contents) if _is_filled(cell) else "empty"
        for name in sorted({*_globals(function.__code__)}):
            if name in function.__globals__:
                yield from (name, self.read(function.__globals__[name]))

    def _code(self, code: CodeType) -> Iterator[str]:
        yield from (code.co_code.hex(), code.co_exceptiontable.hex(), str(code.co_flags))
        yield from map(self.read, (code.co_names, code.co_argcount, code.co_kwonlyargcount))
        yield from map(self.read, code.co_consts)


def _name(value: object) -> str:
    """An object in a message."""
    return str(getattr(value, "__qualname__", f"a {type(value).__name__}"))


def _is_own(module: str) -> bool:
    """Whether a module is the caller's or this package's, and not installed."""
    if _is_ours(module):
        return True
    if module.partition(".")[0] in sys.stdlib_module_names:
        return False
    file = getattr(sys.modules.get(module), "__file__", None)
    return not {"site-packages", "dist-packages"}.intersection(Path(file).parts if file else ())


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] == "memorygym"


def _has_file(module: str) -> bool:
    """Whether the text of a module can be read as a whole; a script is read by what it uses."""
    return module != "__main__" and bool(getattr(sys.modules.get(module), "__file__", None))


def _is_filled(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018  # an empty cell raises
    except ValueError:
        return False
    return True


def _globals(code: CodeType) -> Iterator[str]:
    """The names of the globals that code reads."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME"):
            yield str(step.argval)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _globals(constant)
