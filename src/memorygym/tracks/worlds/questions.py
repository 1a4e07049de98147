"""The kinds of questions: of each, its text, what it is asked about, and its answer.

A kind is one entry of KINDS. The generator writes the question from the text and the reader parses
it with the same text; the generator computes the truth and the reader its answer with the same
function, one from all facts before the question, the other from what it has read.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import TYPE_CHECKING

from memorygym.tracks.worlds.answers import Answer, Facts, Known, Unknown, number
from memorygym.tracks.worlds.facts import TREND_LABELS, Attribute, Guide, Kind, Query

if TYPE_CHECKING:  # A reader needs no generator.
    from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler

NAMED = 5
"""Most entities that a question names, apart from one that lists its scope."""
TOP = 3
"""Entities that `cross_category` picks."""
NUMBER: tuple[Kind, ...] = ("int", "float")
PLAIN = "What does the record of {name} give for {a0}?\nPlease state the entry of {name} for {a0}."
TRICK = (
    "Do the documents give {name} an entry for {a0}, and if so, which?\n"
    "Is there any entry of {name} for {a0}? If there is, state it."
)


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """A kind of question, with everything that generator and reader know about it."""

    name: str
    """What a query calls it; kinds that the reader need not tell apart share it."""
    text: str
    """Its wordings, one a line. {name}, {names} and {scope} are entities; {a0}, {a1} and {a2}
    attributes; {v0} and {v1} values that a0 and a1 are compared with; {r0} and {r1} relations;
    {flag} is "highest" or "lowest"; {noun}, {plural}, {much} and {points} follow from these."""
    draw: "Callable[[QuestionSampler], Query | None]"
    """The arguments of a question, or None if the draw gives none that is fair."""
    answer: Callable[[Known, Query], Answer]
    """The answer; raises Unknown if a fact that it needs is unknown, or if two are right."""
    competency: str = "reasoning"
    trick: str = ""
    """Wordings that doubt whether there is an entry."""
    needs_category: bool = False
    """Whether it needs the groups of the entities that it names."""
    needs_previous: bool = False
    """Whether it needs the values before a change, too."""


def answer_of(guide: Guide, query: Query, facts: Facts, *, careless: bool = False) -> str | None:
    """The answer to a query, or None if a needed fact is unknown."""
    kind = next(kind for kind in KINDS.values() if kind.name == query.kind)
    try:
        return kind.answer(Known(guide, facts, careless=careless), query).text
    except Unknown:
        return None


# ---- One entity ----


def _draw_unchanged(sampler: "QuestionSampler") -> Query | None:
    name, a = sampler.entity(), sampler.attribute()
    return None if sampler.ever_changes(name, a.code) else Query((name,), (a.code,))


def _draw_update(sampler: "QuestionSampler") -> Query | None:
    """A change that no question has asked about yet."""
    return sampler.change(lambda change: sampler.fact(change) not in sampler.asked)


def _draw_absent(sampler: "QuestionSampler") -> Query:
    return Query((sampler.absent,), (sampler.attribute().code,))


def _value(known: Known, query: Query) -> Answer:
    (name,), (code,) = query.names, query.codes
    return Answer(known.show(name, code), name, code)


def _draw_delta(sampler: "QuestionSampler") -> Query | None:
    """Changes whose correction states the size are left out."""
    return sampler.change(lambda change: isinstance(change.new, int) and not change.relative)


def _delta(known: Known, query: Query) -> Answer:
    (name,), (code,) = query.names, query.codes
    size = abs(known.number(name, code) - known.previous(name, code))
    return Answer(known.guide.attribute(code).number(size), name, code)


def _draw_before(sampler: "QuestionSampler") -> Query | None:
    return sampler.change(lambda change: isinstance(change.new, int))


def _before(known: Known, query: Query) -> Answer:
    (name,), (code,) = query.names, query.codes
    return Answer(known.guide.attribute(code).number(known.previous(name, code)), name, code)


def _draw_ratio(sampler: "QuestionSampler") -> Query | None:
    labels = sampler.stream.choice(sampler.timeline.template.ratios)
    codes = [a.code for label in labels for a in sampler.guide.attributes if a.label == label]
    query = Query((sampler.entity(),), tuple(codes))
    return query if _quotient(sampler.known, query) >= 1 else None


def _quotient(known: Known, query: Query) -> Fraction:
    (name,), attributes = query.names, map(known.guide.attribute, query.codes)
    first, second = (Fraction(known.number(name, a.code), 10**a.decimals) for a in attributes)
    if not second:
        raise Unknown(name)
    return first / second


def _ratio(known: Known, query: Query) -> Answer:
    return Answer(f"{float(_quotient(known, query)):.2f}", query.names[0], query.codes[0])


def _draw_trend(sampler: "QuestionSampler") -> Query | None:
    """A change that is clearly on one side of every bound."""
    query = Query((sampler.entity(),), (sampler.attribute("series").code,))
    size = abs(_percent(sampler.known, query))
    near = abs(size - 3) < 1 or abs(size - 15) < 1 or size < Fraction(1, 2)
    return None if near else query


def _percent(known: Known, query: Query) -> Fraction:
    """The change of a series in percent of its first value."""
    values = known.series(query.names[0], query.codes[0])
    if not values[0]:
        raise Unknown(query.names[0])
    return Fraction(100 * (values[-1] - values[0]), values[0])


def _trend(known: Known, query: Query) -> Answer:
    percent = _percent(known, query)
    label = TREND_LABELS[sum((percent >= -15, percent >= -3, percent > 3, percent > 15))]
    return Answer(f"{label} ({float(percent):.2f}%)", query.names[0], query.codes[0])


def _draw_extreme(sampler: "QuestionSampler") -> Query:
    name, a = sampler.entity(), sampler.attribute("series")
    return Query((name,), (a.code,), flags=sampler.direction())


def _extreme(known: Known, query: Query) -> Answer:
    (name,), (code,) = query.names, query.codes
    values = dict(enumerate(known.series(name, code), 1))
    period = known.best(values, query.flags[0])
    shown = known.guide.attribute(code).number(values[period])
    return Answer(f"{period} ({shown})", name, code)


# ---- A few named entities ----


def _draw_best(sampler: "QuestionSampler") -> Query:
    names, a = sampler.entities(NAMED), sampler.attribute(*NUMBER)
    return Query(names, (a.code,), flags=sampler.direction())


def _best(known: Known, query: Query) -> Answer:
    numbers = known.numbers(query.names, query.codes[0])
    return known.named(known.best(numbers, query.flags[0]), query.codes[0])


def _draw_gap(sampler: "QuestionSampler") -> Query:
    return Query(sampler.entities(2), (sampler.attribute(*NUMBER).code,))


def _gap(known: Known, query: Query) -> Answer:
    (code,) = query.codes
    numbers = known.numbers(query.names, code)
    winner = known.best(numbers)
    gap = max(numbers.values()) - min(numbers.values())
    return Answer(f"{winner} ({known.guide.attribute(code).number(gap)})", winner, code)


def _draw_outlier(sampler: "QuestionSampler") -> Query:
    return Query(sampler.entities(NAMED), (sampler.attribute(*NUMBER).code,))


def _outlier(known: Known, query: Query) -> Answer:
    (code,) = query.codes
    numbers = known.numbers(query.names, code)
    mean = Fraction(sum(numbers.values()), len(numbers))
    gaps = {name: abs(figure - mean) for name, figure in numbers.items()}
    winner = known.best(gaps)
    return Answer(f"{winner} ({_scaled(known.guide.attribute(code), gaps[winner])})", winner, code)


def _scaled(a: Attribute, value: Fraction) -> str:
    """A computed figure; one that is not whole gets one decimal more than the attribute has."""
    if value.denominator == 1:
        return a.number(int(value))
    shown = f"{float(value / 10**a.decimals):,.{a.decimals + 1}f}"
    return f"{a.prefix}{shown}{a.suffix}"


def _draw_groups(sampler: "QuestionSampler") -> Query | None:
    """Two or three groups, of which the best has several members."""
    names = sampler.entities(NAMED)
    if len({sampler.known.category(name) for name in names}) not in (2, 3):
        return None
    a = sampler.attribute(*NUMBER)
    query = Query(names, (a.code, sampler.attribute(*NUMBER, but=[a.code]).code))
    return query if len(_best_group(sampler.known, query)) > 1 else None


def _best_group(known: Known, query: Query) -> list[str]:
    """The named members of the group with the highest mean."""
    groups: dict[str, dict[str, int]] = {}
    for name, figure in known.numbers(query.names, query.codes[0]).items():
        groups.setdefault(known.category(name), {})[name] = figure
    means = {
        group: Fraction(sum(figures.values()), len(figures)) for group, figures in groups.items()
    }
    return list(groups[known.best(means)])


def _groups(known: Known, query: Query) -> Answer:
    first, code = query.codes
    numbers = {name: known.number(name, code) for name in known.numbers(query.names, first)}
    group = _best_group(known, query)
    return known.named(known.best({name: numbers[name] for name in group}), code)


# ---- A set of 5 to 12 entities, whose size the question states ----


def _bound(sampler: "QuestionSampler", names: Sequence[str], a: Attribute, rank: int) -> int:
    """A bound between the `rank` highest members and the rest; Unknown if the gap is too small."""
    values = sorted(sampler.known.numbers(names, a.code).values(), reverse=True)
    gap = values[rank - 1] - values[rank]
    if gap < 4:
        raise Unknown(a.label)
    return values[rank] + gap // 2


def _draw_total(sampler: "QuestionSampler") -> Query | None:
    scope, a = sampler.scope(), sampler.attribute("int")
    return scope and replace(scope, codes=(a.code,))


def _total(known: Known, query: Query) -> Answer:
    names, (code,) = known.scope(query), query.codes
    total = sum(known.numbers(names, code).values())
    return Answer(known.guide.attribute(code).number(total), names[0], code)


def _draw_top(sampler: "QuestionSampler") -> Query | None:
    scope, a = sampler.scope(many=True), sampler.attribute(*NUMBER)
    if scope is None:
        return None
    b = sampler.attribute("int", but=[a.code])
    _bound(sampler, scope.names, a, TOP)
    return replace(scope, codes=(a.code, b.code))


def _top(known: Known, query: Query) -> Answer:
    first, code = query.codes
    ranks = known.numbers(known.scope(query), first)
    top = sorted(ranks, key=lambda name: -ranks[name])[:TOP]
    total = sum(known.numbers(top, code).values())
    return Answer(known.guide.attribute(code).number(total), top[0], code)


def _draw_conditional(sampler: "QuestionSampler") -> Query | None:
    scope, a = sampler.scope(), sampler.attribute(*NUMBER)
    if scope is None:
        return None
    b = sampler.attribute(*NUMBER, but=[a.code])
    bound = _bound(sampler, scope.names, a, len(scope.names) // 2)
    codes = (a.code, b.code)
    return replace(scope, codes=codes, bounds=(bound,), flags=sampler.direction())


def _conditional(known: Known, query: Query) -> Answer:
    (first, code), (bound,) = query.codes, map(number, query.bounds)
    figures = known.numbers(known.scope(query), first)
    above = [name for name, figure in figures.items() if figure > bound]
    return known.named(known.best(known.numbers(above, code), query.flags[0]), code)


def _draw_constraints(sampler: "QuestionSampler") -> Query | None:
    scope, a = sampler.scope(), sampler.attribute(*NUMBER)
    if scope is None:
        return None
    b = sampler.attribute(*NUMBER, but=[a.code])
    c = sampler.attribute("int", but=[a.code, b.code])
    size = len(scope.names)
    low = _bound(sampler, scope.names, a, size - size // 3)
    high = _bound(sampler, scope.names, b, size // 3)
    return replace(scope, codes=(a.code, b.code, c.code), bounds=(low, high))


def _constraints(known: Known, query: Query) -> Answer:
    names, (low, high) = known.scope(query), map(number, query.bounds)
    first, second = (known.numbers(names, code) for code in query.codes[:2])
    matches = [n for n in names if first.get(n, low) > low and second.get(n, high) < high]
    code = query.codes[2]
    shown = known.guide.attribute(code).number(sum(known.numbers(matches, code).values()))
    return Answer(f"{len(matches)} ({shown})", matches[0], code)


def _draw_match(sampler: "QuestionSampler", kind: Kind) -> Query | None:
    scope, a = sampler.scope(), sampler.attribute(kind)
    if scope is None:
        return None
    b = sampler.attribute("int", "float", "date")
    words = str(sampler.known.value(sampler.stream.choice(scope.names), a.code)).split()
    word = sampler.stream.choice(words) if kind == "text" else words[0]
    return replace(scope, codes=(a.code, b.code), bounds=(word,))


def _match(known: Known, query: Query) -> Answer:
    texts = known.values(known.scope(query), query.codes[0])
    matches = [name for name, text in texts.items() if query.bounds[0] in str(text).split()]
    if len(matches) != 1:
        raise Unknown(query.bounds)
    return known.named(matches[0], query.codes[1])


# ---- Relations; a symmetric one holds in both directions ----


def _draw_lookup(sampler: "QuestionSampler") -> Query | None:
    return sampler.related(1, 1)


def _lookup(known: Known, query: Query) -> Answer:
    (name,), (relation,) = query.names, query.relations
    return Answer(known.only_related(name, relation), name, known.guide.key_attributes[0])


def _draw_hop(sampler: "QuestionSampler") -> Query | None:
    query = sampler.related(1, 1)
    return query and replace(query, codes=(sampler.attribute(*NUMBER, "date", "text").code,))


def _hop(known: Known, query: Query) -> Answer:
    other, (code,) = known.only_related(query.names[0], query.relations[0]), query.codes
    return Answer(known.show(other, code), other, code)


def _draw_chain(sampler: "QuestionSampler") -> Query | None:
    """A chain that does not lead back."""
    start = sampler.related(1, 1)
    if start is None:
        return None
    second = sampler.stream.choice(sampler.guide.relations)
    query = replace(start, relations=(*start.relations, second.code))
    last = _end(sampler.known, query)
    if last == query.names[0] or not sampler.facts.is_shown(last):
        return None
    return replace(query, codes=(sampler.attribute(*NUMBER).code,))


def _end(known: Known, query: Query) -> str:
    """The entity that the relations of a chain lead to."""
    name = query.names[0]
    for relation in query.relations:
        name = known.only_related(name, relation)
    return name


def _chain(known: Known, query: Query) -> Answer:
    return known.named(_end(known, query), query.codes[0])


def _draw_count(sampler: "QuestionSampler") -> Query | None:
    return sampler.related(2, 5)


def _count(known: Known, query: Query) -> Answer:
    others = known.related(query.names[0], query.relations[0])
    text = f"{len(others)} ({', '.join(others)})"
    return Answer(text, query.names[0], known.guide.key_attributes[0])


def _draw_best_related(sampler: "QuestionSampler") -> Query | None:
    query = sampler.related(2, 5)
    return query and replace(query, codes=(sampler.attribute(*NUMBER).code,))


def _best_related(known: Known, query: Query) -> Answer:
    others, (code,) = known.related(query.names[0], query.relations[0]), query.codes
    return known.named(known.best(known.numbers(others, code)), code)


KINDS: Mapping[str, QuestionKind] = {
    "retrieval": QuestionKind("value", PLAIN, _draw_unchanged, _value, "retrieval", TRICK),
    "update": QuestionKind("value", PLAIN, _draw_update, _value, "update"),
    "abstention": QuestionKind("value", PLAIN, _draw_absent, _value, "abstention", TRICK),
    "synthesis": QuestionKind(
        "best",
        "Which of {names} has the {flag} entry for {a0}? Answer as NAME (VALUE).",
        _draw_best,
        _best,
    ),
    "aggregation": QuestionKind(
        "total", "Across {scope}, what is the sum of the entries for {a0}?", _draw_total, _total
    ),
    "cross_category": QuestionKind(
        "top",
        "Of {scope}, take the three with the highest entries for {a0}: what is the sum of their"
        " entries for {a1}?",
        _draw_top,
        _top,
    ),
    "conditional": QuestionKind(
        "conditional",
        "Among {scope}, look only at those with an entry above {v0} for {a0}: which has the {flag}"
        " entry for {a1}? Answer as NAME (VALUE).",
        _draw_conditional,
        _conditional,
    ),
    "ratio": QuestionKind(
        "ratio",
        "For {name}, divide the entry for {a0} by the entry for {a1}: what is the quotient, to two"
        " decimals?",
        _draw_ratio,
        _ratio,
    ),
    "comparison": QuestionKind(
        "gap",
        "Which of {names} has the higher entry for {a0}, and by how much? Answer as NAME"
        " (DIFFERENCE{points}).",
        _draw_gap,
        _gap,
    ),
    "multi_hop": QuestionKind(
        "groups",
        "Sort {names} by their groups and take the group whose mean entry for {a0} is highest:"
        " which of its members named here has the highest entry for {a1}? Answer as NAME (VALUE).",
        _draw_groups,
        _groups,
        needs_category=True,
    ),
    "outlier": QuestionKind(
        "outlier",
        "Which of {names} lies farthest from their mean entry for {a0}, and by how much? Answer as"
        " NAME (DEVIATION{points}), with one decimal more than the entries have.",
        _draw_outlier,
        _outlier,
    ),
    "delta": QuestionKind(
        "delta",
        "The entry of {name} for {a0} was changed. By how {much} did it move, as an amount without"
        " a sign?",
        _draw_delta,
        _delta,
        needs_previous=True,
    ),
    "counterfactual": QuestionKind(
        "before",
        "The entry of {name} for {a0} was changed. What would it be without the change?",
        _draw_before,
        _before,
        needs_previous=True,
    ),
    "multi_constraint": QuestionKind(
        "constraints",
        "Among {scope}, how many have an entry above {v0} for {a0} and one below {v1} for {a1}, and"
        " what is the sum of their entries for {a2}? Answer as COUNT (SUM).",
        _draw_constraints,
        _constraints,
    ),
    "relationship_lookup": QuestionKind(
        "lookup",
        'Complete the sentence "{name} {r0} ...": which {noun} is it? Answer as NAME.',
        _draw_lookup,
        _lookup,
    ),
    "relationship_hop": QuestionKind(
        "hop",
        'Take the {noun} that completes "{name} {r0} ...". What is the entry for {a0} under that'
        " name?",
        _draw_hop,
        _hop,
    ),
    "relationship_chain": QuestionKind(
        "chain",
        'Follow "{name} {r0} ..." and from there "... {r1} ...": which {noun} do you reach, and'
        " what is the entry for {a0} under that name? Answer as NAME (VALUE).",
        _draw_chain,
        _chain,
    ),
    "relationship_count": QuestionKind(
        "count",
        'How many {plural} complete the sentence "{name} {r0} ...", and which? Answer as COUNT'
        " (NAMES).",
        _draw_count,
        _count,
    ),
    "relationship_filter": QuestionKind(
        "best_related",
        'Of all {plural} that complete "{name} {r0} ...", which has the highest entry for {a0}?'
        " Answer as NAME (VALUE).",
        _draw_best_related,
        _best_related,
    ),
    "temporal_trend": QuestionKind(
        "trend",
        "From the first to the last period, how does the entry of {name} for {a0} move: strongly"
        " rising (by more than 15 %), slightly rising (more than 3 %), flat, slightly falling or"
        " strongly falling? Answer as LABEL (CHANGE IN %), with two decimals.",
        _draw_trend,
        _trend,
    ),
    "temporal_extreme": QuestionKind(
        "extreme",
        "In which period, counted from 1, is the entry of {name} for {a0} {flag}, and what is it"
        " then? Answer as PERIOD (VALUE).",
        _draw_extreme,
        _extreme,
    ),
    "text_match": QuestionKind(
        "match",
        'Among {scope}, which has the word "{v0}" in the entry for {a0}, and what is the entry for'
        " {a1} there? Answer as NAME (VALUE).",
        partial(_draw_match, kind="text"),
        _match,
    ),
    "enum_filter": QuestionKind(
        "match",
        'Among {scope}, which has "{v0}" as the entry for {a0}, and what is the entry for {a1}'
        " there? Answer as NAME (VALUE).",
        partial(_draw_match, kind="enum"),
        _match,
    ),
}
"""The kinds of questions by question type, the name under which results list them."""
REASONING = [name for name, kind in KINDS.items() if kind.competency == "reasoning"]
"""The twenty question types that combine facts."""
