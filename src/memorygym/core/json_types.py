"""Converts dataclasses and other annotated types to JSON and back; this is how traces, gold tables
and messages of processes are written. A value of the wrong type names its place."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache, partial
from types import NoneType
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

from memorygym.core.errors import clip
from memorygym.core.types import JSON, Call, Entry, Message, Tool

T = TypeVar("T")
Converters = dict[type, Callable[[Any], Any]]
"""For each type that a JSON value may have: the function that converts it to the annotated type."""

_TYPE_NAMES: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "an object",
    NoneType: "null",
}
_INT_BOUND = 2**63
"""Whole numbers must be smaller, so that no mean or share of them overflows."""


class SchemaMismatch(ValueError):
    """A JSON value that does not fit its type; the text says where and why."""

    def __init__(self, problem: str, place: str = "") -> None:
        super().__init__(f"{place} {problem}" if place else problem)
        self._problem, self._place = problem, place

    def under(self, place: str) -> "SchemaMismatch":
        """The same mismatch, seen from the value that holds this one at `place`."""
        inner = self._place
        dot = "." if inner and not inner.startswith("[") else ""
        return SchemaMismatch(self._problem, place + dot + inner)


def from_json(kind: type[T], raw: object, place: str = "") -> T:
    """Converts a JSON value to an annotated type. Raises SchemaMismatch if it does not fit.

    A dataclass or named tuple is made from an object by field name, or from a list in field order.
    A field whose default is an empty text or tuple may be left out.

    >>> from memorygym.core.types import Entry
    >>> from_json(tuple[Entry, ...], [["1", "a"], {"id": "2", "text": None}])
    Traceback (most recent call last):
    memorygym.core.json_types.SchemaMismatch: [1].text is None, not a text
    """
    return cast(T, _convert(_converters(cast(Any, kind)), raw, place))


def to_json(value: object) -> JSON:
    """Converts a value to JSON, from which `from_json` makes an equal value: a dataclass to the
    object of its fields, a named tuple to a list.

    Raises TypeError for a value that has no JSON form here.

    >>> to_json([Message("user", "Hello"), Entry("1", "a")])
    [{'role': 'user', 'content': 'Hello'}, ['1', 'a']]
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case tuple() | list():
            return [to_json(item) for item in value]
        case Mapping():
            return {str(name): to_json(item) for name, item in value.items()}
    return to_json(parts_of(value))


def parts_of(value: Any) -> Any:
    """The fields of a dataclass as they are: an object, of the small ones a list. A message leaves
    out what it lacks. Raises TypeError for any other value."""
    match value:
        case Message(role, content):
            optional = {"calls": value.calls, "call_id": value.call_id}
            more = {name: part for name, part in optional.items() if part}
            return {"role": role, "content": content, **more}
        case Entry(id, text, index):
            return [id, text, index] if index else [id, text]
        case Call() | Tool():
            return [getattr(value, name) for name in value.__slots__]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: getattr(value, item.name) for item in fields(value)}
    raise TypeError(f"{value!r:.80} cannot be written as JSON")


def _convert(converters: Converters, raw: object, place: str) -> object:
    make = converters.get(type(raw)) or converters.get(_json_type(raw))
    try:
        if make is None:
            wanted = " or ".join(_TYPE_NAMES[kind] for kind in converters)
            raise SchemaMismatch(f"is {_shortened(raw)}, not {wanted}")
        return make(raw)
    except SchemaMismatch as mismatch:
        raise (mismatch.under(place) if place else mismatch) from None


def _json_type(raw: object) -> type:
    """The JSON type of a Python value: a mapping is an object, a tuple a list."""
    if isinstance(raw, Mapping):
        return dict
    return list if isinstance(raw, (tuple, list)) else type(raw)


@cache
def _converters(kind: Any) -> Converters:
    """The converters of an annotated type, by the type of the JSON value."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind in (bool, str, NoneType):
        return {kind: _unchanged}
    if kind is int:
        return {int: _bounded_int}
    if kind is float:
        return {float: _unchanged, int: float}
    if kind in (JSON, Any):
        return dict.fromkeys(_TYPE_NAMES, _unchanged)
    if origin in (Mapping, dict, list):
        return {dict if origin is Mapping else origin: _unchanged}
    if origin is Literal:
        return {str: partial(_literal, inner)}
    if origin is tuple and inner[1:] == (...,):
        return {list: partial(_tuple_of, _converters(inner[0]))}
    if is_dataclass(kind):
        types = {item.name: item.type for item in fields(kind)}
        defaults = {item.name: item.default for item in fields(kind)}
        return _class(cast(Any, kind), types, defaults)
    if hasattr(kind, "_fields"):
        return _class(kind, kind.__annotations__, kind._field_defaults)
    if origin is tuple:
        items = dict(enumerate(map(_converters, inner)))
        return {list: partial(_positional, tuple, items, len(inner))}
    return {name: make for part in inner for name, make in _converters(part).items()}  # a union


def _class(
    kind: Callable[..., Any], types: Mapping[str, Any], defaults: Mapping[str, object]
) -> Converters:
    items = {name: _converters(type_) for name, type_ in types.items()}
    needed = frozenset(name for name in types if defaults.get(name) not in ("", ()))
    named = partial(_by_name, kind, items, needed)
    return {dict: named, list: partial(_positional, lambda row: kind(*row), items, len(needed))}


def _unchanged(raw: object) -> object:
    return raw


def _bounded_int(raw: int) -> int:
    if abs(raw) >= _INT_BOUND:
        raise SchemaMismatch(f"is {_shortened(raw)}, which is too large")
    return raw


def _literal(choices: tuple[str, ...], raw: str) -> str:
    if raw not in choices:
        raise SchemaMismatch(f"is {_shortened(raw)}, none of {', '.join(choices)}")
    return raw


def _tuple_of(converters: Converters, raw: Sequence[object]) -> tuple[object, ...]:
    return tuple(_convert(converters, item, f"[{index}]") for index, item in enumerate(raw))


def _positional(
    make: Callable[[list[object]], object],
    items: Mapping[Any, Converters],
    minimum: int,
    raw: Sequence[Any],
) -> object:
    if not minimum <= len(raw) <= len(items):
        raise SchemaMismatch(f"has {len(raw)} items, not {len(items)}")
    pairs = zip(items.values(), raw, strict=False)
    return make([_convert(of, item, f"[{index}]") for index, (of, item) in enumerate(pairs)])


def _by_name(
    make: Callable[..., object],
    items: Mapping[str, Converters],
    needed: frozenset[str],
    raw: Mapping[str, object],
) -> object:
    if missing := needed - raw.keys():
        raise SchemaMismatch(f"lacks {', '.join(sorted(missing))}")
    if unknown := raw.keys() - items.keys():
        raise SchemaMismatch(f"has unknown fields: {', '.join(sorted(map(_shortened, unknown)))}")
    return make(**{name: _convert(items[name], item, name) for name, item in raw.items()})


def _shortened(raw: object) -> str:
    return (
        "a huge number" if isinstance(raw, int) and abs(raw) >= _INT_BOUND else clip(repr(raw), 40)
    )
