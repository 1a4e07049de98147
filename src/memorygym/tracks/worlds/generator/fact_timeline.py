"""Facts over time: the entities of a task, their first values, and the changes.

Names are drawn without repetition from a space that grows with the number of entities.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import AMONG, CATEGORY, Statement, Value
from memorygym.tracks.worlds.facts import Attribute, Facts, Guide
from memorygym.tracks.worlds.generator.gold import Change
from memorygym.tracks.worlds.generator.prose import false_value
from memorygym.tracks.worlds.generator.template_schema import Template


def draw_names(first: Sequence[str], second: Sequence[str], n: int, stream: Stream) -> list[str]:
    """n distinct names of equally many words: two, or more if two give too few names.

    The last word comes from `second` and the others from `first`, so no name begins another.
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
        index, place = divmod(index, size)
        words.insert(0, first[place])
    return " ".join(words)


KEY_CATEGORIES, KEY_ATTRIBUTES = 3, 6
CATEGORY_SHARE, ATTRIBUTE_SHARE = 0.70, 0.75
"""The share of questions and corrections about key categories and about key attributes."""
CHANGEABLE = ("int", "float", "enum", "date")


@dataclass(slots=True)
class FactTimeline:
    """The facts of a task over time, from which documents, questions and budgets are made."""

    template: Template
    guide: Guide
    names: list[str]
    categories: list[str]
    values: list[tuple[Value, ...]]
    edges: list[tuple[int, str, int]]
    shown: list[int] = field(default_factory=list)
    """By entity: the event that shows its document."""
    changes: list[Change] = field(default_factory=list)
    changed: dict[tuple[str, str], Change] = field(default_factory=dict)
    """By name and attribute code; a fact changes at most once."""
    edges_of: dict[int, list[tuple[int, str, int]]] = field(default_factory=dict)
    """By entity: its outgoing and incoming edges."""
    sources: list[int] = field(default_factory=list)
    """Entities with an outgoing edge."""

    def edges_at(self, entity: int) -> list[tuple[int, str, int]]:
        """The outgoing and incoming edges of an entity."""
        return self.edges_of.get(entity, [])

    def facts(self, entity: int) -> Facts:
        """The facts of an entity as its first document states them."""
        name = self.names[entity]
        values = zip(self.guide.attributes, self.values[entity], strict=True)
        return (
            Statement(name, CATEGORY, self.categories[entity]),
            *(Statement(name, attribute.code, value) for attribute, value in values),
            *(
                Statement(name, code, self.names[other], AMONG)
                for source, code, other in self.edges_at(entity)
                if source == entity
            ),
        )

    def weights(self) -> tuple[list[float], list[float]]:
        """The importance of every category and of every attribute, in schema order."""
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
        """Changes a fact from an event on; half of the corrected numbers are stated relatively."""
        index = [attribute.code for attribute in self.guide.attributes].index(code)
        old = self.values[entity][index]
        new = old
        while _near(new, old) or _is_difference(new, old):
            new = self._new_value(index, old, stream)
        relative = notice and isinstance(old, int) and stream.bernoulli(0.5)
        before = Statement(self.names[entity], code, old)
        change = Change(event, before, before._replace(value=new), relative, notice)
        self.changes.append(change)
        self.changed[before.subject, code] = change
        return change

    def _new_value(self, index: int, old: Value, stream: Stream) -> Value:
        spec = self.template.attribute_specs[index]
        new = false_value(spec, old, stream)
        if isinstance(new, int) and not spec.low <= new <= spec.high:
            return spec.draw(stream)
        return new


def _near(new: Value, old: Value) -> bool:
    """Whether two values are too alike to distinguish: equal, or numbers within 5 %."""
    if isinstance(new, int) and isinstance(old, int):
        return 20 * abs(new - old) <= abs(old)
    return new == old


def _is_difference(new: Value, old: Value) -> bool:
    """Whether the difference is close to the new value, as for a number that was halved.

    The difference in a relative correction would then be accepted as the new value.
    """
    return isinstance(new, int) and isinstance(old, int) and _near(abs(new - old), new)


def guide_of(template: Template, seed: int, salt: str) -> Guide:
    """The schema of a template with the key categories and key attributes of one task."""
    stream = named_rng(template.id, seed, salt, "brief")
    attributes = template.attributes()
    keys = _key_attributes(attributes, stream)
    return Guide(
        template.noun,
        template.plural,
        attributes,
        template.categories,
        template.relations,
        tuple(sorted(stream.sample(template.categories, KEY_CATEGORIES))),
        keys,
    )


def _key_attributes(attributes: tuple[Attribute, ...], stream: Stream) -> tuple[str, ...]:
    """Four ints and two attributes of other kinds, so that every question type can be asked."""
    ints = [a.code for a in attributes if a.kind == "int"]
    others = [a.code for a in attributes if a.kind in ("float", "date", "series", "text")]
    picked = stream.sample(ints, 4) + stream.sample(others, 2)
    return tuple(sorted(picked))


def timeline_of(
    template: Template, guide: Guide, seed: int, salt: str, entities: int
) -> FactTimeline:
    """All entities with their first values and relations. Raises BadSettings without an entity."""
    path = (template.id, seed, salt)
    if entities < 1:
        raise BadSettings(f"{entities} entities: a task needs at least 1")
    names = draw_names(template.first, template.second, entities, named_rng(*path, "names"))
    categories = _spread_categories(guide.categories, entities, named_rng(*path, "categories"))
    stream = named_rng(*path, "values")
    values = [_values(template, stream) for _ in range(entities)]
    timeline = FactTimeline(template, guide, names, categories, values, [])
    _relate(timeline, named_rng(*path, "relations"))
    return timeline


def _spread_categories(categories: tuple[str, ...], n: int, stream: Stream) -> list[str]:
    """Equally many entities in every category, in random order."""
    spread = [categories[i % len(categories)] for i in range(n)]
    stream.shuffle(spread)
    return spread


def _values(template: Template, stream: Stream) -> tuple[Value, ...]:
    """The first values of an entity; a value above its constraint is drawn again."""
    values = [spec.draw(stream) for spec in template.attribute_specs]
    for constraint in template.constraints:
        index = _index(template, constraint.label)
        value, other = values[index], values[_index(template, constraint.of)]
        assert isinstance(value, int) and isinstance(other, int)
        limit = other * constraint.percent // 100
        if value > limit:
            values[index] = stream.between(template.attribute_specs[index].low, limit)
    return tuple(values)


def _index(template: Template, label: str) -> int:
    return [spec.label for spec in template.attribute_specs].index(label)


def _relate(timeline: FactTimeline, stream: Stream) -> None:
    """Adds about three edges for every five entities.

    Some entities get several, so that questions about chains and about sets are possible.
    """
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
