"""Question programs: nested steps from the named entities, and their wording.

Questions and sub-queries are phrases that nest to the right.
"""

from collections.abc import Iterator

from memorygym.core.rng import Stream
from memorygym.tracks.research.generator.relations import (
    COUNT,
    KINDS,
    RELATIONS,
    TERM,
    YEAR,
    FunctionalRelation,
    into_kind,
    of_kind,
)
from memorygym.tracks.research.question_grammar import (
    GrammarStep,
    Pick,
    Query,
    Shared,
    Start,
    Total,
    month_text,
)

LEAST, MOST = 2, 8
"""Hops of a question."""
_COMPARISONS = {
    "founding year": ("was founded later", "was founded earlier"),
    "birth year": ("was born later", "was born earlier"),
    "weight": ("is heavier", "is lighter"),
    "population": ("is more populous", "is less populous"),
}
"""By key: the words for the larger value, and for the smaller."""
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


def program(stream: Stream, shape: str, hops: int) -> Query:
    """A random program of that shape with exactly that many look-ups."""
    while True:
        query = _SHAPES[shape][1](stream, hops)
        if query and _temporal(query) == (shape == "temporal"):
            return query


def kind_of(query: Query) -> str:
    """The kind of a program's answer: a kind of entity, YEAR or COUNT."""
    match query:
        case Start(kind):
            return kind
        case GrammarStep(key, _, inverse):
            relation = RELATIONS[key]
            return relation.subject if inverse else relation.value
        case Pick(key):
            return RELATIONS[key].subject
        case Shared():
            return "person"
        case Total():
            return COUNT


def _temporal(query: Query) -> bool:
    match query:
        case GrammarStep(key, inner):
            return key == TERM or _temporal(inner)
        case Pick(_, _, left, right) | Total(left, right) | Shared(left, right):
            return _temporal(left) or _temporal(right)
    return False


def _bridge(stream: Stream, hops: int) -> Query | None:
    return _walk(stream, Start(stream.choice(KINDS)), hops, (stream.choice(_FREE),))


def _numerical(stream: Stream, hops: int) -> Query | None:
    first = stream.between(2, hops - 2)
    end = (stream.choice(_COUNTS),)
    left = _walk(stream, Start(stream.choice(KINDS)), first, end)
    right = _walk(stream, Start(stream.choice(KINDS)), hops - first, end)
    return Total(left, right, stream.bernoulli(0.5)) if left and right else None


def _comparison(stream: Stream, hops: int) -> Query | None:
    key = stream.choice(tuple(_COMPARISONS))
    kind = RELATIONS[key].subject
    after = stream.between(1, hops - 4)
    first = stream.between(1, hops - 3 - after)
    left = _to_kind(stream, kind, first)
    right = _to_kind(stream, kind, hops - 2 - after - first)
    if not (left and right):
        return None
    return _walk(stream, Pick(key, stream.bernoulli(0.5), left, right), after, _FREE)


def _intersection(stream: Stream, hops: int) -> Query | None:
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


def _to_kind(stream: Stream, kind: str, steps: int) -> Query | None:
    if not steps:
        return Start(kind)
    last_relations = tuple(relation for relation in _FREE if relation.value == kind)
    return _walk(stream, Start(stream.choice(KINDS)), steps, last_relations)


def _walk(
    stream: Stream, query: Query, steps: int, last_relations: tuple[FunctionalRelation, ...]
) -> Query | None:
    """The program taken that many steps further, the last by one of `ends`; None at a dead end."""
    for steps_left in range(steps, 0, -1):
        options = _next(query)
        if steps_left == 1:
            options = [
                (relation, inverse)
                for relation, inverse in options
                if relation in last_relations and not inverse
            ]
        else:
            options = [
                (relation, inverse)
                for relation, inverse in options
                if inverse or not relation.numeric
            ]
        if not options:
            return None
        relation, inverse = stream.choice(options)
        month = stream.between(2021 * 12, 2031 * 12) if relation.key == TERM else 0
        query = GrammarStep(relation.key, query, inverse, month)
    return query


def _next(query: Query) -> list[tuple[FunctionalRelation, bool]]:
    """The possible next steps; none leads back along a fact that was just used."""
    kind = kind_of(query)
    match query:
        case GrammarStep(key) | Pick(key):
            used = {key}
        case Shared():
            used = {"employer", "inventor"}
        case _:
            used = set()
    forward = [(relation, False) for relation in of_kind(kind) if relation.key not in used]
    return forward + [(relation, True) for relation in into_kind(kind) if relation.key not in used]


def render_question(stream: Stream, query: Query, starts: list[str]) -> str:
    """The text of a question; `starts` are the entities that it names."""
    phrase = _phrase(stream, query, iter(starts))
    kind = kind_of(query)
    asks = {"person": "Who is", YEAR: "What is", COUNT: "What is"}.get(kind, f"Which {kind} is")
    return f"{asks} {phrase}?"


def step_words(stream: Stream, key: str, month: int, *, inverse: bool) -> str:
    """One step in words; the entity that it starts from follows them."""
    relation = RELATIONS[key]
    words = stream.choice(relation.subject_phrases if inverse else relation.value_phrases)
    return words.format(month=month_text(month))


def _phrase(stream: Stream, query: Query, starts: Iterator[str]) -> str:
    def words(part: Query) -> str:
        return _phrase(stream, part, starts)

    match query:
        case Start():
            return next(starts)
        case GrammarStep(key, inner, inverse, month):
            return f"{step_words(stream, key, month, inverse=inverse)} {words(inner)}"
        case Pick(key, least, left, right):
            return f"whichever of {words(left)} and {words(right)} {_COMPARISONS[key][least]}"
        case Shared(laboratory, basis):
            place = f"the person who belongs to {words(laboratory)}"
            return f"{place} and devised a method derived from {words(basis)}"
        case Total(left, right, minus):
            sides = f"{words(left)} and {words(right)}"
            return f"{'the difference between' if minus else 'the sum of'} {sides}"
