"""The fields of a record by name and type; errors name the field's place."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from memorygym.core.errors import clip
from memorygym.core.json_types import SchemaMismatch, from_json
from memorygym.core.text import replace_surrogates

T = TypeVar("T")
Row = Mapping[str, object]
"""A record of a file, or an object in it."""


@contextmanager
def under(place: str) -> Iterator[None]:
    """Adds a place to every SchemaMismatch that is raised inside."""
    try:
        yield
    except SchemaMismatch as misfit:
        raise misfit.under(place) from None


def field(row: Row, name: str) -> object:
    """A required field."""
    if name not in row:
        raise SchemaMismatch("is missing", name)
    return row[name]


def text(row: Row, name: str, *, empty: bool = False) -> str:
    """A required text; a number counts as text. It may be `empty`, as in a turn with an image."""
    value = field(row, name)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not (empty or value.strip()):
        raise SchemaMismatch(f"is {quoted(value)}, not a text", name)
    return replace_surrogates(value)


def optional(row: Row, name: str) -> str:
    """An optional text; "" if it is missing or null."""
    value = row.get(name)
    return replace_surrogates(str(value)) if isinstance(value, (str, int, float)) else ""


def items(row: Row, name: str) -> list[object]:
    """A required list."""
    return from_json(list[object], field(row, name), name)


def texts(row: Row, name: str) -> tuple[str, ...]:
    """An optional list of texts, or one text; empty if it is missing or null."""
    value = row.get(name)
    values = value if isinstance(value, list) else [value]
    known = (str(item) for item in values if isinstance(item, (str, int, float)))
    return tuple(map(replace_surrogates, known))


def rows(row: Row, name: str) -> Iterator[Row]:
    """A required list of objects."""
    for index, item in enumerate(items(row, name)):
        yield as_row(item, f"{name}[{index}]")


def read_each(row: Row, name: str, read: Callable[[Row, int], T]) -> tuple[T, ...]:
    """The results of reading each object of a list with its index."""
    results = []
    for index, item in enumerate(rows(row, name)):
        with under(f"{name}[{index}]"):
            results.append(read(item, index))
    return tuple(results)


def as_row(value: object, place: str) -> Row:
    """The value as an object. Raises SchemaMismatch if it is none."""
    return from_json(dict[str, object], value, place)


def check_distinct(ids: Sequence[str], place: str) -> None:
    """Raises SchemaMismatch if two units have the same id."""
    if len(set(ids)) < len(ids):
        duplicate = next(id for index, id in enumerate(ids) if id in ids[:index])
        raise SchemaMismatch(f"has two units {duplicate}", place)


def quoted(value: object) -> str:
    """A value as messages quote it."""
    return clip(repr(value), 40)
