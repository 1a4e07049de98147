"""The facts at one event, and the random draws that all question types share."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from memorygym.core.rng import Stream
from memorygym.tracks.worlds.facts import Attribute, Kind, Value, listed
from memorygym.tracks.worlds.generator.fact_timeline import FactTimeline
from memorygym.tracks.worlds.generator.gold import Change, Need

SMALLEST, LARGEST = 5, 12
"""Least and most entities in the scope of a question about a set."""
NAMED = 5
"""Most entities that a question names, apart from one that lists its scope."""


@dataclass(frozen=True, slots=True)
class PlannedQuestion:
    """A question that has no event and no weight yet."""

    text: str
    truth: str
    needs: tuple[Need, ...]
    about: tuple[int, str]
    """The entity and the attribute that decide the weight of the question."""
    rivals: tuple[str, ...] = ()

    @property
    def states_answer(self) -> bool:
        """Whether a bound in the text happens to be the value of the truth."""
        value = self.truth.partition(" (")[2].removesuffix(")") or self.truth
        return value in self.text


@dataclass(frozen=True, slots=True)
class Scope:
    """The entities that a question about a set ranges over, and the words that describe them."""

    members: tuple[int, ...]
    text: str
    by_category: bool

    def needs(self, codes: Iterable[str]) -> tuple[Need, ...]:
        """These attributes of every member, and its category if categories define the scope."""
        keys = ["category", *codes] if self.by_category else list(codes)
        return tuple(Need(member, key) for member in self.members for key in keys)


class QuestionSampler:
    """Draws entities and attributes as of an event, by the importance that the guide states."""

    def __init__(self, timeline: FactTimeline, event: int, stream: Stream) -> None:
        self.timeline = timeline
        self.guide = timeline.guide
        self.event = event
        self.stream = stream
        self._members = timeline.members_by(event)
        self._open = [name for name in timeline.guide.categories if self._members[name]]
        categories, self._attribute_weights = timeline.weights()
        order = timeline.guide.categories
        self._category_weights = [categories[order.index(name)] for name in self._open]

    def entity(self) -> int:
        """A random entity; its category is drawn by importance."""
        category = self.stream.weighted(self._open, self._category_weights)
        return self.stream.choice(self._members[category])

    def entities(self, k: int, accept: Callable[[int], bool] = lambda _: True) -> list[int] | None:
        """k different entities by importance; None if 12 k + 60 draws are not enough."""
        entities: dict[int, None] = {}
        for _ in range(12 * k + 60):
            entity = self.entity()
            if accept(entity):
                entities[entity] = None
            if len(entities) == k:
                return list(entities)
        return None

    def attribute(self, *kinds: Kind, but: Sequence[str] = ()) -> Attribute:
        """A random attribute of these kinds, by importance."""
        pairs = [
            (a, w)
            for a, w in zip(self.guide.attributes, self._attribute_weights, strict=True)
            if a.kind in kinds and a.code not in but
        ]
        return self.stream.weighted([a for a, _ in pairs], [w for _, w in pairs])

    def label(self, attribute: Attribute) -> str:
        """The label or the alias of an attribute, at random."""
        return attribute.alias if self.stream.below(3) == 0 else attribute.label

    def name(self, entity: int) -> str:
        """The name of an entity."""
        return self.timeline.names[entity]

    def value(self, entity: int, code: str) -> Value:
        """The value of a fact at this event."""
        change = self.timeline.changed.get((entity, code))
        if change and change.event < self.event:
            return change.new
        return self.timeline.values[entity][ord(code) - 97]

    def number(self, entity: int, code: str) -> int:
        """The value of a numeric attribute."""
        value = self.value(entity, code)
        assert isinstance(value, int)
        return value

    def show(self, entity: int, code: str) -> str:
        """The value as it is displayed."""
        return self.guide.attribute(code).show(self.value(entity, code))

    def changed(self) -> list[Change]:
        """The changes before this event."""
        return [change for change in self.timeline.changes if change.event < self.event]

    def scope(self, *, many: bool = False) -> Scope | None:
        """5 to 12 entities: a category, a union of few categories (two or more if `many`), or else
        a list of names. None if too few names are drawn."""
        order = [self.stream.weighted(self._open, self._category_weights)]
        rest = [name for name in self._open if name not in order]
        self.stream.shuffle(rest)
        chosen: list[str] = []
        members: list[int] = []
        for category in order + rest:
            chosen.append(category)
            members += self._members[category]
            if len(members) > LARGEST:
                break
            if len(members) >= SMALLEST and (len(chosen) > 1 or not many):
                groups = [f"'{name}'" for name in sorted(chosen)]
                words = f"groups {listed(groups)}" if len(groups) > 1 else f"group {groups[0]}"
                text = f"the {len(members)} {self.guide.plural} of the {words}"
                return Scope(tuple(members), text, by_category=True)
        picked = self.entities(SMALLEST + self.stream.below(4))
        if picked is None:
            return None
        names = "; ".join(self.name(entity) for entity in picked)
        return Scope(tuple(picked), f"these {len(picked)} {self.guide.plural} ({names})", False)

    def best(self, members: Iterable[int], code: str, *, highest: bool = True) -> int | None:
        """The member with the extreme value; None if two share it."""
        ranked = sorted(members, key=lambda entity: self.number(entity, code), reverse=highest)
        if len(ranked) > 1 and self.number(ranked[0], code) == self.number(ranked[1], code):
            return None
        return ranked[0] if ranked else None

    def winner(self, entity: int, code: str) -> str:
        """An answer of the form NAME (VALUE)."""
        return f"{self.name(entity)} ({self.show(entity, code)})"

    def direction(self) -> tuple[str, bool]:
        """ "highest" or "lowest" at random, and whether it is "highest"."""
        highest = bool(self.stream.below(2))
        return ("highest" if highest else "lowest"), highest
