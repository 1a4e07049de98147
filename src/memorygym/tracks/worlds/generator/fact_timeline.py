"""Facts over time: the entities of a task, their first values, and the changes.

Names are drawn without repetition from a space that grows with the number of entities.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from math import isqrt

from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import AMONG, CATEGORY, Statement, StatementIndex, Value
from memorygym.tracks.worlds.facts import Attribute, Facts, Guide, by_entity, category_in
from memorygym.tracks.worlds.generator.gold import Change, WeightedQuestion, WorldsGold
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


KEY_CATEGORIES = 3
CATEGORY_SHARE, ATTRIBUTE_SHARE = 0.70, 0.75
"""The share of questions and corrections about key categories and about key attributes."""


def shares(items: Sequence[str], keys: Sequence[str], share: float) -> list[float]:
    """What falls to each item, if `share` falls to the keys and the rest to the others.

    >>> shares("abcd", "ac", 0.5)
    [0.25, 0.25, 0.25, 0.25]
    """
    others = len(items) - len(keys)
    return [share / len(keys) if item in keys else (1 - share) / others for item in items]


CHANGEABLE = ("int", "float", "enum", "date")


@dataclass
class FactTimeline:
    """The facts of a task over time, from which documents, questions and budgets are made."""

    template: Template
    guide: Guide
    facts: dict[str, Facts]
    """By entity: its facts as first stated."""
    sources: list[str]
    """The entities that documents relate to others, in the order of their relations."""
    documents: list[Facts]
    """The facts of every document, in the order in which they are shown."""
    shown: list[int] = field(default_factory=list)
    """By document: the event that shows it."""
    changes: list[Change] = field(default_factory=list)
    changed: dict[tuple[str, str], Change] = field(default_factory=dict)
    """By entity and attribute code; a fact changes at most once."""

    @cached_property
    def names(self) -> list[str]:
        """All entities."""
        return list(self.facts)

    @cached_property
    def known(self) -> StatementIndex:
        """All facts by the events that state them, once all changes have been drawn."""
        return self.gold((), 1).known

    @cached_property
    def events(self) -> Mapping[tuple[str, str], int]:
        """By entity and key: the event that first states the fact."""
        return self.gold((), 1).events

    def gold(self, questions: Sequence[WeightedQuestion], record_tokens: int) -> WorldsGold:
        """The gold table with these questions; `record_tokens` as there."""
        names = [facts[0].subject for facts in self.documents]
        shown, changes = tuple(zip(names, self.shown, strict=True)), tuple(self.changes)
        facts = tuple(chain.from_iterable(self.documents))
        return WorldsGold(shown, facts, changes, tuple(questions), record_tokens)

    def weights(self) -> tuple[list[float], list[float]]:
        """The importance of every category and of every attribute, in schema order."""
        guide, codes = self.guide, [a.code for a in self.guide.attributes]
        categories = shares(guide.categories, guide.key_categories, CATEGORY_SHARE)
        return categories, shares(codes, guide.key_attributes, ATTRIBUTE_SHARE)

    def members_by(self, event: int) -> dict[str, list[str]]:
        """The entities whose category is stated before an event, by category."""
        members: dict[str, list[str]] = {name: [] for name in self.guide.categories}
        for name, facts in self.facts.items():
            if self.events[name, CATEGORY] < event:
                members[category_in(facts)].append(name)
        return members

    def change(self, event: int, name: str, code: str, stream: Stream, *, notice: bool) -> Change:
        """Changes a fact from an event on; half of the corrected numbers are stated relatively."""
        before = next(fact for fact in self.facts[name] if fact.key == code)
        old = new = before.value
        while _near(new, old) or _is_difference(new, old):
            new = self._new_value(code, old, stream)
        relative = notice and isinstance(old, int) and stream.bernoulli(0.5)
        change = Change(event, before, before._replace(value=new), relative, notice)
        self.changes.append(change)
        self.changed[name, code] = change
        return change

    def _new_value(self, code: str, old: Value, stream: Stream) -> Value:
        spec = self.template.spec(code)
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
    template: Template, guide: Guide, seed: int, salt: str, entities: int, parts: int = 1
) -> FactTimeline:
    """All entities with their first values and relations, each in so many documents; names are
    alike if there are several."""
    path = (template.id, seed, salt)
    first, second = template.first, template.second
    if parts > 1:
        stream, few = named_rng(*path, "words"), isqrt(2 * entities) + 1
        first = tuple(stream.sample(first, min(few, len(first))))
        second = tuple(stream.sample(second, min(few, len(second))))
    names = draw_names(first, second, entities, named_rng(*path, "names"))
    categories = _spread_categories(guide.categories, entities, named_rng(*path, "categories"))
    stream = named_rng(*path, "values")
    values = [_values(template, stream) for _ in range(entities)]
    links = {
        facts[0].subject: facts for facts in _links(guide, names, named_rng(*path, "relations"))
    }
    facts = {
        name: (
            Statement(name, CATEGORY, category),
            *(Statement(name, a.code, v) for a, v in zip(guide.attributes, row, strict=True)),
            *links.get(name, ()),
        )
        for name, category, row in zip(names, categories, values, strict=True)
    }
    documents = [*facts.values()]
    if parts > 1:
        documents = [*_scattered(documents, parts, named_rng(*path, "documents"))]
    return FactTimeline(template, guide, facts, list(links), documents)


def _scattered(records: Sequence[Facts], parts: int, stream: Stream) -> Iterator[Facts]:
    """The facts of every entity in so many documents, each entity once before any comes again; what
    a relation leads to stands in one."""
    keys = [list(dict.fromkeys(fact.key for fact in facts)) for facts in records]
    for own in keys:
        stream.shuffle(own)
    last = -1
    for part in range(parts):
        order = [*range(len(records))]
        stream.shuffle(order)
        if order[0] == last:  # Two documents in a row are of different entities.
            order.reverse()
        last = order[-1]
        for place in order:
            chosen = keys[place][part::parts]
            yield tuple(fact for fact in records[place] if fact.key in chosen)


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


def _links(guide: Guide, names: Sequence[str], stream: Stream) -> list[Facts]:
    """About three relations for every five entities, by the entity whose document states them.

    Some entities get several, so that questions about chains and about sets are possible.
    """
    links: dict[Statement, None] = {}
    n = len(names)
    for _ in range(3 * n // 5 if n > 1 else 0):
        relation = stream.choice(guide.relations)
        source, target = names[stream.below(n)], names[stream.below(n)]
        if links and stream.below(3) == 0:
            source = next(reversed(links)).subject
        link = Statement(source, relation.code, target, AMONG)
        is_known = link in links or link._replace(subject=target, value=source) in links
        if source != target and not is_known:
            links[link] = None
    return by_entity(links)
