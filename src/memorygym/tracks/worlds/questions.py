"""The kinds of questions: of each, its text, what it is asked about, and its answer.

A kind is one entry of KINDS. The generator writes a question from the text and the reader parses
it with the same text. One function gives the truth, from all facts before the question, and the
answer of a reader, from what it has read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from memorygym.core.statements import StatementIndex, Value
from memorygym.tracks._qa.questions import Found, Missing
from memorygym.tracks.worlds.answers import (
    Conclusion,
    KnownFacts,
    TooFewEntities,
    Unanswerable,
    as_number,
)
from memorygym.tracks.worlds.facts import TREND_LABELS, Guide, Kind, Query

if TYPE_CHECKING:  # A reader needs no generator.
    from memorygym.tracks.worlds.generator.question_sampler import QuestionSampler

NAMED = 5
"""Most entities that a question names, apart from one that lists its scope."""
TOP = 3
"""Entities that `cross_category` picks."""


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """A kind of question, with everything that generator and reader know about it."""

    name: str
    """What a query calls it; kinds that a reader need not tell apart share it."""
    text: str
    """Its wordings, one a line. {name}, {names} and {scope} are entities; {a0}, {a1} and {a2}
    attributes; {v0} and {v1} values that a0 and a1 are compared with; {r0} and {r1} relations;
    {flag} is "highest" or "lowest"; {noun}, {plural}, {much} and {points} follow from these."""
    start: "Callable[[QuestionSampler], Query]"
    """Draws the entities that it is about."""
    attributes: tuple[tuple[Kind, ...], ...]
    """Of each attribute that it is about: the kinds that it may have; all if there are none."""
    answer: Callable[[KnownFacts, Query], Conclusion]
    """The answer. Raises Unanswerable if a needed fact is unknown, or if two answers are right."""
    bounds: "Callable[[QuestionSampler, Query], tuple[Value, ...]]" = lambda *_: ()
    """What {v0} and {v1} stand for."""
    is_fair: "Callable[[QuestionSampler, Query], bool]" = lambda *_: True
    """Whether it may be asked, apart from having an answer."""
    competency: str = "reasoning"
    trick: str = ""
    """Wordings that doubt whether there is an entry."""
    needs_category: bool = False
    """Whether it needs the groups of the entities that it names."""
    needs_previous: bool = False
    """Whether it needs the values before a change, too."""
    one_record: bool = False
    """Whether the current record of one entity answers it."""

    @property
    def has_value(self) -> bool:
        """Whether its answer has a value, rather than names alone."""
        return "{a0}" in self.text

    def draw(self, sampler: "QuestionSampler") -> Query:
        """The arguments of a question. Raises Unanswerable if these make no fair question."""
        try:
            query = self.start(sampler)
        except TooFewEntities:  # These draws keep tasks of two to four entities as they were.
            if self.start is not _grouped:
                sampler.attribute(*self.attributes[0])
                if "{flag}" in self.text and len(self.attributes) == 1:
                    sampler.direction()
            raise
        for kinds in self.attributes:
            code = sampler.attribute(*kinds, but=query.codes).code
            query = replace(query, codes=(*query.codes, code))
        query = replace(query, bounds=self.bounds(sampler, query))
        if not self.is_fair(sampler, query):
            raise Unanswerable(query)
        return replace(query, flags=sampler.direction()) if "{flag}" in self.text else query


def kind_of(query: Query) -> QuestionKind:
    """The kind of a query; of those that share a name, the first."""
    return next(kind for kind in KINDS.values() if kind.name == query.kind)


def answer_of(
    guide: Guide, query: Query, facts: StatementIndex, *, careless: bool = False
) -> Found | Missing:
    """The answer to a query, or what is known of it; the track's memories are not searched."""
    known = KnownFacts(guide, facts, careless=careless)
    try:
        answer = kind_of(query).answer(known, known.described(query)).text
    except Unanswerable:
        return Missing("", tuple(known.used))
    return Found(answer, tuple(known.used))


# ---- One entity ----


def _value(known: KnownFacts, query: Query) -> Conclusion:
    return known.shown(query.names[0], query.codes[0])


def _no_entry(_: KnownFacts, query: Query) -> Conclusion:
    return Conclusion("ABSTAIN", query.names[0], query.codes[0])


def _delta(known: KnownFacts, query: Query) -> Conclusion:
    fact = query.names[0], query.codes[0]
    return known.figure(abs(known.number(*fact) - known.previous(*fact)), *fact)


def _before(known: KnownFacts, query: Query) -> Conclusion:
    fact = query.names[0], query.codes[0]
    return known.figure(known.previous(*fact), *fact)


def _ratio_start(sampler: "QuestionSampler") -> Query:
    labels = sampler.stream.choice(sampler.timeline.template.ratios)
    codes = {a.label: a.code for a in sampler.guide.attributes}
    return Query((sampler.entity(),), tuple(codes[label] for label in labels))


def _quotient(known: KnownFacts, query: Query) -> Fraction:
    (name,), attributes = query.names, map(known.guide.attribute, query.codes)
    first, second = (Fraction(known.number(name, a.code), 10**a.decimals) for a in attributes)
    if not second:
        raise Unanswerable(name)
    return first / second


def _ratio(known: KnownFacts, query: Query) -> Conclusion:
    return Conclusion(f"{float(_quotient(known, query)):.2f}", query.names[0], query.codes[0])


def _series(known: KnownFacts, query: Query) -> tuple[int, ...]:
    values = known.value(query.names[0], query.codes[0])
    if not isinstance(values, tuple):
        raise Unanswerable(values)
    return values


def _percent(known: KnownFacts, query: Query) -> Fraction:
    """The change of a series in percent of its first value."""
    values = _series(known, query)
    if not values[0]:
        raise Unanswerable(values)
    return Fraction(100 * (values[-1] - values[0]), values[0])


def _is_clear(known: KnownFacts, query: Query) -> bool:
    """Whether a trend is far from the bounds of its label."""
    size = abs(_percent(known, query))
    return abs(size - 3) >= 1 and abs(size - 15) >= 1 and size >= Fraction(1, 2)


def _trend(known: KnownFacts, query: Query) -> Conclusion:
    percent = _percent(known, query)
    label = TREND_LABELS[sum((percent >= -15, percent >= -3, percent > 3, percent > 15))]
    return Conclusion(f"{label} ({float(percent):.2f}%)", query.names[0], query.codes[0])


def _extreme(known: KnownFacts, query: Query) -> Conclusion:
    values = dict(enumerate(_series(known, query), 1))
    period = known.best(values, query.flags[0])
    return known.figure(values[period], query.names[0], query.codes[0], f"{period} ({{}})")


# ---- A few named entities ----


def _best(known: KnownFacts, query: Query) -> Conclusion:
    numbers = known.numbers(query.names, query.codes[0])
    return known.named(known.best(numbers, query.flags[0]), query.codes[0])


def _gap(known: KnownFacts, query: Query) -> Conclusion:
    numbers = known.numbers(query.names, query.codes[0])
    winner = known.best(numbers)
    gap = max(numbers.values()) - min(numbers.values())
    return known.figure(gap, winner, query.codes[0], f"{winner} ({{}})")


def _outlier(known: KnownFacts, query: Query) -> Conclusion:
    """A deviation that is not whole gets one decimal more than the attribute has."""
    a = known.guide.attribute(query.codes[0])
    numbers = known.numbers(query.names, a.code)
    mean = Fraction(sum(numbers.values()), len(numbers))
    gaps = {name: abs(number - mean) for name, number in numbers.items()}
    winner = known.best(gaps)
    if gaps[winner].denominator == 1:
        return known.figure(int(gaps[winner]), winner, a.code, f"{winner} ({{}})")
    shown = f"{float(gaps[winner] / 10**a.decimals):,.{a.decimals + 1}f}"
    return Conclusion(f"{winner} ({a.prefix}{shown}{a.suffix})", winner, a.code)


def _grouped(sampler: "QuestionSampler") -> Query:
    query = sampler.entities(NAMED)
    if len({sampler.known.category(name) for name in query.names}) not in (2, 3):
        raise Unanswerable
    return query


def _best_group(known: KnownFacts, query: Query) -> list[str]:
    """The named members of the group with the highest mean."""
    groups: dict[str, dict[str, int]] = {}
    for name, number in known.numbers(query.names, query.codes[0]).items():
        groups.setdefault(known.category(name), {})[name] = number
    means = {
        group: Fraction(sum(numbers.values()), len(numbers)) for group, numbers in groups.items()
    }
    return list(groups[known.best(means)])


def _groups(known: KnownFacts, query: Query) -> Conclusion:
    first, code = query.codes
    numbers = {name: known.number(name, code) for name in known.numbers(query.names, first)}
    group = _best_group(known, query)
    return known.named(known.best({name: numbers[name] for name in group}), code)


# ---- A set of entities, whose size the question states ----


def _bound(sampler: "QuestionSampler", query: Query, role: int, rank: int) -> int:
    """A bound between the `rank` highest members and the rest, with a gap on both sides."""
    numbers = sampler.known.numbers(query.names, query.codes[role]).values()
    above, below = sorted(numbers, reverse=True)[rank - 1 : rank + 1]
    if above - below < 4:
        raise Unanswerable
    return below + (above - below) // 2


def _total(known: KnownFacts, query: Query) -> Conclusion:
    names, (code,) = known.scope(query), query.codes
    return known.figure(sum(known.numbers(names, code).values()), names[0], code)


def _top(known: KnownFacts, query: Query) -> Conclusion:
    first, code = query.codes
    ranks = known.numbers(known.scope(query), first)
    top = sorted(ranks, key=lambda name: -ranks[name])[:TOP]
    return known.figure(sum(known.numbers(top, code).values()), top[0], code)


def _conditional(known: KnownFacts, query: Query) -> Conclusion:
    (first, code), bound = query.codes, as_number(query.bounds[0])
    numbers = known.numbers(known.scope(query), first)
    above = [name for name, number in numbers.items() if number > bound]
    return known.named(known.best(known.numbers(above, code), query.flags[0]), code)


def _constraints(known: KnownFacts, query: Query) -> Conclusion:
    names, (low, high), code = known.scope(query), map(as_number, query.bounds), query.codes[2]
    first, second = (known.numbers(names, code) for code in query.codes[:2])
    matches = [n for n in names if first.get(n, low) > low and second.get(n, high) < high]
    total = sum(known.numbers(matches, code).values())
    return known.figure(total, matches[0], code, f"{len(matches)} ({{}})")


def _word(sampler: "QuestionSampler", query: Query) -> str:
    """A word of one member; a choice is one word."""
    text = sampler.known.value(sampler.stream.choice(query.names), query.codes[0])
    words = str(text).split()
    return sampler.stream.choice(words) if words[1:] else words[0]


def _match(known: KnownFacts, query: Query) -> Conclusion:
    texts = known.values(known.scope(query), query.codes[0])
    matches = [name for name, text in texts.items() if query.bounds[0] in str(text).split()]
    if len(matches) != 1:
        raise Unanswerable(matches)
    return known.named(matches[0], query.codes[1])


# ---- Relations; a symmetric one holds in both directions ----


def _lookup(known: KnownFacts, query: Query) -> Conclusion:
    return Conclusion(known.only_related(query), query.names[0], known.guide.key_attributes[0])


def _hop(known: KnownFacts, query: Query) -> Conclusion:
    return known.shown(known.only_related(query), query.codes[0])


def _second_relation(sampler: "QuestionSampler") -> Query:
    """A chain of two relations that does not lead back."""
    first = sampler.related(1, 1)
    second = sampler.stream.choice(sampler.guide.relations)
    query = replace(first, relations=(*first.relations, second.code))
    last = sampler.known.only_related(query)
    if last == query.names[0] or not sampler.is_shown(last):
        raise Unanswerable
    return query


def _chain(known: KnownFacts, query: Query) -> Conclusion:
    return known.named(known.only_related(query), query.codes[0])


def _count(known: KnownFacts, query: Query) -> Conclusion:
    others = known.related(query.names[0], query.relations[0])
    text = f"{len(others)} ({', '.join(others)})"
    return Conclusion(text, query.names[0], known.guide.key_attributes[0])


def _best_related(known: KnownFacts, query: Query) -> Conclusion:
    others, (code,) = known.related(query.names[0], query.relations[0]), query.codes
    return known.named(known.best(known.numbers(others, code)), code)


NUMBER: tuple[Kind, ...] = ("int", "float")
PLAIN = "What does the record of {name} give for {a0}?\nPlease state the entry of {name} for {a0}."
TRICK = (
    "Do the documents give {name} an entry for {a0}, and if so, which?\n"
    "Is there any entry of {name} for {a0}? If there is, state it."
)

# fmt: off
KINDS: Mapping[str, QuestionKind] = {
    "retrieval": QuestionKind(
        "value", PLAIN, lambda s: s.entities(1), ((),), _value,
        is_fair=lambda s, q: not s.ever_changes(q), competency="retrieval", trick=TRICK,
        one_record=True),
    "update": QuestionKind(
        "value", PLAIN, lambda s: s.change(lambda c: c.new[:2] not in s.asked), (), _value,
        competency="update", one_record=True),
    "abstention": QuestionKind(
        "value", PLAIN, lambda s: Query((s.absent,)), ((),), _no_entry,
        competency="abstention", trick=TRICK, one_record=True),
    "synthesis": QuestionKind(
        "best", "Which of {names} has the {flag} entry for {a0}? Answer as NAME (VALUE).",
        lambda s: s.entities(NAMED), (NUMBER,), _best),
    "aggregation": QuestionKind(
        "total", "Across {scope}, what is the sum of the entries for {a0}?",
        lambda s: s.scope(), (("int",),), _total),
    "cross_category": QuestionKind(
        "top", "Of {scope}, take the three with the highest entries for {a0}: what is the sum of"
        " their entries for {a1}?",
        lambda s: s.scope(many=True), (NUMBER, ("int",)), _top,
        lambda s, q: (_bound(s, q, 0, TOP),)),
    "conditional": QuestionKind(
        "conditional", "Among {scope}, look only at those with an entry above {v0} for {a0}: which"
        " has the {flag} entry for {a1}? Answer as NAME (VALUE).",
        lambda s: s.scope(), (NUMBER, NUMBER), _conditional,
        lambda s, q: (_bound(s, q, 0, q.size // 2),)),
    "ratio": QuestionKind(
        "ratio", "For {name}, divide the entry for {a0} by the entry for {a1}: what is the"
        " quotient, to two decimals?",
        _ratio_start, (), _ratio, is_fair=lambda s, q: _quotient(s.known, q) >= 1, one_record=True),
    "comparison": QuestionKind(
        "gap", "Which of {names} has the higher entry for {a0}, and by how much? Answer as NAME"
        " (DIFFERENCE{points}).",
        lambda s: s.entities(2), (NUMBER,), _gap),
    "multi_hop": QuestionKind(
        "groups", "Sort {names} by their groups and take the group whose mean entry for {a0} is"
        " highest: which of its members named here has the highest entry for {a1}? Answer as NAME"
        " (VALUE).",
        _grouped, (NUMBER, NUMBER), _groups, needs_category=True,
        is_fair=lambda s, q: len(_best_group(s.known, q)) > 1),
    "outlier": QuestionKind(
        "outlier", "Which of {names} lies farthest from their mean entry for {a0}, and by how much?"
        " Answer as NAME (DEVIATION{points}), with one decimal more than the entries have.",
        lambda s: s.entities(NAMED), (NUMBER,), _outlier),
    "delta": QuestionKind(  # Changes whose correction states the size are left out.
        "delta", "The entry of {name} for {a0} was changed. By how {much} did it move, as an amount"
        " without a sign?",
        lambda s: s.change(lambda c: isinstance(c.new.value, int) and not c.relative), (),
        _delta, needs_previous=True),
    "counterfactual": QuestionKind(
        "before", "The entry of {name} for {a0} was changed. What would it be without the change?",
        lambda s: s.change(lambda c: isinstance(c.new.value, int)), (), _before,
        needs_previous=True),
    "multi_constraint": QuestionKind(
        "constraints", "Among {scope}, how many have an entry above {v0} for {a0} and one below"
        " {v1} for {a1}, and what is the sum of their entries for {a2}? Answer as COUNT (SUM).",
        lambda s: s.scope(), (NUMBER, NUMBER, ("int",)), _constraints,
        lambda s, q: (_bound(s, q, 0, q.size - q.size // 3), _bound(s, q, 1, q.size // 3))),
    "relationship_lookup": QuestionKind(
        "lookup", 'Complete the sentence "{name} {r0} ...": which {noun} is it? Answer as NAME.',
        lambda s: s.related(1, 1), (), _lookup, one_record=True),
    "relationship_hop": QuestionKind(
        "hop", 'Take the {noun} that completes "{name} {r0} ...". What is the entry for {a0} under'
        " that name?",
        lambda s: s.related(1, 1), ((*NUMBER, "date", "text"),), _hop),
    "relationship_chain": QuestionKind(
        "chain", 'Follow "{name} {r0} ..." and from there "... {r1} ...": which {noun} do you'
        " reach, and what is the entry for {a0} under that name? Answer as NAME (VALUE).",
        _second_relation, (NUMBER,), _chain),
    "relationship_count": QuestionKind(
        "count", 'How many {plural} complete the sentence "{name} {r0} ...", and which? Answer as'
        " COUNT (NAMES).",
        lambda s: s.related(2, 5), (), _count),
    "relationship_filter": QuestionKind(
        "best_related", 'Of all {plural} that complete "{name} {r0} ...", which has the highest'
        " entry for {a0}? Answer as NAME (VALUE).",
        lambda s: s.related(2, 5), (NUMBER,), _best_related),
    "temporal_trend": QuestionKind(
        "trend", "From the first to the last period, how does the entry of {name} for {a0} move:"
        " strongly rising (by more than 15 %), slightly rising (more than 3 %), flat, slightly"
        " falling or strongly falling? Answer as LABEL (CHANGE IN %), with two decimals.",
        lambda s: s.entities(1), (("series",),), _trend,
        is_fair=lambda s, q: _is_clear(s.known, q), one_record=True),
    "temporal_extreme": QuestionKind(
        "extreme", "In which period, counted from 1, is the entry of {name} for {a0} {flag}, and"
        " what is it then? Answer as PERIOD (VALUE).",
        lambda s: s.entities(1), (("series",),), _extreme, one_record=True),
    "text_match": QuestionKind(
        "match", 'Among {scope}, which has the word "{v0}" in the entry for {a0}, and what is the'
        " entry for {a1} there? Answer as NAME (VALUE).",
        lambda s: s.scope(), (("text",), ("int", "float", "date")), _match,
        lambda s, q: (_word(s, q),)),
    "enum_filter": QuestionKind(
        "match", 'Among {scope}, which has "{v0}" as the entry for {a0}, and what is the entry for'
        " {a1} there? Answer as NAME (VALUE).",
        lambda s: s.scope(), (("enum",), ("int", "float", "date")), _match,
        lambda s, q: (_word(s, q),)),
}
# fmt: on
"""The kinds of questions by question type, the name under which results list them."""
REASONING = [name for name, kind in KINDS.items() if kind.competency == "reasoning"]
"""The twenty question types that combine facts."""
