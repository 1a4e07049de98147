"""JSON values: immutable containers, the canonical text of a value, and its hash."""

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, NoReturn, TypeAlias, TypeVar

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
MAX_DEPTH = 32
"""Most levels of nesting that `json_value` parses; it leaves a deeper text as it is."""
K = TypeVar("K")
V = TypeVar("V")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise TypeError("tasks, messages and traces cannot be changed; change a copy: json_values.thaw")


class FrozenDict(dict[K, V]):
    """An immutable dictionary; it compares, copies, pickles and is written as JSON as a dict."""

    __slots__ = ()
    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        return FrozenDict, (dict(self),)


class FrozenList(list[V]):
    """An immutable list, likewise."""

    __slots__ = ()
    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = extend = insert = _refuse
    clear = pop = remove = reverse = sort = _refuse

    def __reduce__(self) -> tuple[type, tuple[list[V]]]:
        return FrozenList, (list(self),)


def freeze(value: JSON) -> JSON:
    """An immutable copy of a JSON value.

    >>> freeze({"a": [1]}) == {"a": [1]}
    True
    """
    if isinstance(value, Mapping):
        return FrozenDict({name: freeze(item) for name, item in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str):
        return FrozenList(map(freeze, value))
    return value


def thaw(value: JSON) -> Any:
    """A mutable copy of a JSON value, made of dictionaries and lists.

    >>> thaw(freeze({"a": [1]}))["a"].append(2)
    """
    if isinstance(value, Mapping):
        return {name: thaw(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [thaw(item) for item in value]
    return value


def json_problem(value: object) -> str:
    """The place and type of the first part of a value that is no JSON; "" if there is none.

    >>> json_problem({"cups": [1, {2}]}), json_problem({"cups": [1, 2.5, None]})
    ('.cups[1] is a set', '')
    """
    if value is None or isinstance(value, (bool, int, str)):
        return ""
    if isinstance(value, float):
        return "" if value - value == 0 else f" is {value}"
    if isinstance(value, Mapping):
        if keys := [key for key in value if not isinstance(key, str)]:
            return f" has the key {keys[0]!r}, which is no text"
        inner = ((f".{key}", item) for key, item in value.items())
    elif isinstance(value, (list, tuple)):
        inner = ((f"[{index}]", item) for index, item in enumerate(value))
    else:
        return f" is a {type(value).__name__}"
    problems = (place + problem for place, item in inner if (problem := json_problem(item)))
    return next(problems, "")


def canonical(value: JSON, parts_of: Callable[[Any], Any] | None = None) -> str:
    """The canonical JSON text of a value: sorted keys, no spaces, ASCII. `parts_of` gives the parts
    of an object in it that is no JSON, as json_types.parts_of does of a dataclass."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=parts_of
    )


def json_hash(value: JSON) -> str:
    """The SHA-256 of the canonical text, in hex."""
    return sha256(canonical(value).encode()).hexdigest()


def json_text(value: JSON) -> str:
    """A value as JSON text; a text stays as it is."""
    return value if isinstance(value, str) else json.dumps(value)


def json_value(text: JSON) -> JSON:
    """The value of a JSON text; anything else, and JSON nested too deep, stays as it is.

    >>> json_value('{"page": 1}'), json_value("{oops")
    ({'page': 1}, '{oops')
    """
    if not isinstance(text, str):
        return text
    try:
        value: JSON = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return text if isinstance(value, str) or not _is_shallow(value, MAX_DEPTH) else value


def _is_shallow(value: JSON, depth: int) -> bool:
    """Whether a value has at most `depth` levels of nesting."""
    if isinstance(value, (Mapping, list)):
        items = value.values() if isinstance(value, Mapping) else value
        return depth > 0 and all(_is_shallow(item, depth - 1) for item in items)
    return True
