"""The facts that texts state: the schema, records read from a text, and knowledge from records.

The strong reader turns texts into records and questions into queries; agents, scoring and
verification all use it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from memorygym.core.json_values import FrozenDict
from memorygym.core.tokens import MONTHS

Value: TypeAlias = int | str | tuple[int, ...]
"""A number scaled by 10^decimals to an integer, a text, an enum choice, an ISO date, a series."""
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
    >>> listed(["Ann", "Bob", "Cy"])
    'Ann, Bob and Cy'
    """
    return ", ".join(names[:-1]) + " and " + names[-1]


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
        return self.attributes[ord(code) - 97]

    def sentence(self, name: str, key: str, value: Value, verb: str = "gives") -> str:
        """A fact as a canonical sentence, which the strong reader can read.

        The key is the code of an attribute or a relation, or "category".
        """
        if key == "category":
            return f"{name} belongs to the '{value}' group."
        for relation in self.relations:
            if relation.code == key:
                return f"{name} {relation.phrase} {value}."
        attribute = self.attribute(key)
        shown = attribute.show(value)
        quoted = f'"{shown}"' if attribute.kind == "text" else shown
        return f"{name} {verb} {quoted} for {attribute.label}."

    def category_code(self, category: str) -> str:
        """The letter of a category."""
        return chr(65 + self.categories.index(category))


@dataclass(frozen=True, slots=True)
class Record:
    """The facts that one text states about one entity; immutable, because agents share it."""

    name: str
    category: str = ""
    values: Mapping[str, Value] = field(default_factory=FrozenDict)
    """By attribute code."""
    former: Mapping[str, Value] = field(default_factory=FrozenDict)
    """Previous values that the text marks as replaced, by attribute code."""
    shifts: Mapping[str, int] = field(default_factory=FrozenDict)
    """Relative corrections, such as "120 higher than stated before", by attribute code."""
    edges: tuple[tuple[str, str], ...] = ()
    """(relation code, other entity)."""
    unread: int = 0
    """Number of statements whose value or entity is unclear."""
    date: str = ""
    """The ISO date on which it was stated; "" is unknown."""

    def __post_init__(self) -> None:
        for name in ("values", "former", "shifts"):
            values = getattr(self, name)
            if type(values) is not FrozenDict:
                object.__setattr__(self, name, FrozenDict(values))


@dataclass(slots=True)
class RecordDraft:
    """A mutable record, for use while its text is being read."""

    name: str
    category: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    former: dict[str, Value] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    edges: tuple[tuple[str, str], ...] = ()
    unread: int = 0
    date: str = ""

    def record(self) -> Record:
        """The immutable record."""
        return Record(
            self.name,
            self.category,
            self.values,
            self.former,
            self.shifts,
            self.edges,
            self.unread,
            self.date,
        )


class Knowledge:
    """The facts that follow from records in order: later values replace earlier ones.

    Records with dates are put in the order of their dates, among themselves.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.by_name: dict[str, list[Record]] = {}
        for record in records:
            self.by_name.setdefault(record.name, []).append(record)
        for listed in self.by_name.values():
            dated = [index for index, record in enumerate(listed) if record.date]
            if len(dated) > 1:
                ordered = sorted((listed[index] for index in dated), key=lambda r: r.date)
                for index, record in zip(dated, ordered, strict=True):
                    listed[index] = record

    def history(self, name: str, code: str) -> list[Value]:
        """All values of a fact in order; the last one is current. Empty if none is known."""
        records = self.by_name.get(name, ())
        values = [record.former[code] for record in records if code in record.former]
        former = len(values)
        for record in records:
            if code in record.values:
                values.append(record.values[code])
            if code in record.shifts and len(values) > former and isinstance(values[-1], int):
                values.append(values[-1] + record.shifts[code])
        return values if len(values) > former else []

    def current(self, name: str, code: str) -> Value | None:
        """The current value of a fact, or None if it is unknown."""
        values = self.history(name, code)
        return values[-1] if values else None

    def previous(self, name: str, code: str) -> Value | None:
        """The value of a fact before its last change, or None if no change is known."""
        values = self.history(name, code)
        earlier = [value for value in values if value != values[-1]]
        return earlier[-1] if earlier else None

    def category(self, name: str) -> str:
        """The category of an entity, or "" if it is unknown."""
        for record in self.by_name.get(name, ()):
            if record.category:
                return record.category
        return ""

    def members(self, categories: Iterable[str]) -> list[str]:
        """All known entities of these categories, in the order of their first records."""
        chosen = set(categories)
        return [name for name in self.by_name if self.category(name) in chosen]

    def related(self, name: str, relation: Relation) -> list[str]:
        """The entities related to `name`; a symmetric relation holds in both directions."""
        others = [
            other
            for record in self.by_name.get(name, ())
            for code, other in record.edges
            if code == relation.code
        ]
        if relation.symmetric:
            others += [
                source
                for source, records in self.by_name.items()
                if any((relation.code, name) in record.edges for record in records)
            ]
        return list(dict.fromkeys(others))


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
