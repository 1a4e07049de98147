"""The contents of a template file: names, attributes, relations, constraints and wording."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import from_json
from memorygym.core.rng import Stream
from memorygym.core.statements import Value
from memorygym.tracks.worlds.facts import Attribute, Kind, Relation

CODES = "abcdefghijklmnopqrstuvw"
PERIODS = 6
"""Number of values in a series."""
FIRST_YEAR, LAST_YEAR = 2000, 2029
"""Range of the years in date attributes; the events themselves are dated 2031 and later."""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """An attribute: its schema, its range of values, and the template's own sentence."""

    label: str
    alias: str
    kind: Kind
    sentence: str
    """A sentence without full stop that contains the label; {s} is the entity, {v} the value."""
    low: int = 0
    high: int = 0
    """The range, times 10^decimals. Ints are drawn uniformly, positive floats log-uniformly."""
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    choices: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    """Lists of words; a text consists of one word from each list."""

    def attribute(self, code: str) -> Attribute:
        """The part of the specification that the system message states."""
        length = {"text": len(self.parts), "series": PERIODS}.get(self.kind, 1)
        return Attribute(
            code,
            self.label,
            self.alias,
            self.kind,
            self.decimals,
            self.prefix,
            self.suffix,
            self.choices,
            length,
        )

    def draw(self, stream: Stream) -> Value:
        """A random value."""
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
                return tuple([stream.between(self.low, self.high) for _ in range(PERIODS)])

    def _spread(self, stream: Stream) -> int:
        """Log-uniform in two steps: a random power of two, then uniform within its interval."""
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
    """A constraint: the attribute `label` is at most `percent` % of the attribute `of`.

    Both attributes are whole numbers.
    """

    label: str
    of: str
    percent: int


@dataclass(frozen=True, slots=True)
class Wording:
    """The texts of a template."""

    employer: str
    """The agent's employer, as it follows "You keep the memory of"."""
    titles: tuple[str, str, str, str]
    """The title of a document in each of the four styles."""
    peers: tuple[str, ...]
    """Others that figures are compared with, such as "the sector median"; none is an entity."""
    notices: tuple[str, ...]
    """Corrections with {s}, {l} and {now}; {now} is "now VALUE" or "DIFFERENCE higher than …"."""
    noise: tuple[str, ...]
    """Messages without facts; {s} is an entity."""
    membership: str
    """A sentence that puts the entity {s} into the category {c}; {c} stands in single quotes."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template, such as company or city: everything from which its tasks are generated."""

    id: str
    noun: str
    plural: str
    first: tuple[str, ...]
    second: tuple[str, ...]
    """A name is a word of `first` followed by one of `second`; no other text may contain them."""
    categories: tuple[str, ...]
    """Exactly ten."""
    attribute_specs: tuple[AttributeSpec, ...]
    """21 to 23, in schema order."""
    relations: tuple[Relation, ...]
    ratios: tuple[tuple[str, str], ...]
    """Pairs of labels whose quotient is meaningful and mostly above 1."""
    constraints: tuple[Constraint, ...]
    wording: Wording
    about: str = ""
    """The description that `memorygym list templates` prints."""

    def spec(self, code: str) -> AttributeSpec:
        """The specification of an attribute."""
        return self.attribute_specs[CODES.index(code)]

    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes as the system message states them, in schema order."""
        return tuple(
            spec.attribute(code) for code, spec in zip(CODES, self.attribute_specs, strict=False)
        )


@cache
def read_template(file: Path) -> Template:
    """The template in a JSON file; its id is the name of the file without `.json`.

    Fields that the kind of an attribute does not use may be left out. Raises BadSettings, which
    names the wrong field, if the file does not fit the schema.
    """
    try:
        raw = json.loads(file.read_text(encoding="utf-8"), object_hook=_complete)
        return from_json(Template, {**raw, "id": file.stem})
    except (ValueError, TypeError) as error:
        raise BadSettings(f"templates {file.stem}: {file.name}: {error}") from error


def _complete(part: dict[str, object]) -> dict[str, object]:
    """An attribute with its missing numbers filled in; any other object unchanged."""
    return {"low": 0, "high": 0, "decimals": 0, **part} if "kind" in part else part
