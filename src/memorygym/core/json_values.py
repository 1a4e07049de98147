"""JSON values: containers of them that cannot be changed, their one text, and its hash."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any, NoReturn, TypeAlias, TypeVar

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
DEEPEST = 32
"""Levels of nesting in a call's arguments; deeper ones are kept as their text."""
K = TypeVar("K")
V = TypeVar("V")


def _sealed(*_: object, **__: object) -> NoReturn:
    raise TypeError("what was dealt, said or read cannot be changed; change a copy of it")


class Frozen(dict[K, V]):
    """A dictionary that cannot be changed; equality, JSON, copies and pickles are a plain one's."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _sealed

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        return Frozen, (dict(self),)


class FrozenList(list[V]):
    """The same of a list."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _sealed
    clear = pop = remove = reverse = sort = _sealed

    def __reduce__(self) -> tuple[type, tuple[list[V]]]:
        return FrozenList, (list(self),)


def freeze(value: JSON) -> JSON:
    """The value with everything in it made unchangeable.

    >>> freeze({"a": [1]}) == {"a": [1]}
    True
    """
    if isinstance(value, Mapping):
        return Frozen({name: freeze(item) for name, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return FrozenList(map(freeze, value))
    return value


def thaw(value: JSON) -> Any:
    """A copy that can be changed, of dictionaries and lists.

    >>> thaw(freeze({"a": [1]}))["a"].append(2)
    """
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [thaw(item) for item in value]
    return value


def unlike_json(value: object) -> str:
    """Where in a value something is no JSON, and what it is; "" if all of it is.

    >>> unlike_json({"cups": [1, {2}]}), unlike_json({"cups": [1, 2.5, None]})
    ('.cups[1] is a set', '')
    """
    if value is None or isinstance(value, (bool, int, str)):
        return ""
    if isinstance(value, float):
        return "" if value - value == 0 else f" is {value}"
    if isinstance(value, Mapping):
        if odd := [key for key in value if not isinstance(key, str)]:
            return f" has the key {odd[0]!r}, which is no text"
        inner = ((f".{key}", item) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        inner = ((f"[{at}]", item) for at, item in enumerate(value))
    else:
        return f" is a {type(value).__name__}"
    return next((place + found for place, item in inner if (found := unlike_json(item))), "")


def canonical(value: JSON) -> str:
    """The one JSON text of a value: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def json_hash(value: JSON) -> str:
    """The SHA-256 of that text, in hex."""
    return sha256(canonical(value).encode()).hexdigest()


def json_text(value: JSON) -> str:
    """A value as JSON; a text as it is."""
    return value if isinstance(value, str) else json.dumps(value)


def json_value(text: JSON) -> JSON:
    """The value of a JSON text; what is no text, or no JSON of few levels, as it is.

    >>> json_value('{"page": 1}'), json_value("{oops")
    ({'page': 1}, '{oops')
    """
    if not isinstance(text, str):
        return text
    try:
        value: JSON = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, str) or not _shallow(value, DEEPEST) else value


def _shallow(value: JSON, depth: int) -> bool:
    """Whether the value is nested at most that deep."""
    if isinstance(value, (Mapping, list)):
        items = value.values() if isinstance(value, Mapping) else value
        return depth > 0 and all(_shallow(item, depth - 1) for item in items)
    return True
