"""Reads a file as a format: samples one at a time, and between them the records that are none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from memorygym import registry
from memorygym.datasets._files import Record
from memorygym.datasets._samples import Format, Sample, by_session, with_known
from memorygym.errors import BadSettings
from memorygym.shapes import Misfit


def format_named(name: str) -> Format:
    """The format of that id. Raises UnknownPart with the nearest one."""
    made: Format = registry.make("datasets", name)
    return made


def unit_of(name: str, unit: str | None) -> str:
    """The unit to cut a format into, its first unless one is told. Raises BadSettings."""
    choices = format_named(name).units
    if unit not in (None, *choices):
        raise BadSettings(f"{name} has no unit {unit}: choose from {', '.join(choices)}")
    return unit or choices[0]


def load(name: str, path: Path, unit: str | None = None) -> Iterator[Sample | Record]:
    """The samples of a file in order, and the records that are none, each with its problem.

    Raises BadSettings, naming the format it looks like and the first bad record, if no record of
    the file is a sample.
    """
    known, cut = format_named(name), unit_of(name, unit)
    finest = next((one for one in known.units if one != "session"), "session")
    first: Record | None = None
    good = False
    for record in known.records(path):
        found = _sample(known, record)
        if isinstance(found, Record):
            first = first or found
            yield found
            continue
        good = True
        yield by_session(found) if cut == "session" != finest else found
    if not good and first is None:
        raise BadSettings(f"{path} holds no records of {name}: it is empty")
    if not good and first is not None:
        looks = looks_like(first.value)
        raise BadSettings(f"{path} is no {name} file: {first.text}; it looks like {looks}")


def _sample(known: Format, record: Record) -> Sample | Record:
    if record.problem:
        return record
    if not isinstance(record.value, dict):
        return replace(record, problem="is no object")
    try:
        found = known.sample(record.value, record.index)
    except Misfit as misfit:
        return replace(record, problem=str(misfit))
    if not found.units:
        return replace(record, problem=f"holds no {' or '.join(known.units)}")
    return with_known(found)


def looks_like(value: object) -> str:
    """The format whose fields a record has, or the fields that it has."""
    if not isinstance(value, dict):
        return "no known format"
    fits = [
        (len(marks), name)
        for name in registry.names("datasets")
        if (marks := format_named(name).marks) <= value.keys()
    ]
    if fits:
        return max(fits)[1]
    keys = ", ".join(sorted(map(str, value))[:8]) or "none"
    return f"no known format (its fields: {keys})"
