"""What stands in the way of an answer, and the crowd around it.

Distractors come by kind; each dial adds documents of its own kind alone. The crowd is further
documents that name the entities of the question, its siblings and its near misses; they grow with
the corpus, so that who searches a longer one finds more that misleads.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, count, cycle, islice, repeat

from memorygym.rng import Stream
from memorygym.tracks.research.dealing.graph import Claim, Lookup
from memorygym.tracks.research.dealing.prose import (
    AUTHORITY,
    DAYS,
    FIRST_DAY,
    GENRES,
    Document,
    written,
)
from memorygym.tracks.research.dealing.relations import RELATIONS, TERM, of_kind
from memorygym.tracks.research.dealing.turns import Distractor, Plan, search


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
            turn, one = stream.choice(plan.turns), make(stream, plan, hop)
            turn.documents.append(one.document)
            plan.distractors.append(one)


def _hops(stream: Stream, plan: Plan, make: Callable[..., Distractor]) -> Iterator[int]:
    """The look-ups to interfere with, all of them once before any comes again."""
    hops = list(range(1, len(plan.chain.lookups) + 1))
    if make is _conflict:
        hops = [hop for hop in hops if _lower(plan, hop)]
    stream.shuffle(hops)
    return cycle(hops)


def _red_herring(stream: Stream, plan: Plan) -> None:
    """A search for what a look-up asks for, of an entity that is no part of the question."""
    hop = stream.between(1, len(plan.chain.lookups))
    lookup = _likened(plan, plan.chain.lookups[hop - 1])
    document = written(stream, [lookup.claim])
    turn = search(stream, lookup, [document])
    turn.red_herring = True
    plan.turns.append(turn)
    plan.distractors.append(Distractor("dead_end", document, hop))


def _near_miss(stream: Stream, plan: Plan, hop: int) -> Distractor:
    """The same relation of an entity with a similar name."""
    claim = _likened(plan, plan.chain.lookups[hop - 1]).claim
    return Distractor("sibling_near_miss", written(stream, [claim]), hop)


def _likened(plan: Plan, lookup: Lookup) -> Lookup:
    """A look-up with a similar name in place of the one it starts from."""
    graph, claim = plan.graph, lookup.claim
    relation = RELATIONS[claim.relation]
    if lookup.inverse:
        asked = graph.names.near(claim.value, relation.value)
        claim = claim._replace(subject=graph.names.new(claim.kind), value=asked)
    else:
        asked = graph.names.near(claim.subject, claim.kind)
        claim = claim._replace(subject=asked, value=graph.other(relation))
    return lookup._replace(claim=claim, operation="lookup")


def _other_time(stream: Stream, plan: Plan, hop: int) -> Distractor:
    """What held earlier: by a document of the same genre, or in another term."""
    support = plan.supports[hop - 1]
    claim = otherwise(plan, hop)
    earlier = FIRST_DAY + stream.below(support.day - FIRST_DAY)
    if claim.relation == TERM:
        start = claim.start - stream.between(90, 130)
        claim = claim._replace(start=start, end=start + stream.between(10, 40))
    document = written(stream, [claim], support.genre, earlier)
    return Distractor("same_entity", document, hop, "" if claim.relation == TERM else claim.value)


def _conflict(stream: Stream, plan: Plan, hop: int) -> Distractor:
    """A later document of lower authority that says otherwise."""
    support = plan.supports[hop - 1]
    claim = otherwise(plan, hop)
    later = support.day + stream.between(1, FIRST_DAY + DAYS - support.day)
    document = written(stream, [claim], stream.choice(_lower(plan, hop)), later)
    return Distractor("conflicting_authority", document, hop, claim.value)


def _lower(plan: Plan, hop: int) -> list[str]:
    """The genres of lower authority than the document that tells a fact."""
    support = plan.supports[hop - 1]
    kind = plan.chain.lookups[hop - 1].claim.kind
    return [one for one in GENRES[kind] if AUTHORITY[one] < AUTHORITY[support.genre]]


def otherwise(plan: Plan, hop: int) -> Claim:
    """The fact of a look-up with another value, by which a comparison comes out otherwise."""
    lookup = plan.chain.lookups[hop - 1]
    relation, span = RELATIONS[lookup.claim.relation], None
    if lookup.operation == "compare":
        pair = [one for one in plan.chain.lookups if one.operation == "compare"]
        other = int(pair[lookup is pair[0]].claim.value)
        low, high = relation.span
        is_less = int(lookup.claim.value) < other
        span = (other + 1, high) if is_less else (low, other - 1)
    return lookup.claim._replace(value=plan.graph.other(relation, span))


def _paraphrase(stream: Stream, plan: Plan, hop: int) -> Distractor:
    """A document in the same genre, of the same subject, which leaves the fact out."""
    claim, support = plan.chain.lookups[hop - 1].claim, plan.supports[hop - 1]
    near = plan.aside(claim, 1) or [_likened(plan, plan.chain.lookups[hop - 1]).claim]
    return Distractor("overlap", written(stream, near, support.genre), hop)


_OLDER, _MENTIONS = 0.04, 0.1
"""Shares of the crowd: what held earlier, and mentions; the rest tells other keys."""
_MOST = 5040
"""The weight of whoever is written of most; that of the n-th is this over n."""
_NEAR = 0.2
"""How often other keys are told of a near miss."""


@dataclass(frozen=True, slots=True)
class _Support:
    lookup: Lookup
    document: Document
    hop: int
    """Of the question itself; 0: of a sibling."""


class Crowd:
    """Deals the documents of the crowd: none tells a needed fact, or what outranks one."""

    def __init__(self, stream: Stream, plan: Plan) -> None:
        self._stream, self._plan = stream, plan
        self._supports = [*map(_Support, plan.chain.lookups, plan.supports, count(1))]
        siblings = [one.document for one in plan.distractors if one.source == "sibling_chain"]
        lookups = [lookup for chain in plan.siblings for lookup in chain.lookups]
        self._supports += map(_Support, lookups, siblings, repeat(0))
        stream.shuffle(self._supports)
        self._fame = list(accumulate(_MOST // rank for rank in range(1, len(self._supports) + 1)))
        near = (one.document for one in plan.distractors if one.source == "sibling_near_miss")
        named = (entity for document in near for entity in _entities(document.claims[0]))
        self._near = list(dict.fromkeys(named))
        chains = (plan.chain, *plan.siblings)
        needed = [claim for chain in chains for claim in chain.facts]
        needed += [claim for chain in chains for _, claim in chain.beside]
        self._needed = {(claim.subject, claim.relation) for claim in needed}
        self._asides: dict[tuple[str, str], Claim] = {}
        for turn in plan.turns:
            for document in turn.documents:
                for claim in document.claims:
                    self._asides.setdefault((claim.subject, claim.relation), claim)
        self._waiting: list[Distractor] = []

    def next(self) -> Distractor:
        """The next document. Who takes one and leaves all others leaves nothing undecided."""
        if self._waiting:
            return self._waiting.pop()
        support = self._famed()
        if self._stream.chance(_OLDER):
            return self._older(support)
        if not self._stream.chance(_MENTIONS / (1 - _OLDER)):
            near = self._near and self._stream.chance(_NEAR)
            entities = self._near if near else list(_entities(support.lookup.claim))
            if asides := self._others(*self._stream.choice(entities)):
                return Distractor("crowd", written(self._stream, asides))
        return Distractor("crowd", self._mention(support.lookup))

    def _famed(self) -> _Support:
        """Fame is uneven: the first of them is written of twice as much as the second."""
        return self._supports[bisect(self._fame, self._stream.below(self._fame[-1]))]

    def _others(self, name: str, kind: str) -> list[Claim]:
        """Some claims of other keys of an entity; each comes again with the same value."""
        keys = [
            one for one in of_kind(kind) if one.key != TERM and (name, one.key) not in self._needed
        ]
        chosen = self._stream.sample(keys, min(len(keys), self._stream.between(1, 3)))
        for relation in chosen:
            if (name, relation.key) not in self._asides:
                self._asides[name, relation.key] = self._plan.graph.aside(name, relation)
        return [self._asides[name, relation.key] for relation in chosen]

    def _mention(self, lookup: Lookup) -> Document:
        """A document about something else, which names an entity in the words of a search."""
        document = written(self._stream, self._plan.graph.profile())
        untold = RELATIONS[lookup.claim.relation].untold
        said = untold[lookup.inverse].format(s=lookup.asked)
        at = self._stream.below(len(document.sentences) + 1)
        told = document.sentences
        return replace(document, sentences=(*told[:at], said, *told[at:]))

    def _older(self, support: _Support) -> Distractor:
        """What was told of a look-up before, and is outranked."""
        if support.lookup.inverse:
            return self._withdrawn(support.lookup)
        stream, claim = self._stream, support.lookup.claim
        genre = stream.choice([
            one for one in GENRES[claim.kind]
            if AUTHORITY[one] <= AUTHORITY[support.document.genre]
        ])  # fmt: skip
        lower = AUTHORITY[genre] < AUTHORITY[support.document.genre]
        days = DAYS - 1 if lower else support.document.day - FIRST_DAY - 1
        day = FIRST_DAY + stream.between(0, days)
        if support.hop:
            other = otherwise(self._plan, support.hop)
        else:
            other = claim._replace(value=self._plan.graph.other(RELATIONS[claim.relation]))
        beside = self._others(claim.subject, claim.kind)[: stream.below(3)]
        document = written(stream, [other, *beside], genre, day)
        return Distractor("crowd", document, support.hop, other.value if support.hop else "")

    def _withdrawn(self, lookup: Lookup) -> Distractor:
        """Something else of which the same was told, until a later document corrected that: the
        correction comes first, so that it is there whatever is left out."""
        stream, claim = self._stream, lookup.claim
        told = claim._replace(subject=self._plan.graph.names.new(claim.kind))
        true = told._replace(value=self._plan.graph.other(RELATIONS[claim.relation]))
        genre, day = stream.choice(GENRES[claim.kind]), stream.between(0, DAYS - 2)
        later = stream.between(day + 1, DAYS - 1)
        self._waiting.append(Distractor("crowd", written(stream, [told], genre, FIRST_DAY + day)))
        return Distractor("crowd", written(stream, [true], genre, FIRST_DAY + later))


def _entities(claim: Claim) -> Iterator[tuple[str, str]]:
    """Those that a claim names, and their kinds."""
    yield claim.subject, claim.kind
    if (kind := RELATIONS[claim.relation].value) in GENRES:
        yield claim.value, kind
