"""Fields of a record by name and type: what does not fit is named by its place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar, cast

from memorygym.core.errors import clip
from memorygym.core.json_types import SchemaMismatch
from memorygym.core.text import replace_surrogates

T = TypeVar("T")
Row = Mapping[str, object]
"""A record of a file, or an object in it."""


@contextmanager
def under(place: str) -> Iterator[None]:
    """What does not fit in here is named by this place, too."""
    try:
        yield
    except SchemaMismatch as misfit:
        raise misfit.under(place) from None


def field(row: Row, name: str) -> object:
    """A field that must be there."""
    if name not in row:
        raise SchemaMismatch("is missing", name)
    return row[name]


def text(row: Row, name: str) -> str:
    """A text that says something; numbers are texts too, as in some answers."""
    value = field(row, name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise SchemaMismatch(f"is {shown(value)}, not a text", name)
    return replace_surrogates(value)


def said(row: Row, name: str) -> str:
    """A text that must be there and may be empty, as that of a turn with an image alone."""
    value = field(row, name)
    if not isinstance(value, str):
        raise SchemaMismatch(f"is {shown(value)}, not a text", name)
    return replace_surrogates(value)


def optional(row: Row, name: str) -> str:
    """A text, "" where it is missing or null."""
    value = row.get(name)
    return replace_surrogates(str(value)) if isinstance(value, (str, int, float)) else ""


def items(row: Row, name: str) -> list[object]:
    """A list."""
    value = field(row, name)
    if not isinstance(value, list):
        raise SchemaMismatch(f"is {shown(value)}, not a list", name)
    return value


def texts(row: Row, name: str) -> tuple[str, ...]:
    """A list of texts, or one text; empty where it is missing or null."""
    value = row.get(name)
    found = value if isinstance(value, list) else [value]
    return tuple(
        replace_surrogates(str(one)) for one in found if isinstance(one, (str, int, float))
    )


def rows(row: Row, name: str) -> Iterator[Row]:
    """A list of objects."""
    for at, item in enumerate(items(row, name)):
        yield as_row(item, f"{name}[{at}]")


def each(row: Row, name: str, read: Callable[[Row, int], T]) -> tuple[T, ...]:
    """What is read of each object of a list, told its place there."""
    found = []
    for at, item in enumerate(rows(row, name)):
        with under(f"{name}[{at}]"):
            found.append(read(item, at))
    return tuple(found)


def as_row(value: object, place: str) -> Row:
    """The value, if it is an object."""
    if not isinstance(value, dict):
        raise SchemaMismatch(f"is {shown(value)}, not an object", place)
    return cast(Row, value)


def distinct(ids: Sequence[str], place: str) -> None:
    """Raises Misfit for a name that two of them have."""
    if len(set(ids)) < len(ids):
        twice = next(id for at, id in enumerate(ids) if id in ids[:at])
        raise SchemaMismatch(f"has two units {twice}", place)


def shown(value: object) -> str:
    """A value as a message quotes it."""
    return clip(repr(value), 40)
