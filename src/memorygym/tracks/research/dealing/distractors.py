"""What stands in the way of an answer, by kind; each dial adds documents of its own kind alone."""

from collections.abc import Callable, Iterator
from itertools import cycle, islice

from memorygym.rng import Stream
from memorygym.tracks.research.dealing.graph import Claim, Lookup
from memorygym.tracks.research.dealing.programs import Start, Step
from memorygym.tracks.research.dealing.prose import AUTHORITY, DAYS, FIRST_DAY, GENRES, written
from memorygym.tracks.research.dealing.relations import RELATIONS, TERM, Relation
from memorygym.tracks.research.dealing.turns import Distractor, Plan, Turn, search


def distract(stream: Stream, plan: Plan) -> None:
    """Adds what the dials ask for; each distractor stands in a random turn."""
    dials = plan.settings.dials
    for _ in range(dials.red_herring):
        _red_herring(stream, plan)
    for make, many in (
        (_near_miss, dials.near_miss),
        (_other_time, dials.other_time),
        (_conflict, dials.conflict),
        (_paraphrase, dials.paraphrase),
    ):
        for hop in islice(_hops(stream, plan, make), many):
            _place(plan, make(stream, plan, hop, stream.choice(plan.turns)))


def _hops(stream: Stream, plan: Plan, make: Callable[..., Distractor]) -> Iterator[int]:
    """The look-ups to interfere with, all of them once before any comes again."""
    hops = list(range(1, len(plan.chain.lookups) + 1))
    if make is _conflict:
        hops = [hop for hop in hops if _lower(plan, hop)]
    stream.shuffle(hops)
    return cycle(hops)


def _place(plan: Plan, one: Distractor) -> None:
    one.turn.documents.append(one.document)
    plan.distractors.append(one)


def _red_herring(stream: Stream, plan: Plan) -> None:
    """A search for what a look-up asks for, of an entity that is no part of the question."""
    hop = stream.between(1, len(plan.chain.lookups))
    lookup = _likened(plan, plan.chain.lookups[hop - 1])
    document = written(stream, [lookup.claim])
    turn = search(stream, lookup, [document])
    turn.red_herring = True
    plan.turns.append(turn)
    plan.distractors.append(Distractor("dead_end", document, turn, hop))


def _near_miss(stream: Stream, plan: Plan, hop: int, turn: Turn) -> Distractor:
    """The same relation of an entity with a similar name."""
    claim = _likened(plan, plan.chain.lookups[hop - 1]).claim
    return Distractor("sibling_near_miss", written(stream, [claim]), turn, hop)


def _likened(plan: Plan, lookup: Lookup) -> Lookup:
    """A look-up with a similar name in place of the one it starts from."""
    graph, claim = plan.graph, lookup.claim
    relation = RELATIONS[claim.relation]
    if lookup.step.inverse:
        asked = graph.names.near(claim.value, relation.value)
        claim = claim._replace(subject=graph.names.new(claim.kind), value=asked)
    else:
        asked = graph.names.near(claim.subject, claim.kind)
        claim = claim._replace(subject=asked, value=graph.other(relation))
    step = Step(lookup.step.key, Start(claim.kind), lookup.step.inverse, lookup.step.month)
    return Lookup(claim, step, asked, "lookup")


def _other_time(stream: Stream, plan: Plan, hop: int, turn: Turn) -> Distractor:
    """What held earlier: by a document of the same genre, or in another term."""
    support = plan.supports[hop - 1]
    claim = otherwise(plan, hop)
    earlier = FIRST_DAY + stream.below(support.day - FIRST_DAY)
    if claim.relation == TERM:
        start = claim.start - stream.between(90, 130)
        other = claim._replace(start=start, end=start + stream.between(10, 40))
        document = written(stream, [other], support.genre, earlier)
        return Distractor("same_entity", document, turn, hop)
    document = written(stream, [claim], support.genre, earlier)
    return Distractor("same_entity", document, turn, hop, claim.value)


def _conflict(stream: Stream, plan: Plan, hop: int, turn: Turn) -> Distractor:
    """A later document of lower authority that says otherwise."""
    support = plan.supports[hop - 1]
    claim = otherwise(plan, hop)
    later = support.day + stream.between(1, FIRST_DAY + DAYS - support.day)
    document = written(stream, [claim], stream.choice(_lower(plan, hop)), later)
    return Distractor("conflicting_authority", document, turn, hop, claim.value)


def _lower(plan: Plan, hop: int) -> list[str]:
    """The genres of lower authority than the document that tells a fact."""
    support = plan.supports[hop - 1]
    kind = plan.chain.lookups[hop - 1].claim.kind
    return [one for one in GENRES[kind] if AUTHORITY[one] < AUTHORITY[support.genre]]


def otherwise(plan: Plan, hop: int) -> Claim:
    """The fact of a look-up with another value, by which a comparison comes out otherwise."""
    lookup = plan.chain.lookups[hop - 1]
    relation = RELATIONS[lookup.claim.relation]
    span = _beyond(plan, hop, relation) if lookup.operation == "compare" else None
    return lookup.claim._replace(value=plan.graph.other(relation, span))


def _beyond(plan: Plan, hop: int, relation: Relation) -> tuple[int, int]:
    """The numbers on the other side of what the fact of a look-up is compared with."""
    other = _compared(plan, hop)
    low, high = relation.span
    is_less = int(plan.chain.lookups[hop - 1].claim.value) < other
    return (other + 1, high) if is_less else (low, other - 1)


def _compared(plan: Plan, hop: int) -> int:
    """The number that the fact of a look-up is compared with."""
    pair = [
        int(one.claim.value)
        for at, one in enumerate(plan.chain.lookups, 1)
        if one.operation == "compare" and at != hop
    ]
    return pair[0]


def _paraphrase(stream: Stream, plan: Plan, hop: int, turn: Turn) -> Distractor:
    """A document in the same genre, of the same subject, which leaves the fact out."""
    claim, support = plan.chain.lookups[hop - 1].claim, plan.supports[hop - 1]
    told = plan.told[claim.subject]
    aside = plan.graph.beside(claim.subject, claim.kind, tuple(told), 1)
    told.update(one.relation for one in aside)
    near = aside or [_likened(plan, plan.chain.lookups[hop - 1]).claim]
    return Distractor("overlap", written(stream, near, support.genre), turn, hop)
