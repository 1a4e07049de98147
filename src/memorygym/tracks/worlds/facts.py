"""What a text can tell: attributes, records read from text, what follows from them, and `held`.

A track's strong reader turns text into records and questions into queries; everybody above this
floor (agents, scoring, verification) gets it by name, so that one reading serves them all.
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
    """What an agent is told of an attribute, and how its values look."""

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
    """Values of a series, words of a text; else 1."""

    def number(self, value: int) -> str:
        """A scaled number as it is shown.

        >>> Attribute("a", "revenue", "turnover", "float", 1, "$", "M").number(19406)
        '$1,940.6M'
        """
        sign = "-" if value < 0 else ""
        whole, rest = divmod(abs(value), 10**self.decimals)
        tail = f".{rest:0{self.decimals}d}" if self.decimals else ""
        return f"{sign}{self.prefix}{whole:,}{tail}{self.suffix}"

    def show(self, value: Value) -> str:
        """A value as documents and answers show it."""
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
    """What the pinned message tells of the schema and of what will be asked."""

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

    def attribute(self, code: str) -> Attribute:
        """The attribute with that code."""
        return self.attributes[ord(code) - 97]

    def sentence(self, name: str, key: str, value: Value, verb: str = "gives") -> str:
        """A fact in its canonical sentence, which the strong reader reads back.

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
    """What one text tells of one entity; all who read the text share it."""

    name: str
    category: str = ""
    values: Mapping[str, Value] = field(default_factory=FrozenDict)
    """By attribute code."""
    former: Mapping[str, Value] = field(default_factory=FrozenDict)
    """Values that are said to have been replaced."""
    shifts: Mapping[str, int] = field(default_factory=FrozenDict)
    """Relative corrections: "120 higher than stated before"."""
    edges: tuple[tuple[str, str], ...] = ()
    """(relation code, other entity)."""
    unread: int = 0
    """Sentences that name an attribute but whose value could not be told."""

    def __post_init__(self) -> None:
        for name in ("values", "former", "shifts"):
            told = getattr(self, name)
            if type(told) is not FrozenDict:
                object.__setattr__(self, name, FrozenDict(told))


@dataclass(slots=True)
class RecordDraft:
    """A record while its text is being read."""

    name: str
    category: str = ""
    values: dict[str, Value] = field(default_factory=dict)
    former: dict[str, Value] = field(default_factory=dict)
    shifts: dict[str, int] = field(default_factory=dict)
    edges: tuple[tuple[str, str], ...] = ()
    unread: int = 0

    def record(self) -> Record:
        """What was read."""
        return Record(
            self.name, self.category, self.values, self.former, self.shifts, self.edges, self.unread
        )


class Knowledge:
    """What follows from records, told in this order: later values replace earlier ones."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.by_name: dict[str, list[Record]] = {}
        for record in records:
            self.by_name.setdefault(record.name, []).append(record)

    def history(self, name: str, code: str) -> list[Value]:
        """All values of a fact in order; the last is current."""
        records = self.by_name.get(name, ())
        values = [record.former[code] for record in records if code in record.former]
        former = len(values)
        for record in records:
            if code in record.values:
                values.append(record.values[code])
            if code in record.shifts and len(values) > former and isinstance(values[-1], int):
                values.append(values[-1] + record.shifts[code])
        return values if len(values) > former else []

    def now(self, name: str, code: str) -> Value | None:
        """The current value, None if unknown."""
        values = self.history(name, code)
        return values[-1] if values else None

    def before(self, name: str, code: str) -> Value | None:
        """The value before the last change, None if there was none."""
        values = self.history(name, code)
        earlier = [value for value in values if value != values[-1]]
        return earlier[-1] if earlier else None

    def category(self, name: str) -> str:
        """The category of an entity, "" if unknown."""
        for record in self.by_name.get(name, ()):
            if record.category:
                return record.category
        return ""

    def members(self, categories: Iterable[str]) -> list[str]:
        """All known entities of these categories, in the order they were told."""
        wanted = set(categories)
        return [name for name in self.by_name if self.category(name) in wanted]

    def related(self, name: str, relation: Relation) -> list[str]:
        """The entities that `name` stands in that relation to, both ways if it is symmetric."""
        found = [
            other
            for record in self.by_name.get(name, ())
            for code, other in record.edges
            if code == relation.code
        ]
        if relation.symmetric:
            found += [
                source
                for source, records in self.by_name.items()
                if any((relation.code, name) in record.edges for record in records)
            ]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Query:
    """A question, understood."""

    kind: str
    names: tuple[str, ...] = ()
    """Entities that the question names."""
    codes: tuple[str, ...] = ()
    """Attributes, in the order of their roles."""
    relations: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    size: int = 0
    """How many entities the scope has, as the question states."""
    bounds: tuple[Value, ...] = ()
    """Thresholds or the phrase or choice asked for."""
    flags: tuple[str, ...] = ()
    """Directions: highest/lowest, above/below, as the kind needs them."""
