"""What questions ask, as nested steps from the entities that they name, and in which words.

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
_PICKED = {
    "founding year": ("was founded later", "was founded earlier"),
    "birth year": ("was born later", "was born earlier"),
    "weight": ("is heavier", "is lighter"),
    "population": ("is more populous", "is less populous"),
}
"""Of who has more, and of who has less."""
FORMS = {
    YEAR: "a year",
    COUNT: "a whole number, without a unit",
    "instrument": "the full name of an instrument",
    **{kind: f"the full name of a {kind}" for kind in KINDS if kind != "instrument"},
}
"""What is answered, by the kind of what is asked for."""


def shapes(hops: int) -> tuple[str, ...]:
    """The shapes that a question of that many hops may have."""
    return tuple(shape for shape, (least, _) in _SHAPES.items() if least <= hops)


def program(stream: Stream, shape: str, hops: int) -> Query:
    """A random program of that shape with exactly that many look-ups."""
    while True:
        made = _SHAPES[shape][1](stream, hops)
        if made and _temporal(made) == (shape == "temporal"):
            return made


def kind_of(made: Query) -> str:
    """The kind of what a program finds: of an entity, YEAR or COUNT."""
    match made:
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


def _temporal(made: Query) -> bool:
    match made:
        case GrammarStep(key, of):
            return key == TERM or _temporal(of)
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
    key = stream.choice(tuple(_PICKED))
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
"""The fewest hops of each shape, and what makes a program of it."""
_FREE = tuple(RELATIONS.values())
_COUNTS = tuple(one for one in _FREE if one.value == COUNT)


def _to_kind(stream: Stream, kind: str, steps: int) -> Query | None:
    if not steps:
        return Start(kind)
    ends = tuple(one for one in _FREE if one.value == kind)
    return _walk(stream, Start(stream.choice(KINDS)), steps, ends)


def _walk(
    stream: Stream, made: Query, steps: int, ends: tuple[FunctionalRelation, ...]
) -> Query | None:
    """The program taken that many steps further, the last by one of `ends`; None at a dead end."""
    for left in range(steps, 0, -1):
        options = _next(made)
        if left == 1:
            options = [(one, inverse) for one, inverse in options if one in ends and not inverse]
        else:
            options = [(one, inverse) for one, inverse in options if inverse or not one.numeric]
        if not options:
            return None
        relation, inverse = stream.choice(options)
        month = stream.between(2021 * 12, 2031 * 12) if relation.key == TERM else 0
        made = GrammarStep(relation.key, made, inverse, month)
    return made


def _next(made: Query) -> list[tuple[FunctionalRelation, bool]]:
    """The steps that lead on, none back along a fact that was used."""
    kind = kind_of(made)
    match made:
        case GrammarStep(key) | Pick(key):
            spent = {key}
        case Shared():
            spent = {"employer", "inventor"}
        case _:
            spent = set()
    onward = [(one, False) for one in of_kind(kind) if one.key not in spent]
    return onward + [(one, True) for one in into_kind(kind) if one.key not in spent]


def question(stream: Stream, program: Query, starts: list[str]) -> str:
    """A program in words; `starts` are the entities that it names."""
    phrase = _phrase(stream, program, iter(starts))
    kind = kind_of(program)
    asks = {"person": "Who is", YEAR: "What is", COUNT: "What is"}.get(kind, f"Which {kind} is")
    return f"{asks} {phrase}?"


def step_words(stream: Stream, key: str, month: int, *, inverse: bool) -> str:
    """One step in words, which what it starts from is to follow."""
    relation = RELATIONS[key]
    words = stream.choice(relation.whose if inverse else relation.asked)
    return words.format(month=month_text(month))


def _phrase(stream: Stream, program: Query, starts: Iterator[str]) -> str:
    def told(part: Query) -> str:
        return _phrase(stream, part, starts)

    match program:
        case Start():
            return next(starts)
        case GrammarStep(key, of, inverse, month):
            return f"{step_words(stream, key, month, inverse=inverse)} {told(of)}"
        case Pick(key, least, left, right):
            return f"whichever of {told(left)} and {told(right)} {_PICKED[key][least]}"
        case Shared(laboratory, basis):
            place = f"the person who belongs to {told(laboratory)}"
            return f"{place} and devised a method derived from {told(basis)}"
        case Total(left, right, minus):
            sides = f"{told(left)} and {told(right)}"
            return f"{'the difference between' if minus else 'the sum of'} {sides}"
