"""Random question programs: nested parts from named entities to the answer."""

from memorygym.core.rng import Stream
from memorygym.tracks.research.questions import Hop, Pick, QuestionPart, Shared, Start, Total
from memorygym.tracks.research.relations import (
    COUNT,
    KINDS,
    RELATIONS,
    TERM,
    YEAR,
    GraphRelation,
    into_kind,
    of_kind,
)

_COMPARED = ("founding year", "birth year", "weight", "population")
"""The relations with words for a comparison, in the order in which they are drawn."""
FORMS = {
    YEAR: "a year",
    COUNT: "a whole number, without a unit",
    "instrument": "the full name of an instrument",
    **{kind: f"the full name of a {kind}" for kind in KINDS if kind != "instrument"},
}
"""The form of the answer, by its kind."""


def shapes(hops: int) -> tuple[str, ...]:
    """The shapes that a question of that many hops may have."""
    return tuple(shape for shape, (least, _) in _SHAPES.items() if least <= hops)


def program(stream: Stream, shape: str, hops: int) -> QuestionPart:
    """A random program of that shape with exactly that many look-ups."""
    while True:
        query = _SHAPES[shape][1](stream, hops)
        if query and _temporal(query) == (shape == "temporal"):
            return query


def _temporal(query: QuestionPart) -> bool:
    is_term = isinstance(query, Hop) and query.key == TERM
    return is_term or any(map(_temporal, query.parts))


def _bridge(stream: Stream, hops: int) -> QuestionPart | None:
    return _walk(stream, Start(stream.choice(KINDS)), hops, (stream.choice(_FREE),))


def _numerical(stream: Stream, hops: int) -> QuestionPart | None:
    first = stream.between(2, hops - 2)
    end = (stream.choice(_COUNTS),)
    left = _walk(stream, Start(stream.choice(KINDS)), first, end)
    right = _walk(stream, Start(stream.choice(KINDS)), hops - first, end)
    return Total(left, right, stream.bernoulli(0.5)) if left and right else None


def _comparison(stream: Stream, hops: int) -> QuestionPart | None:
    key = stream.choice(_COMPARED)
    kind = RELATIONS[key].subject
    after = stream.between(1, hops - 4)
    first = stream.between(1, hops - 3 - after)
    left = _to_kind(stream, kind, first)
    right = _to_kind(stream, kind, hops - 2 - after - first)
    if not (left and right):
        return None
    return _walk(stream, Pick(key, stream.bernoulli(0.5), left, right), after, _FREE)


def _intersection(stream: Stream, hops: int) -> QuestionPart | None:
    after = stream.between(1, hops - 3)
    first = stream.between(0, hops - 3 - after)
    left = _to_kind(stream, "laboratory", first)
    right = _to_kind(stream, "method", hops - 3 - after - first)
    return _walk(stream, Shared(left, right), after, _FREE) if left and right else None


_SHAPES = {
    "bridge": (2, _bridge),
    "temporal": (2, _bridge),
    "numerical": (4, _numerical),
    "intersection": (4, _intersection),
    "comparison": (5, _comparison),
}
"""By shape: its fewest hops, and the function that makes a program of it."""
_FREE = tuple(RELATIONS.values())
_COUNTS = tuple(relation for relation in _FREE if relation.value == COUNT)


def _to_kind(stream: Stream, kind: str, steps: int) -> QuestionPart | None:
    if not steps:
        return Start(kind)
    last_relations = tuple(relation for relation in _FREE if relation.value == kind)
    return _walk(stream, Start(stream.choice(KINDS)), steps, last_relations)


def _walk(
    stream: Stream, query: QuestionPart, steps: int, last_relations: tuple[GraphRelation, ...]
) -> QuestionPart | None:
    """The program taken that many steps further, the last by one of `ends`; None at a dead end."""
    for steps_left in range(steps, 0, -1):
        options = [
            (relation, inverse)
            for relation, inverse in _next(query)
            if (
                inverse or not relation.numeric
                if steps_left > 1
                else relation in last_relations and not inverse
            )
        ]
        if not options:
            return None
        relation, inverse = stream.choice(options)
        month = stream.between(2021 * 12, 2031 * 12) if relation.key == TERM else 0
        query = Hop(relation.key, query, inverse, month)
    return query


def _next(query: QuestionPart) -> list[tuple[GraphRelation, bool]]:
    """The possible next steps; none leads back along a fact that was just used."""
    match query:
        case Hop(key) | Pick(key):
            used = {key}
        case Shared():
            used = {"employer", "inventor"}
        case _:
            used = set()
    forward = [(relation, False) for relation in of_kind(query.kind)]
    back = [(relation, True) for relation in into_kind(query.kind)]
    return [step for step in forward + back if step[0].key not in used]
