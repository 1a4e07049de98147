"""What may be told of the entities of the fiction, and in which words."""

from dataclasses import dataclass
from types import MappingProxyType

YEAR, COUNT = "year", "count"


@dataclass(frozen=True, slots=True)
class Relation:
    """A functional relation: each subject has one value at a time."""

    key: str
    subject: str
    """The kind of entity that has it."""
    value: str
    """A kind of entity, or YEAR or COUNT."""
    sentences: tuple[str, ...]
    span: tuple[int, int] = (0, 0)
    """Of a number: the smallest and the largest."""
    inverse: bool = False
    """Whether each value has one subject, which may be asked for."""

    @property
    def numeric(self) -> bool:
        return self.value in (YEAR, COUNT)


_ALL = (
    Relation("employer", "person", "laboratory", (
        "{s} works at {v}.",
        "{s} holds a post at {v}.",
        "{v} has {s} on its payroll.",
        "{s} joined {v} some time ago and is still there.",
    )),
    Relation("birthplace", "person", "town", (
        "{s} was born in {v}.",
        "{s} came into the world in {v}.",
        "{v} is where {s} was born.",
    )),
    Relation("mentor", "person", "person", (
        "{s} learned the trade under {v}.",
        "{v} guided {s} through the doctorate.",
        "{s} was trained by {v}.",
    )),
    Relation("birth year", "person", YEAR, (
        "{s} was born in {v}.",
        "{s} came into the world in {v}.",
        "The year {v} saw {s} born.",
    ), (1921, 2004)),
    Relation("seat", "laboratory", "town", (
        "{s} is based in {v}.",
        "{s} has all its buildings in {v}.",
        "{v} plays host to {s}.",
    )),
    Relation("founding year", "laboratory", YEAR, (
        "{s} was founded in {v}.",
        "{s} opened its doors in {v}.",
        "The charter granted to {s} dates from {v}.",
    ), (1848, 2019)),
    Relation("staff", "laboratory", COUNT, (
        "{s} employs {v} people.",
        "{v} people are employed at {s}.",
        "{s} pays wages to {v} people.",
    ), (112, 9870)),
    Relation("flagship", "laboratory", "instrument", (
        "{s} owns {v}, its showpiece.",
        "{v} serves as the showpiece at {s}.",
        "{s} shows {v} to visitors as its showpiece.",
    ), inverse=True),
    Relation("director", "laboratory", "person", (
        "{v} directed {s} from {a} to {b}.",
        "{s} was run by {v} from {a} to {b}.",
        "{s} had {v} in charge from {a} to {b}.",
    )),
    Relation("designer", "instrument", "person", (
        "{s} was designed by {v}.",
        "{v} drew up the plans for {s}.",
        "The plans for {s} came from {v}.",
    ), inverse=True),
    Relation("weight", "instrument", COUNT, (
        "{s} weighs {v} kilograms.",
        "{s} tips the scales at {v} kilograms.",
        "The crane lifted {v} kilograms when {s} was moved.",
    ), (131, 9790)),
    Relation("inventor", "method", "person", (
        "{s} was invented by {v}.",
        "{v} came up with {s}.",
        "Credit for {s} goes to {v}.",
    ), inverse=True),
    Relation("basis", "method", "method", (
        "{s} builds on {v}.",
        "{s} extends {v}.",
        "{v} is what {s} grew out of.",
    )),
    Relation("instrument", "survey", "instrument", (
        "{s} took its readings with {v}.",
        "{v} supplied the readings for {s}.",
        "{s} was carried out with {v}.",
    ), inverse=True),
    Relation("samples", "survey", COUNT, (
        "{s} gathered {v} samples.",
        "{v} samples were taken during {s}.",
        "{s} came home with {v} samples.",
    ), (1040, 98700)),
    Relation("leader", "survey", "person", (
        "{s} was led by {v}.",
        "{v} took {s} into the field.",
        "{v} was in command throughout {s}.",
    ), inverse=True),
    Relation("population", "town", COUNT, (
        "{s} has {v} inhabitants.",
        "{v} people live in {s}.",
        "The census counted {v} residents in {s}.",
    ), (2110, 98400)),
    Relation("mayor", "town", "person", (
        "{s} is governed by {v} as mayor.",
        "{v} was sworn in as mayor in {s}.",
        "{v} wears the mayor's chain in {s}.",
    )),
)  # fmt: skip

RELATIONS = MappingProxyType({one.key: one for one in _ALL})
TERM = "director"
"""The relation that holds from a month to a month; its claims name them in their key."""


def of_kind(kind: str) -> tuple[Relation, ...]:
    """The relations that entities of a kind have."""
    return tuple(one for one in _ALL if one.subject == kind)


def into_kind(kind: str) -> tuple[Relation, ...]:
    """The relations by which an entity of a kind tells who has it."""
    return tuple(one for one in _ALL if one.value == kind and one.inverse)


KINDS = tuple(dict.fromkeys(one.subject for one in _ALL))
