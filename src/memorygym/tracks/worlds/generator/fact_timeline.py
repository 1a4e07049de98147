"""Facts over time: who exists, what is true first, what changes when.

Names are drawn without repeats from a space that grows with the number asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict
from memorygym.core.rng import Stream, named_rng
from memorygym.tracks.worlds.facts import Attribute, Guide, Record, Value
from memorygym.tracks.worlds.generator.domain_schema import Domain
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.generator.prose import false_value


def draw_names(first: Sequence[str], second: Sequence[str], n: int, stream: Stream) -> list[str]:
    """n distinct names, all of the same number of words: two, or more where two do not suffice.

    The last word is one of `second`, the others are of `first`, so that no name begins another.
    """
    sizes = [len(first), len(second)]
    space = sizes[0] * sizes[1]
    while space < 2 * n:
        sizes.insert(0, len(first))
        space *= len(first)
    chosen: dict[int, None] = {}
    while len(chosen) < n:
        chosen[stream.below(space)] = None
    return [_name(index, sizes, first, second) for index in chosen]


def _name(index: int, sizes: Sequence[int], first: Sequence[str], second: Sequence[str]) -> str:
    index, last = divmod(index, sizes[-1])
    words = [second[last]]
    for size in reversed(sizes[:-1]):
        index, at = divmod(index, size)
        words.insert(0, first[at])
    return " ".join(words)


KEY_CATEGORIES, KEY_ATTRIBUTES = 3, 6
CATEGORY_SHARE, ATTRIBUTE_SHARE = 0.70, 0.75
"""The share of questions and corrections that the key ones take."""
CHANGEABLE = ("int", "float", "enum", "date")


@dataclass(slots=True)
class FactTimeline:
    """The truth that documents, questions and budgets are made from."""

    world: Domain
    guide: Guide
    names: list[str]
    categories: list[str]
    values: list[tuple[Value, ...]]
    edges: list[tuple[int, str, int]]
    shown: list[int] = field(default_factory=list)
    """By entity: the event that tells of it."""
    changes: list[Change] = field(default_factory=list)
    changed: dict[tuple[int, str], Change] = field(default_factory=dict)
    """A fact changes at most once."""
    edges_of: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    """By entity: the edges that it is an end of."""
    sources: list[int] = field(default_factory=list)
    """Entities with an outgoing edge."""

    def edges_at(self, entity: int) -> list[tuple[int, str, int]]:
        """The edges that an entity is an end of."""
        return self.edges_of.get(entity, [])

    def records(self) -> list[Record]:
        """All that is told of every entity at first."""
        codes = [attribute.code for attribute in self.guide.attributes]
        told: list[Record] = []
        for entity, name in enumerate(self.names):
            edges = tuple(
                (code, self.names[other])
                for source, code, other in self.edges_at(entity)
                if source == entity
            )
            values = FrozenDict(zip(codes, self.values[entity], strict=True))
            told.append(Record(name, self.categories[entity], values, edges=edges))
        return told

    def weights(self) -> tuple[list[float], list[float]]:
        """Importance of categories and of attributes, in schema order."""
        guide = self.guide
        inner, outer = KEY_CATEGORIES, len(guide.categories) - KEY_CATEGORIES
        categories = [
            CATEGORY_SHARE / inner if name in guide.key_categories else (1 - CATEGORY_SHARE) / outer
            for name in guide.categories
        ]
        inner, outer = KEY_ATTRIBUTES, len(guide.attributes) - KEY_ATTRIBUTES
        attributes = [
            ATTRIBUTE_SHARE / inner
            if a.code in guide.key_attributes
            else (1 - ATTRIBUTE_SHARE) / outer
            for a in guide.attributes
        ]
        return categories, attributes

    def members_by(self, event: int) -> dict[str, list[int]]:
        """The entities shown before an event, by category."""
        members: dict[str, list[int]] = {name: [] for name in self.guide.categories}
        for entity, shown in enumerate(self.shown):
            if shown < event:
                members[self.categories[entity]].append(entity)
        return members

    def change(self, event: int, entity: int, code: str, stream: Stream, *, notice: bool) -> Change:
        """Replaces a fact from that event on; half of the corrected numbers are told relatively."""
        index = ord(code) - 97
        old = self.values[entity][index]
        new = old
        while _near(new, old) or _tells(new, old):
            new = self._new_value(index, old, stream)
        relative = notice and isinstance(old, int) and stream.bernoulli(0.5)
        change = Change(event, entity, code, old, new, relative, notice)
        self.changes.append(change)
        self.changed[entity, code] = change
        return change

    def _new_value(self, index: int, old: Value, stream: Stream) -> Value:
        spec = self.world.attribute_specs[index]
        new = false_value(spec, old, stream)
        if isinstance(new, int) and not spec.low <= new <= spec.high:
            return spec.draw(stream)
        return new


def _near(new: Value, old: Value) -> bool:
    """Too alike to tell a changed fact from an unchanged one: equal, or within 5 %."""
    if isinstance(new, int) and isinstance(old, int):
        return 20 * abs(new - old) <= abs(old)
    return new == old


def _tells(new: Value, old: Value) -> bool:
    """The difference alone would pass for the new value, as in a number that was halved."""
    return isinstance(new, int) and isinstance(old, int) and _near(abs(new - old), new)


def guide_of(world: Domain, seed: int, salt: str) -> Guide:
    """The schema, and what this task's employer asks about."""
    stream = named_rng(world.id, seed, salt, "brief")
    attributes = world.attributes()
    keys = _key_attributes(attributes, stream)
    return Guide(
        world.noun, world.plural, attributes, world.categories, world.relations,
        tuple(sorted(stream.sample(world.categories, KEY_CATEGORIES))), keys,
    )  # fmt: skip


def _key_attributes(attributes: tuple[Attribute, ...], stream: Stream) -> tuple[str, ...]:
    """Four or five numbers, and one or two of other kinds: every competency finds what it needs."""
    ints = [a.code for a in attributes if a.kind == "int"]
    others = [a.code for a in attributes if a.kind in ("float", "date", "series", "text")]
    picked = stream.sample(ints, 4) + stream.sample(others, 2)
    return tuple(sorted(picked))


def timeline_of(world: Domain, guide: Guide, seed: int, salt: str, entities: int) -> FactTimeline:
    """All entities with their first values and relations."""
    path = (world.id, seed, salt)
    if entities < 1:
        raise BadSettings(f"{entities} entities: a world needs at least 1")
    names = draw_names(world.first, world.second, entities, named_rng(*path, "names"))
    categories = _spread_categories(guide.categories, entities, named_rng(*path, "categories"))
    stream = named_rng(*path, "values")
    values = [_values(world, stream) for _ in range(entities)]
    timeline = FactTimeline(world, guide, names, categories, values, [])
    _relate(timeline, named_rng(*path, "relations"))
    return timeline


def _spread_categories(categories: tuple[str, ...], n: int, stream: Stream) -> list[str]:
    """Even shares, in random order."""
    spread = [categories[i % len(categories)] for i in range(n)]
    stream.shuffle(spread)
    return spread


def _values(world: Domain, stream: Stream) -> tuple[Value, ...]:
    values = [spec.draw(stream) for spec in world.attribute_specs]
    for ceiling in world.ceilings:
        at, of = _index(world, ceiling.label), _index(world, ceiling.of)
        value, other = values[at], values[of]
        assert isinstance(value, int) and isinstance(other, int)
        limit = other * ceiling.percent // 100
        if value > limit:
            values[at] = stream.between(world.attribute_specs[at].low, limit)
    return tuple(values)


def _index(world: Domain, label: str) -> int:
    return [spec.label for spec in world.attribute_specs].index(label)


def _relate(timeline: FactTimeline, stream: Stream) -> None:
    """About three edges for every five entities, several from some: chains and sets exist."""
    n = len(timeline.names)
    seen: set[tuple[int, str, int]] = set()
    for _ in range(3 * n // 5 if n > 1 else 0):
        relation = stream.choice(timeline.guide.relations)
        source, target = stream.below(n), stream.below(n)
        if seen and stream.below(3) == 0:
            source = timeline.edges[-1][0]
        edge = (source, relation.code, target)
        if source == target or edge in seen or (target, relation.code, source) in seen:
            continue
        seen.add(edge)
        timeline.edges.append(edge)
        timeline.edges_of.setdefault(source, []).append(edge)
        timeline.edges_of.setdefault(target, []).append(edge)
    timeline.sources = list(dict.fromkeys(source for source, _, _ in timeline.edges))
