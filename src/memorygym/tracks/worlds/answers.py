"""Answers queries from facts, independently of the arithmetic in the generator."""

from collections.abc import Callable, Sequence

from memorygym.tracks.worlds.facts import TREND_LABELS, Attribute, Guide, Knowledge, Query, Value


class Unknown(Exception):
    """A fact that the answer needs is not known."""


class QueryAnswerer:
    """Answers one query; a careless one goes on without the facts that it does not know."""

    def __init__(self, guide: Guide, query: Query, knowledge: Knowledge, *, careless: bool) -> None:
        self._guide = guide
        self._query = query
        self._knowledge = knowledge
        self._careless = careless

    def answer(self) -> str:
        """The answer. Raises Unknown if a needed fact is not known."""
        answerers: dict[str, Callable[[], str]] = {
            "value": self._value,
            "delta": self._delta,
            "before": self._before,
            "ratio": self._ratio,
            "trend": self._trend,
            "extreme": self._extreme,
            "best": self._best,
            "gap": self._gap,
            "outlier": self._outlier,
            "groups": self._groups,
            "total": self._total,
            "top": self._top,
            "conditional": self._conditional,
            "constraints": self._constraints,
            "match": self._match,
            "lookup": self._lookup,
            "hop": self._hop,
            "chain": self._chain,
            "count": self._count,
            "best_related": self._best_related,
        }
        return answerers[self._query.kind]()

    def _attribute(self, role: int = 0) -> Attribute:
        return self._guide.attribute(self._query.codes[role])

    def _current(self, name: str, role: int = 0) -> Value:
        value = self._knowledge.current(name, self._query.codes[role])
        if value is None:
            raise Unknown(name)
        return value

    def _number(self, name: str, role: int = 0) -> int:
        value = self._current(name, role)
        if not isinstance(value, int):
            raise Unknown(name)
        return value

    def _series(self) -> tuple[int, ...]:
        value = self._current(self._query.names[0])
        if not isinstance(value, tuple):
            raise Unknown(self._query.names[0])
        return value

    def _with_value(self, name: str, role: int) -> str:
        return f"{name} ({self._attribute(role).show(self._current(name, role))})"

    def _numbers(self, names: Sequence[str], role: int = 0) -> dict[str, int]:
        """By name: the current number; a careless reader leaves out unknown numbers."""
        numbers: dict[str, int] = {}
        for name in names:
            try:
                numbers[name] = self._number(name, role)
            except Unknown:
                if not self._careless:
                    raise
        if not numbers:
            raise Unknown
        return numbers

    def _scope(self) -> list[str]:
        """The entities that the question is about; Unknown if fewer are known than it states."""
        query = self._query
        names = list(query.names) or self._knowledge.members(query.categories)
        if not names or (len(names) != query.size and not self._careless):
            raise Unknown
        return names

    def _pick(self, numbers: dict[str, int], flag: str = "highest") -> str:
        if not numbers:
            raise Unknown
        best = max(numbers.values()) if flag == "highest" else min(numbers.values())
        return next(name for name, number in numbers.items() if number == best)

    def _value(self) -> str:
        return self._attribute().show(self._current(self._query.names[0]))

    def _changed(self) -> tuple[Value, Value]:
        """The previous and the current value."""
        name = self._query.names[0]
        previous = self._knowledge.previous(name, self._query.codes[0])
        if previous is None:
            raise Unknown
        return previous, self._current(name)

    def _delta(self) -> str:
        previous, current = self._changed()
        if not isinstance(previous, int) or not isinstance(current, int):
            raise Unknown
        return self._attribute().number(abs(current - previous))

    def _before(self) -> str:
        return self._attribute().show(self._changed()[0])

    def _ratio(self) -> str:
        name = self._query.names[0]
        numerator = self._number(name, 0) / 10 ** self._attribute(0).decimals
        denominator = self._number(name, 1) / 10 ** self._attribute(1).decimals
        if not denominator:
            raise Unknown
        return f"{numerator / denominator:.2f}"

    def _trend(self) -> str:
        values = self._series()
        if not values[0]:
            raise Unknown
        change = 100 * (values[-1] / values[0] - 1)
        label = TREND_LABELS[2 + (change > 3) + (change > 15) - (change < -3) - (change < -15)]
        return f"{label} ({change:.2f}%)"

    def _extreme(self) -> str:
        values = self._series()
        value = max(values) if self._query.flags[0] == "highest" else min(values)
        return f"{values.index(value) + 1} ({self._attribute().number(value)})"

    def _best(self) -> str:
        name = self._pick(self._numbers(self._query.names), self._query.flags[0])
        return self._with_value(name, 0)

    def _gap(self) -> str:
        numbers = self._numbers(self._query.names)
        gap = max(numbers.values()) - min(numbers.values())
        return f"{self._pick(numbers)} ({self._attribute().number(gap)})"

    def _outlier(self) -> str:
        numbers = self._numbers(self._query.names)
        n = len(numbers)
        gaps = {name: abs(n * number - sum(numbers.values())) for name, number in numbers.items()}
        name = self._pick(gaps)
        a = self._attribute()
        shown = f"{gaps[name] / n / 10**a.decimals:,.{a.decimals + 1}f}"
        if gaps[name] % n == 0:
            shown = f"{gaps[name] // n / 10**a.decimals:,.{a.decimals}f}"
        return f"{name} ({a.prefix}{shown}{a.suffix})"

    def _groups(self) -> str:
        groups: dict[str, list[int]] = {}
        members: dict[str, dict[str, int]] = {}
        for name, number in self._numbers(self._query.names, 0).items():
            category = self._knowledge.category(name)
            if not category and not self._careless:
                raise Unknown
            groups.setdefault(category, []).append(number)
            members.setdefault(category, {})[name] = self._number(name, 1)
        best = max(groups, key=lambda category: sum(groups[category]) / len(groups[category]))
        return self._with_value(self._pick(members[best]), 1)

    def _total(self) -> str:
        return self._attribute().number(sum(self._numbers(self._scope()).values()))

    def _top(self) -> str:
        first = self._numbers(self._scope(), 0)
        top = sorted(first, key=lambda name: -first[name])[:3]
        return self._attribute(1).number(sum(self._numbers(top, 1).values()))

    def _conditional(self) -> str:
        bound = self._query.bounds[0]
        assert isinstance(bound, int)
        above = [name for name, n in self._numbers(self._scope(), 0).items() if n > bound]
        if not above:
            raise Unknown
        return self._with_value(self._pick(self._numbers(above, 1), self._query.flags[0]), 1)

    def _constraints(self) -> str:
        low, high = self._query.bounds
        assert isinstance(low, int) and isinstance(high, int)
        scope = self._scope()
        first, second = self._numbers(scope, 0), self._numbers(scope, 1)
        matches = [
            name for name in scope if first.get(name, low) > low and second.get(name, high) < high
        ]
        total = sum(self._numbers(matches, 2).values()) if matches else 0
        return f"{len(matches)} ({self._attribute(2).number(total)})"

    def _match(self) -> str:
        phrase = str(self._query.bounds[0])
        matches = []
        for name in self._scope():
            value = self._knowledge.current(name, self._query.codes[0])
            if value is None and not self._careless:
                raise Unknown
            if value is not None and phrase in str(value).split():
                matches.append(name)
        if len(matches) != 1:
            raise Unknown
        return self._with_value(matches[0], 1)

    def _related(self, name: str, role: int = 0) -> list[str]:
        code = self._query.relations[role]
        relation = next(r for r in self._guide.relations if r.code == code)
        others = self._knowledge.related(name, relation)
        if not others:
            raise Unknown
        return others

    def _only_related(self, name: str, role: int = 0) -> str:
        others = self._related(name, role)
        if len(others) > 1 and not self._careless:
            raise Unknown
        return others[0]

    def _lookup(self) -> str:
        return self._only_related(self._query.names[0])

    def _hop(self) -> str:
        return self._attribute().show(self._current(self._only_related(self._query.names[0])))

    def _chain(self) -> str:
        middle = self._only_related(self._query.names[0], 0)
        return self._with_value(self._only_related(middle, 1), 0)

    def _count(self) -> str:
        others = self._related(self._query.names[0])
        return f"{len(others)} ({', '.join(others)})"

    def _best_related(self) -> str:
        numbers = self._numbers(self._related(self._query.names[0]))
        return self._with_value(self._pick(numbers), 0)
