"""The facts at one event, and the random draws that all kinds of questions share."""

from collections.abc import Callable, Container, Iterable

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.answers import Known, Unanswerable
from memorygym.tracks.worlds.facts import Attribute, Kind, Query, Relation, Value
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import Change

SMALLEST, LARGEST = 5, 12
"""Least and most entities in the scope of a question about a set."""


class FactsAt:
    """What is true before an event, as `answers.Facts`."""

    def __init__(self, timeline: FactTimeline, event: int) -> None:
        self._timeline, self._event = timeline, event
        self._columns = {a.code: place for place, a in enumerate(timeline.guide.attributes)}
        self.entity = {name: entity for entity, name in enumerate(timeline.names)}

    def _change(self, name: str, code: str) -> Change | None:
        change = self._timeline.changed.get((self.entity[name], code))
        return change if change and change.event < self._event else None

    def current(self, name: str, code: str) -> Value:
        change = self._change(name, code)
        values = self._timeline.values[self.entity[name]]
        return change.new if change else values[self._columns[code]]

    def previous(self, name: str, code: str) -> Value | None:
        change = self._change(name, code)
        return change.old if change else None

    def category(self, name: str) -> str:
        return self._timeline.categories[self.entity[name]]

    def members(self, categories: Iterable[str]) -> list[str]:
        members, names = self._timeline.members_by(self._event), self._timeline.names
        return [names[entity] for category in categories for entity in members[category]]

    def related(self, name: str, relation: Relation) -> list[str]:
        edges = self.edges(name, relation)
        return [target if source == name else source for source, target in edges]

    def edges(self, name: str, relation: Relation) -> list[tuple[str, str]]:
        """The relations of an entity that documents have stated: (source, target)."""
        names = self._timeline.names
        return [
            (names[source], names[target])
            for source, code, target in self._timeline.edges_at(self.entity[name])
            if code == relation.code and (names[source] == name or relation.symmetric)
            if self.is_shown(names[source])
        ]

    def is_shown(self, name: str) -> bool:
        """Whether a document about the entity has been shown."""
        return self._timeline.shown[self.entity[name]] < self._event


class QuestionSampler:
    """Draws what a question is about, as of an event, by the importance that the guide states.

    A draw that fails raises Unanswerable.
    """

    def __init__(self, timeline: FactTimeline, event: int, stream: Stream) -> None:
        self.timeline, self.event, self.stream = timeline, event, stream
        self.guide = timeline.guide
        self.facts = FactsAt(timeline, event)
        self.known = Known(timeline.guide, self.facts)
        order = timeline.guide.categories
        members = timeline.members_by(event)
        self._members = {name: [timeline.names[e] for e in members[name]] for name in order}
        self._open = [name for name in order if self._members[name]]
        categories, self._attribute_weights = timeline.weights()
        self._category_weights = [categories[order.index(name)] for name in self._open]
        self.absent = ""
        """A name that no document states."""
        self.asked: Container[object] = ()
        """Changed facts, as (entity, code), that are not to be asked again."""

    def entity(self) -> str:
        """A random entity; its category is drawn by importance."""
        category = self.stream.weighted(self._open, self._category_weights)
        return self.stream.choice(self._members[category])

    def attribute(self, *kinds: Kind, but: Container[str] = ()) -> Attribute:
        """A random attribute of these kinds, or of any kind, by importance."""
        pairs = [
            (a, weight)
            for a, weight in zip(self.guide.attributes, self._attribute_weights, strict=True)
            if (not kinds or a.kind in kinds) and a.code not in but
        ]
        return self.stream.weighted([a for a, _ in pairs], [weight for _, weight in pairs])

    def label(self, attribute: Attribute) -> str:
        """The label or the alias of an attribute, at random."""
        return attribute.alias if self.stream.below(3) == 0 else attribute.label

    def direction(self) -> tuple[str]:
        """ "highest" or "lowest" at random."""
        return ("highest" if self.stream.below(2) else "lowest",)

    def entities(self, k: int, but: Container[str] = ()) -> Query:
        """k different entities by importance, in 12 k + 60 draws."""
        names: dict[str, None] = {}
        for _ in range(12 * k + 60):
            name = self.entity()
            if name not in but:
                names[name] = None
            if len(names) == k:
                return Query(tuple(names))
        raise Unanswerable(k)

    def change(self, accepts: Callable[[Change], bool]) -> Query:
        """A fact whose change before this event is accepted."""
        changes = [c for c in self.timeline.changes if c.event < self.event and accepts(c)]
        if not changes:
            raise Unanswerable(self.event)
        change = self.stream.choice(changes)
        return Query((self.timeline.names[change.entity],), (change.code,))

    def scope(self, *, many: bool = False) -> Query:
        """5 to 12 entities: a category, a union of few categories (two or more if `many`), or else
        a list of names."""
        order = [self.stream.weighted(self._open, self._category_weights)]
        rest = [name for name in self._open if name not in order]
        self.stream.shuffle(rest)
        chosen: list[str] = []
        members: list[str] = []
        for category in order + rest:
            chosen.append(category)
            members += self._members[category]
            if len(members) > LARGEST:
                break
            if len(members) >= SMALLEST and (len(chosen) > 1 or not many):
                return Query(tuple(members), categories=tuple(sorted(chosen)), size=len(members))
        size = SMALLEST + self.stream.below(4)
        return Query(self.entities(size).names, size=size)

    def related(self, least: int, most: int) -> Query:
        """An entity with `least` to `most` related ones, all of which have been shown."""
        names, sources = self.timeline.names, self.timeline.sources
        for _ in range(40):
            name = names[self.stream.choice(sources)] if sources else self.entity()
            relation = self.stream.choice(self.guide.relations)
            others = self.facts.related(name, relation)
            if least <= len(others) <= most and all(map(self.facts.is_shown, [name, *others])):
                return Query((name,), relations=(relation.code,))
        raise Unanswerable(least, most)
