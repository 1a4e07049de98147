"""The schema of a task: what its texts state facts about, and how they write values.

The strong reader turns texts into statements and questions into queries; agents, scoring and
verification all use it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import Literal, TypeAlias

from memorygym.core.statements import CATEGORY, CURRENT, FORMER, SHIFT, Statement, Value
from memorygym.core.tokens import MONTHS

Facts: TypeAlias = tuple[Statement, ...]
"""Facts about one entity."""
NAME = r"[A-Z][a-z]+(?: [A-Z][a-z]+)+"
"""How the name of an entity is written: two or more capitalised words."""
Kind = Literal["int", "float", "text", "enum", "date", "series"]
TREND_LABELS = (
    "strongly falling",
    "slightly falling",
    "flat",
    "slightly rising",
    "strongly rising",
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute as the system message states it, with the format of its values."""

    code: str
    """One small letter, in schema order."""
    label: str
    alias: str
    kind: Kind
    decimals: int = 0
    prefix: str = ""
    suffix: str = ""
    choices: tuple[str, ...] = ()
    length: int = 1
    """Number of values in a series, of words in a text; else 1."""

    def number(self, value: int) -> str:
        """A scaled number as documents write it.

        >>> Attribute("a", "revenue", "turnover", "float", 1, "$", "M").number(19406)
        '$1,940.6M'
        """
        sign = "-" if value < 0 else ""
        whole, rest = divmod(abs(value), 10**self.decimals)
        tail = f".{rest:0{self.decimals}d}" if self.decimals else ""
        return f"{sign}{self.prefix}{whole:,}{tail}{self.suffix}"

    def difference(self, amount: int) -> str:
        """The distance between two values; that of percentages is in percentage points.

        >>> Attribute("a", "debt ratio", "leverage", "float", 1, suffix="%").difference(235)
        '23.5 percentage points'
        """
        shown = self.number(amount)
        return f"{shown[:-1]} percentage points" if self.suffix == "%" else shown

    def quoted(self, value: Value) -> str:
        """A value as sentences state it."""
        return f'"{value}"' if self.kind == "text" else self.show(value)

    def show(self, value: Value) -> str:
        """A value as documents and answers write it."""
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, tuple):
            return ", ".join(map(self.number, value))
        return value


def spoken_date(iso: str) -> str:
    """
    >>> spoken_date("2014-03-09")
    '9 March 2014'
    """
    return f"{int(iso[8:])} {MONTHS[int(iso[5:7]) - 1]} {iso[:4]}"


def listed(names: Sequence[str]) -> str:
    """
    >>> listed(["Ann", "Bob", "Cy"]), listed(["Ann"])
    ('Ann, Bob and Cy', 'Ann')
    """
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation between entities: "NAME phrase NAME"."""

    code: str
    """One of x, y, z."""
    phrase: str
    symmetric: bool


@dataclass(frozen=True, slots=True)
class Guide:
    """The contents of the system message: the schema, and what most questions are about."""

    noun: str
    plural: str
    attributes: tuple[Attribute, ...]
    categories: tuple[str, ...]
    """Their codes are A, B, C … in this order."""
    relations: tuple[Relation, ...]
    key_categories: tuple[str, ...]
    """The categories that most questions are about."""
    key_attributes: tuple[str, ...]
    """The codes of the attributes that most questions are about."""

    def importance(self, category: str, code: str) -> int:
        """The importance of a fact, 1 to 3: 1, plus 1 for a key category, 1 for a key attribute."""
        return 1 + (category in self.key_categories) + (code in self.key_attributes)

    def attribute(self, code: str) -> Attribute:
        """The attribute with that code."""
        return self.attributes[ascii_lowercase.index(code)]

    def relation(self, code: str) -> Relation | None:
        """The relation with that code; None if it is the code of something else."""
        return next((relation for relation in self.relations if relation.code == code), None)

    def is_symmetric(self, code: str) -> bool:
        """Whether that is the code of a relation that holds both ways."""
        return any(relation.code == code and relation.symmetric for relation in self.relations)

    def sentence(self, fact: Statement) -> str:
        """A fact as a canonical sentence, which the strong reader can read."""
        name, key, value = fact[:3]
        if key == CATEGORY:
            return f"{name} belongs to the '{value}' group."
        if relation := self.relation(key):
            return f"{name} {relation.phrase} {value}."
        attribute = self.attribute(key)
        if fact.role == SHIFT and isinstance(value, int):
            size = f"{attribute.difference(abs(value))} {'higher' if value > 0 else 'lower'}"
            return f"{name} has {attribute.label} {size} than stated before."
        verb = "gave" if fact.role == FORMER else "gives"
        return f"{name} {verb} {attribute.quoted(value)} for {attribute.label}."

    def category_code(self, category: str) -> str:
        """The letter of a category."""
        return ascii_uppercase[self.categories.index(category)]


def values_in(facts: Iterable[Statement]) -> dict[str, Value]:
    """The current values of attributes that facts about one entity state, by code."""
    return {f.key: f.value for f in facts if f.role == CURRENT and f.key != CATEGORY}


def category_in(facts: Iterable[Statement]) -> str:
    """The category that facts about one entity state; "" if they state none."""
    return next((str(fact.value) for fact in facts if fact.key == CATEGORY), "")


def by_entity(facts: Iterable[Statement]) -> list[Facts]:
    """Facts by entity, in the order of the first fact about each."""
    entities: dict[str, list[Statement]] = {}
    for fact in facts:
        entities.setdefault(fact.subject, []).append(fact)
    return list(map(tuple, entities.values()))


@dataclass(frozen=True, slots=True)
class Query:
    """What a question asks for."""

    names: tuple[str, ...] = ()
    """Entities that the question names."""
    codes: tuple[str, ...] = ()
    """Codes of the attributes, in the order of their roles."""
    relations: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    size: int = 0
    """Number of entities in the scope, as the question states it."""
    bounds: tuple[Value, ...] = ()
    """Thresholds, or the phrase or choice to look for."""
    flags: tuple[str, ...] = ()
    """Directions: "highest" or "lowest"."""
    kind: str = ""
    """The name of its kind; "" while its arguments are drawn."""
    clues: tuple[tuple[str, Value], ...] = ()
    """Keys and values that describe its entity, if the question does not name it."""

    @property
    def is_single(self) -> bool:
        """Whether it is about one entity and none that is related to it."""
        return len(self.names) == 1 and not self.relations
