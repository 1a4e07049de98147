"""What an answer stands on: the known facts, and one place for refusing and for carelessness."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

from memorygym.tracks.worlds.facts import Guide, Query, Relation, Value

K = TypeVar("K")


class Facts(Protocol):
    """Facts at one moment: what a reader has read, or what the generator knows to be true."""

    def current(self, name: str, code: str) -> Value | None:
        """The current value of a fact, or None if it is unknown."""

    def previous(self, name: str, code: str) -> Value | None:
        """The value of a fact before its last change, or None if no change is known."""

    def category(self, name: str) -> str:
        """The category of an entity, or "" if it is unknown."""

    def members(self, categories: Iterable[str]) -> list[str]:
        """All known entities of these categories."""

    def related(self, name: str, relation: Relation) -> list[str]:
        """The entities related to `name`; a symmetric relation holds in both directions."""


class Unknown(Exception):
    """A fact that the answer needs is not known, or no single answer is right."""


class Answer(NamedTuple):
    """An answer, and the fact whose importance is the weight of the question."""

    text: str
    name: str
    code: str


class Known:
    """The facts that an answer is computed from.

    What is not known raises Unknown; a careless reader leaves it out as long as it knows some.
    """

    def __init__(self, guide: Guide, facts: Facts, *, careless: bool = False) -> None:
        self.guide = guide
        self._facts = facts
        self._careless = careless

    def value(self, name: str, code: str) -> Value:
        """The current value of a fact."""
        value = self._facts.current(name, code)
        if value is None:
            raise Unknown(name)
        return value

    def number(self, name: str, code: str) -> int:
        """The current value of a number."""
        return number(self.value(name, code))

    def series(self, name: str, code: str) -> tuple[int, ...]:
        """The values of all periods."""
        value = self.value(name, code)
        if not isinstance(value, tuple):
            raise Unknown(name)
        return value

    def previous(self, name: str, code: str) -> int:
        """A number before its last change."""
        return number(self._facts.previous(name, code))

    def show(self, name: str, code: str) -> str:
        """The current value as documents write it."""
        return self.guide.attribute(code).show(self.value(name, code))

    def named(self, name: str, code: str) -> Answer:
        """An answer of the form NAME (VALUE)."""
        return Answer(f"{name} ({self.show(name, code)})", name, code)

    def values(self, names: Iterable[str], code: str) -> dict[str, Value]:
        """By name: the current value."""
        values: dict[str, Value] = {}
        for name in names:
            try:
                values[name] = self.value(name, code)
            except Unknown:
                if not self._careless:
                    raise
        if not values:
            raise Unknown(code)
        return values

    def numbers(self, names: Iterable[str], code: str) -> dict[str, int]:
        """By name: the current number."""
        return {name: number(value) for name, value in self.values(names, code).items()}

    def category(self, name: str) -> str:
        """The category of an entity."""
        category = self._facts.category(name)
        if not category and not self._careless:
            raise Unknown(name)
        return category

    def scope(self, query: Query) -> Sequence[str]:
        """The entities that the question is about: as many as it states."""
        names = query.names or self._facts.members(query.categories)
        if not names or (len(names) != query.size and not self._careless):
            raise Unknown(query.categories)
        return names

    def related(self, name: str, code: str) -> list[str]:
        """The entities that a relation leads to."""
        relation = next(r for r in self.guide.relations if r.code == code)
        others = self._facts.related(name, relation)
        if not others:
            raise Unknown(name)
        return others

    def only_related(self, name: str, code: str) -> str:
        """The only entity that a relation leads to."""
        others = self.related(name, code)
        if len(others) > 1 and not self._careless:
            raise Unknown(name)
        return others[0]

    def best(self, figures: Mapping[K, int] | Mapping[K, Fraction], flag: str = "highest") -> K:
        """The key of the highest or of the lowest figure; Unknown if two share it."""
        if not figures:
            raise Unknown
        extreme = max(figures.values()) if flag == "highest" else min(figures.values())
        keys = [key for key, figure in figures.items() if figure == extreme]
        if len(keys) > 1:
            raise Unknown(keys)
        return keys[0]


def number(value: Value | None) -> int:
    """A value that must be a number."""
    if not isinstance(value, int):
        raise Unknown(value)
    return value
