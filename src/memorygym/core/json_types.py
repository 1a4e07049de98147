"""JSON as annotated types: whatever does not fit is named by its place, never used; and back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import NoneType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from memorygym.core.errors import clipped
from memorygym.core.types import JSON, Entry, Message, Tool

T = TypeVar("T")
Table = dict[type, Callable[[Any], Any]]
"""By the type that JSON has: what makes the wanted value of it."""

_WORDS: dict[type, str] = {
    bool: "true or false", int: "a whole number", float: "a number", str: "a text",
    list: "a list", dict: "an object", NoneType: "null",
}  # fmt: skip
_LARGEST = 2**63
"""Whole numbers stay below, so that no share or mean of them overflows."""


class SchemaMismatch(ValueError):
    """A value of the wrong shape, and where it stands."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{place} {problem}" if place else problem)
        self._problem, self._place = problem, place

    def under(self, place: str) -> "SchemaMismatch":
        """The same one level further out."""
        inner = self._place
        dot = "." if inner and not inner.startswith("[") else ""
        return SchemaMismatch(self._problem, place + dot + inner)


def shape(kind: type[T], raw: object, place: str = "") -> T:
    """The value as that type: a class is made of an object by field name or of a list in order.

    A field may be left out if an empty text or list is its default. Raises Misfit.

    >>> from memorygym.core.types import Entry
    >>> shape(tuple[Entry, ...], [["1", "a"], {"id": "2", "text": None}])
    Traceback (most recent call last):
    memorygym.core.json_types.Misfit: [1].text is None, not a text
    """
    return cast(T, _made(_table(cast(Any, kind)), raw, place))


def plain(value: object) -> JSON:
    """A value as JSON that `shape` makes the same value of. Raises TypeError for any other.

    >>> plain([Message("user", "Hello"), Entry("1", "a")])
    [{'role': 'user', 'content': 'Hello'}, ['1', 'a']]
    """
    match value:
        case Message():
            said: dict[str, JSON] = {"role": value.role, "content": value.content}
            if value.calls:
                said["calls"] = [[call.name, call.arguments, call.id] for call in value.calls]
            if value.call_id:
                said["call_id"] = value.call_id
            return said
        case Entry():
            return [value.id, value.text]
        case Tool():
            return [value.name, value.description, value.parameters]
        case tuple() | list():
            return [plain(item) for item in value]
        case Mapping():
            return {str(name): plain(item) for name, item in value.items()}
        case None | bool() | int() | float() | str():
            return value
    raise TypeError(f"{value!r:.80}")


def _made(table: Table, raw: object, place: str) -> object:
    make = table.get(type(raw)) or table.get(_json_type(raw))
    try:
        if make is None:
            wanted = " or ".join(_WORDS[kind] for kind in table)
            raise SchemaMismatch(f"is {_short(raw)}, not {wanted}")
        return make(raw)
    except SchemaMismatch as misfit:
        raise (misfit.under(place) if place else misfit) from None


def _json_type(raw: object) -> type:
    """What JSON makes of a value that was never written: a tuple is a list."""
    if isinstance(raw, Mapping):
        return dict
    return list if isinstance(raw, (tuple, list)) else type(raw)


@cache
def _table(kind: Any) -> Table:
    """How to make that annotated type, by the type of what is there."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in (bool, str, NoneType):
        return {kind: _same}
    if kind is int:
        return {int: _whole}
    if kind is float:
        return {float: _same, int: float}
    if kind == JSON:
        return dict.fromkeys(_WORDS, _same)
    if origin is Mapping:
        return {dict: _same}
    if origin is Literal:
        return {str: partial(_chosen, inner)}
    if origin is tuple and inner[1:] == (...,):
        return {list: partial(_many, _table(inner[0]))}
    if is_dataclass(kind):
        types = {item.name: item.type for item in fields(kind)}
        defaults = {item.name: item.default for item in fields(kind)}
        return _class(cast(Any, kind), types, defaults)
    if hasattr(kind, "_fields"):
        return _class(kind, kind.__annotations__, kind._field_defaults)
    if origin is tuple:
        return {list: partial(_row, tuple, dict(enumerate(map(_table, inner))), len(inner))}
    return {name: make for part in inner for name, make in _table(part).items()}  # a union


def _class(
    kind: Callable[..., Any], types: Mapping[str, Any], defaults: Mapping[str, object]
) -> Table:
    tables = {name: _table(type_) for name, type_ in types.items()}
    needed = frozenset(name for name in types if defaults.get(name) not in ("", ()))
    named = partial(_named, kind, tables, needed)
    return {dict: named, list: partial(_row, lambda row: kind(*row), tables, len(needed))}


def _same(raw: object) -> object:
    return raw


def _whole(raw: int) -> int:
    if abs(raw) >= _LARGEST:
        raise SchemaMismatch(f"is {_short(raw)}, beyond any whole number here")
    return raw


def _chosen(choices: tuple[str, ...], raw: str) -> str:
    if raw not in choices:
        raise SchemaMismatch(f"is {_short(raw)}, none of {', '.join(choices)}")
    return raw


def _many(table: Table, raw: Sequence[object]) -> tuple[object, ...]:
    return tuple(_made(table, item, f"[{at}]") for at, item in enumerate(raw))


def _row(
    make: Callable[[list[object]], object],
    tables: Mapping[Any, Table],
    least: int,
    raw: Sequence[Any],
) -> object:
    if not least <= len(raw) <= len(tables):
        raise SchemaMismatch(f"has {len(raw)} items, not {len(tables)}")
    pairs = zip(tables.values(), raw, strict=False)
    return make([_made(table, item, f"[{at}]") for at, (table, item) in enumerate(pairs)])


def _named(
    make: Callable[..., object],
    tables: Mapping[str, Table],
    needed: frozenset[str],
    raw: Mapping[str, object],
) -> object:
    if lacking := needed - raw.keys():
        raise SchemaMismatch(f"lacks {', '.join(sorted(lacking))}")
    if strange := raw.keys() - tables.keys():
        raise SchemaMismatch(f"has unknown fields: {', '.join(sorted(map(_short, strange)))}")
    return make(**{name: _made(tables[name], item, name) for name, item in raw.items()})


def _short(raw: object) -> str:
    return (
        "a huge number" if isinstance(raw, int) and abs(raw) >= _LARGEST else clipped(repr(raw), 40)
    )
