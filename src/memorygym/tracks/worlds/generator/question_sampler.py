"""The facts at one event, and the random draws that all kinds of questions share."""

from collections.abc import Callable, Container
from dataclasses import replace
from functools import cached_property

from memorygym.core.rng import Stream
from memorygym.core.statements import CATEGORY, StatementIndex
from memorygym.tracks.worlds.answers import KnownFacts, TooFewEntities, Unanswerable
from memorygym.tracks.worlds.facts import Attribute, Kind, Query
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import Change

SMALLEST, LARGEST = 5, 12
"""Least and most entities in the scope of a question about a set."""

CLUES = 3
"""Most facts that describe an entity."""
BESIDE = 0.7
"""Share of the descriptions whose facts come from the documents that state what is asked."""


class QuestionSampler:
    """Draws what a question is about, as of an event, by the importance that the guide states.

    A draw that fails raises Unanswerable.
    """

    def __init__(self, timeline: FactTimeline, event: int, stream: Stream) -> None:
        self.timeline, self.event, self.stream = timeline, event, stream
        self.guide = timeline.guide
        order = timeline.guide.categories
        self._members = timeline.members_by(event)
        self._open = [name for name in order if self._members[name]]
        categories, self._attribute_weights = timeline.weights()
        self._category_weights = [categories[order.index(name)] for name in self._open]
        self.absent = ""
        """A name that no document states."""
        self.asked: Container[object] = ()
        """Changed facts, as (entity, code), that are not to be asked again."""
        self.describes = False
        """Whether questions describe their entity instead of naming it."""

    @cached_property
    def facts(self) -> StatementIndex:
        """What was stated before the event."""
        return self.timeline.known.only(range(self.event))

    @cached_property
    def known(self) -> KnownFacts:
        """The facts from which the truth is computed."""
        return KnownFacts(self.guide, self.facts)

    def is_shown(self, name: str) -> bool:
        """Whether a document that states the entity's category was shown before the event."""
        return self.timeline.events[name, CATEGORY] < self.event

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
        raise TooFewEntities(k)

    def change(self, accepts: Callable[[Change], bool]) -> Query:
        """A fact whose change before this event is accepted."""
        changes = [c for c in self.timeline.changes if c.event < self.event and accepts(c)]
        if not changes:
            raise Unanswerable(self.event)
        fact = self.stream.choice(changes).new
        return Query((fact.subject,), (fact.key,))

    def ever_changes(self, query: Query) -> bool:
        """Whether the fact that a query is about changes at any event."""
        return (query.names[0], query.codes[0]) in self.timeline.changed

    def described(self, query: Query) -> Query:
        """A query about one entity, with one to three facts that describe it. Raises Unanswerable
        if it has too few, or if they do not tell it from the others."""
        (name,), asked = query.names, {*query.codes, *query.relations}
        facts = [
            fact
            for key, fact in self.facts.about(name).items()
            if key not in asked
            and (name, key) not in self.timeline.changed
            and self._describes(key)
        ]
        if self.stream.bernoulli(BESIDE):
            events = {self.timeline.events.get((name, key)) for key in asked}
            facts = [fact for fact in facts if self.timeline.events[name, fact.key] in events]
        clues = 1 + self.stream.below(CLUES)
        if len(facts) < clues:
            raise Unanswerable(name)
        chosen = self.stream.sample(facts, clues)
        query = replace(query, clues=tuple([(fact.key, fact.value) for fact in chosen]))
        return self.known.described(query)

    def _describes(self, key: str) -> bool:
        """Whether a fact of that key can describe an entity."""
        is_word = key == CATEGORY or self.guide.relation(key)
        return bool(is_word) or self.guide.attribute(key).kind in ("enum", "date", "text")

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
        sources = self.timeline.sources
        for _ in range(40):
            name = self.stream.choice(sources) if sources else self.entity()
            relation = self.stream.choice(self.guide.relations)
            others = self.facts.related(name, relation.code, symmetric=relation.symmetric)
            if least <= len(others) <= most and all(map(self.is_shown, [name, *others])):
                return Query((name,), relations=(relation.code,))
        raise Unanswerable(least, most)
