"""What an answer stands on: the known facts, and one place for refusing and for carelessness."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple, TypeVar

from memorygym.core.statements import AMONG, CATEGORY, Statement, StatementIndex, Value
from memorygym.tracks.worlds.facts import Guide, Query

K = TypeVar("K")


class Unanswerable(Exception):
    """A needed fact is not known, or no single answer is right."""


class TooFewEntities(Unanswerable):
    """A question is to name more entities than the draws found."""


class Conclusion(NamedTuple):
    """An answer, and the fact whose importance is the weight of the question."""

    text: str
    name: str
    code: str


class KnownFacts:
    """The facts that an answer is computed from.

    One that is not known raises Unanswerable; a careless reader leaves it out if it knows others.
    """

    def __init__(self, guide: Guide, facts: StatementIndex, *, careless: bool = False) -> None:
        self.guide = guide
        self._facts = facts
        self._careless = careless
        self.used: list[Statement] = []
        """The statements that were used so far."""

    def value(self, name: str, code: str) -> Value:
        """The current value of a fact."""
        statement = self._facts.get(name, code)
        if statement is None:
            raise Unanswerable(name, code)
        self.used.append(statement)
        return statement.value

    def number(self, name: str, code: str) -> int:
        """The current value of a number."""
        return as_number(self.value(name, code))

    def previous(self, name: str, code: str) -> int:
        """A number before its last change."""
        self.used += self._facts.stated(name, code)
        return as_number(self._facts.previous(name, code))

    def values(self, names: Iterable[str], code: str) -> dict[str, Value]:
        """By name: the current value."""
        values: dict[str, Value] = {}
        for name in names:
            try:
                values[name] = self.value(name, code)
            except Unanswerable:
                if not self._careless:
                    raise
        if not values:
            raise Unanswerable(code)
        return values

    def numbers(self, names: Iterable[str], code: str) -> dict[str, int]:
        """By name: the current number."""
        return {name: as_number(value) for name, value in self.values(names, code).items()}

    def category(self, name: str) -> str:
        """The category of an entity."""
        return str(self.value(name, CATEGORY))

    def scope(self, query: Query) -> Sequence[str]:
        """The entities that a question is about: as many as it states."""
        names = query.names or self._facts.members(query.categories)
        if not names or (len(names) != query.size and not self._careless):
            raise Unanswerable(query.categories)
        return names

    def described(self, query: Query) -> Query:
        """The query by name, if it describes its entity: the only one that every clue fits."""
        if not query.clues:
            return query
        fitting = [self._fitting(key, value) for key, value in query.clues]
        names = [n for n in fitting[0] if all(n in others for others in fitting)]
        if not names or (names[1:] and not self._careless):
            raise Unanswerable(query.clues)
        self.used += (others[names[0]] for others in fitting)
        return replace(query, names=(names[0],))

    def _fitting(self, key: str, value: Value) -> dict[str, Statement]:
        """The entities of which a key has a value, with what states it."""
        fitting = {fact.subject: fact for fact in self._facts.whose(key, value)}
        if self.guide.is_symmetric(key):
            links = self._facts.stated(str(value), key)
            fitting |= {link.text: link for link in links if link.role == AMONG}
        return fitting

    def related(self, name: str, code: str) -> list[str]:
        """The entities that a relation leads to."""
        symmetric = self.guide.is_symmetric(code)
        others = self._facts.related(name, code, symmetric=symmetric)
        if not others:
            raise Unanswerable(name, code)
        self.used += self._facts.links(name, code, symmetric=symmetric)
        return others

    def only_related(self, query: Query) -> str:
        """The only entity that the relations of a query lead to, one after the other."""
        name = query.names[0]
        for relation in query.relations:
            name, *others = self.related(name, relation)
            if others and not self._careless:
                raise Unanswerable(name, relation)
        return name

    def best(self, figures: Mapping[K, int] | Mapping[K, Fraction], flag: str = "highest") -> K:
        """The key of the highest or of the lowest figure; no key if two share it."""
        extreme = (max if flag == "highest" else min)(figures.values(), default=None)
        keys = [key for key, figure in figures.items() if figure == extreme]
        if len(keys) != 1:
            raise Unanswerable(keys)
        return keys[0]

    def shown(self, name: str, code: str) -> Conclusion:
        """The current value as the answer."""
        return Conclusion(self.guide.attribute(code).show(self.value(name, code)), name, code)

    def named(self, name: str, code: str) -> Conclusion:
        """An answer of the form NAME (VALUE)."""
        return Conclusion(f"{name} ({self.shown(name, code).text})", name, code)

    def figure(self, figure: int, name: str, code: str, form: str = "{}") -> Conclusion:
        """A computed figure, written as the values of the attribute are."""
        return Conclusion(form.format(self.guide.attribute(code).number(figure)), name, code)


def as_number(value: Value | None) -> int:
    """A value that must be a number."""
    if not isinstance(value, int):
        raise Unanswerable(value)
    return value
