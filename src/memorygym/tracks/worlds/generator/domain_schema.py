"""What a domain's file states: its names, traits, relations, constraints and wording."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import from_json
from memorygym.core.rng import Stream
from memorygym.tracks.worlds.facts import Attribute, Kind, Relation, Value

CODES = "abcdefghijklmnopqrstuvw"
PERIODS = 6
"""Values of a series."""
FIRST_YEAR, LAST_YEAR = 2000, 2029
"""Dates that traits take; the stream itself runs in 2031 and later."""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute of a domain: what an agent is told, the range, and the domain's own sentence."""

    label: str
    alias: str
    kind: Kind
    says: str
    """A sentence without its full stop: {s} the entity, {v} the value; it contains the label."""
    low: int = 0
    high: int = 0
    """Range, times 10^decimals; ints are uniform, floats log-uniform where it is positive."""
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    choices: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    """A text is one word of each part."""
    length: int = 1
    """Values of a series."""

    def attribute(self, code: str) -> Attribute:
        """What an agent is told of it."""
        length = len(self.parts) if self.kind == "text" else self.length
        return Attribute(
            code, self.label, self.alias, self.kind, self.decimals, self.prefix, self.suffix,
            self.choices, length,
        )  # fmt: skip

    def draw(self, stream: Stream) -> Value:
        """A value."""
        match self.kind:
            case "int":
                return stream.between(self.low, self.high)
            case "float":
                return self._spread(stream)
            case "enum":
                return stream.choice(self.choices)
            case "text":
                return " ".join([stream.choice(part) for part in self.parts])
            case "date":
                year = stream.between(FIRST_YEAR, LAST_YEAR)
                return f"{year}-{stream.between(1, 12):02d}-{stream.between(1, 28):02d}"
            case "series":
                return tuple([stream.between(self.low, self.high) for _ in range(self.length)])

    def _spread(self, stream: Stream) -> int:
        """Log-uniform by halving: a random binary order of magnitude, then uniform within it."""
        if self.low <= 0:
            return stream.between(self.low, self.high)
        low = self.low
        steps: list[tuple[int, int]] = []
        while low < self.high:
            top = min(2 * low, self.high)
            steps.append((low, top))
            low = top
        weights = [(top - bottom) / bottom for bottom, top in steps]
        return stream.between(*stream.weighted(steps, weights))


@dataclass(frozen=True, slots=True)
class Constraint:
    """A domain constraint: `label` is at most `percent` % of `of` (both whole numbers)."""

    label: str
    of: str
    percent: int


@dataclass(frozen=True, slots=True)
class Wording:
    """How a domain sounds."""

    employer: str
    """Who the agent works for, after "You keep the memory of"."""
    titles: tuple[str, str, str, str]
    """Heading of a document in each of the four styles."""
    peers: tuple[str, ...]
    """Whom figures are compared with, such as "the sector median"; none is an entity."""
    notices: tuple[str, ...]
    """Corrections, with {s}, {l}, {now}; {now} is "now VALUE" or "VALUE higher than …"."""
    noise: tuple[str, ...]
    """Messages that tell nothing; {s} an entity."""
    joins: str
    """A sentence with {s} and {c}: membership in a category; {c} in single quotes."""


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain."""

    id: str
    noun: str
    plural: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    """Names are made of these words; none may occur in the prose otherwise."""
    categories: tuple[str, ...]
    """Ten."""
    attribute_specs: tuple[AttributeSpec, ...]
    """21 to 23."""
    relations: tuple[Relation, ...]
    ratios: tuple[tuple[str, str], ...]
    """Pairs of labels whose quotient makes sense and is mostly above 1."""
    ceilings: tuple[Constraint, ...]
    wording: Wording
    about: str = ""
    """What lists say of it."""

    def attributes(self) -> tuple[Attribute, ...]:
        """What an agent is told of the traits, in schema order."""
        return tuple(
            spec.attribute(code) for code, spec in zip(CODES, self.attribute_specs, strict=False)
        )


@cache
def read_world(file: Path) -> Domain:
    """The domain that a JSON file states; the file's name is its id.

    Of a trait, what its kind has no use for may be left out. Raises BadSettings with the field.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"), object_hook=_complete)
        return from_json(Domain, {**raw, "id": file.stem})
    except (ValueError, TypeError) as error:
        raise BadSettings(f"worlds {file.stem}: {file.name}: {error}") from error


def _complete(part: dict[str, object]) -> dict[str, object]:
    if "kind" not in part:
        return part
    periods = PERIODS if part["kind"] == "series" else 1
    return {"low": 0, "high": 0, "decimals": 0, "length": periods, **part}
