"""Reads a file as a format: samples one at a time, and between them the records that are none."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from memorygym import registry
from memorygym.datasets._files import Record
from memorygym.datasets._samples import Format, Row, Sample, by_session
from memorygym.errors import BadSettings
from memorygym.shapes import Misfit


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A record that is no sample."""

    index: int
    """From 0."""
    place: str
    problem: str

    @property
    def text(self) -> str:
        """As a message names it."""
        return f"{self.place}: {self.problem}"


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


def load(name: str, path: Path, unit: str | None = None) -> Iterator[Sample | LeftOut]:
    """The samples of a file in order, and the records that are none in their places.

    Raises BadSettings, naming the format it looks like and the first bad record, if no record of
    the file is a sample.
    """
    known, cut = format_named(name), unit_of(name, unit)
    finest = next((one for one in known.units if one != "session"), "session")
    first: tuple[LeftOut, Record] | None = None
    good = False
    for record in known.records(path):
        found = _sample(known, record)
        if isinstance(found, LeftOut):
            first = first or (found, record)
            yield found
            continue
        good = True
        yield by_session(found) if cut == "session" != finest else found
    if not good:
        raise BadSettings(_refusal(name, path, first))


def _sample(known: Format, record: Record) -> Sample | LeftOut:
    if record.problem:
        return LeftOut(record.index, record.place, record.problem)
    if not isinstance(record.value, dict):
        return LeftOut(record.index, record.place, "is no object")
    try:
        return known.sample(record.value, record.index)
    except Misfit as misfit:
        return LeftOut(record.index, record.place, str(misfit))


def _refusal(name: str, path: Path, first: tuple[LeftOut, Record] | None) -> str:
    if first is None:
        return f"{path} holds no records of {name}: it is empty"
    left, record = first
    return f"{path} is no {name} file: {left.text}; it looks like {looks_like(record.value)}"


def looks_like(value: object) -> str:
    """The format whose fields a record has, or the fields that it has."""
    if not isinstance(value, dict):
        return "no known format"
    row: Row = value
    fits = [
        (len(marks), name)
        for name in registry.names("datasets")
        if (marks := format_named(name).marks) <= row.keys()
    ]
    if fits:
        return max(fits, key=lambda fit: (fit[0], fit[1]))[1]
    keys = ", ".join(sorted(map(str, row))[:8]) or "none"
    return f"no known format (its fields: {keys})"
