"""The types of arguments, checked against the annotations of the keywords that a call takes."""

from collections.abc import Mapping, Sequence
from functools import cache
from numbers import Integral, Real
from operator import index
from os import PathLike
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from memorygym.core.errors import BadSettings, UnknownPart

WORDS: Mapping[Any, tuple[type, str]] = {
    str: (str, "a text"),
    int: (Integral, "a whole number"),
    float: (Real, "a number"),
    bool: (bool, "True or False"),
    Path: (PathLike, "a path"),
    range: (range, "a range, as range(5, 10)"),
    Sequence: (Sequence, "a list"),
    Mapping: (Mapping, 'a mapping, as {"hops": "2,4"}'),
}
"""By annotation: the type that is accepted, and what a message calls it."""


def check_arguments(call: str, arguments: Mapping[str, object], known: type) -> None:
    """Raises UnknownPart for a keyword that the TypedDict `known` has not, and BadSettings for a
    value of another type than the keyword's; None is no value."""
    hints = _hints(known)
    for name, value in arguments.items():
        if name not in hints:
            raise UnknownPart(f"option of {call}", name, hints)
        if value is not None:
            check_argument(name, value, hints[name])


def check_argument(name: str, value: object, hint: Any) -> None:
    """Raises BadSettings for a value that the annotation does not allow, or an empty list.

    >>> check_argument("seeds", range(3), int | range)
    >>> check_argument("tier", 3, str)
    Traceback (most recent call last):
    memorygym.core.errors.BadSettings: tier=3: give a text
    """
    kinds = [get_origin(kind) or kind for kind in _members(hint)]
    if any(kind not in WORDS for kind in kinds):
        return  # Objects, which are checked where they are used.
    if isinstance(value, (list, tuple, range)) and not value and Sequence in kinds:
        raise BadSettings(f"{name}={value!r} is empty: give at least one, or leave {name} out")
    if not any(_fits(value, kind) for kind in _members(hint)):
        words = " or ".join(WORDS[kind][1] for kind in kinds)
        raise BadSettings(f"{name}={value!r:.80}: give {words}")


def check_count(name: str, value: Any) -> int:
    """The value as a number from 1, also if another package made it. Raises BadSettings."""
    check_argument(name, value, int)
    if value < 1:
        raise BadSettings(f"{name}={value}: give at least 1")
    return index(value)


def _members(hint: Any) -> Sequence[Any]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _fits(value: object, kind: Any) -> bool:
    origin, inner = get_origin(kind) or kind, get_args(kind)
    if not isinstance(value, WORDS[origin][0]) or (isinstance(value, bool) and origin is not bool):
        return False
    if origin is Sequence:
        assert isinstance(value, Sequence)
        return not isinstance(value, (str, bytes)) and all(
            _fits(member, inner[0]) for member in value
        )
    return True


@cache
def _hints(known: type) -> dict[str, Any]:
    return get_type_hints(known)
