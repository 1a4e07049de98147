"""What stands in the way of an answer, and the crowd around it.

Distractors come by kind; each dial adds documents of its own kind alone. The crowd is further
documents that name the entities of the question, its siblings and its near misses; they grow with
the corpus, so that who searches a longer one finds more that misleads.
"""

from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import accumulate, cycle, islice

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
from memorygym.tracks.research.dealing.turns import Distractor, Plan, Support, search


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
        for support in islice(_supports(stream, plan, make), many):
            turn, one = stream.choice(plan.turns), make(stream, plan, support)
            turn.documents.append(one.document)
            plan.distractors.append(one)


def _supports(stream: Stream, plan: Plan, make: Callable[..., Distractor]) -> Iterator[Support]:
    """The look-ups to interfere with, all of them once before any comes again."""
    supports = [one for one in plan.supports if one.hop]
    if make is _conflict:
        supports = [one for one in supports if _lower(one)]
    stream.shuffle(supports)
    return cycle(supports)


def _red_herring(stream: Stream, plan: Plan) -> None:
    """A search for what a look-up asks for, of an entity that is no part of the question."""
    hop = stream.between(1, len(plan.chain.lookups))
    lookup = _likened(plan, plan.chain.lookups[hop - 1])
    document = written(stream, [lookup.claim])
    turn = search(stream, lookup, [document])
    turn.red_herring = True
    plan.turns.append(turn)
    plan.distractors.append(Distractor("dead_end", document, hop))


def _near_miss(stream: Stream, plan: Plan, support: Support) -> Distractor:
    """The same relation of an entity with a similar name."""
    document = written(stream, [_likened(plan, support.lookup).claim])
    return Distractor("sibling_near_miss", document, support.hop)


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


def _other_time(stream: Stream, plan: Plan, support: Support) -> Distractor:
    """What held earlier: by a document of the same genre, or in another term."""
    claim = otherwise(plan, support)
    earlier = FIRST_DAY + stream.below(support.document.day - FIRST_DAY)
    value = claim.value
    if claim.relation == TERM:
        start, value = claim.start - stream.between(90, 130), ""
        claim = claim._replace(start=start, end=start + stream.between(10, 40))
    document = written(stream, [claim], support.document.genre, earlier)
    return Distractor("same_entity", document, support.hop, value)


def _conflict(stream: Stream, plan: Plan, support: Support) -> Distractor:
    """A later document of lower authority that says otherwise."""
    claim, day = otherwise(plan, support), support.document.day
    later = day + stream.between(1, FIRST_DAY + DAYS - day)
    document = written(stream, [claim], stream.choice(_lower(support)), later)
    return Distractor("conflicting_authority", document, support.hop, claim.value)


def _lower(support: Support) -> list[str]:
    """The genres of lower authority than the document that tells a fact."""
    genres, authority = GENRES[support.lookup.claim.kind], AUTHORITY[support.document.genre]
    return [one for one in genres if AUTHORITY[one] < authority]


def otherwise(plan: Plan, support: Support) -> Claim:
    """The fact of a look-up with another value, by which a comparison comes out otherwise."""
    lookup = support.lookup
    relation, span = RELATIONS[lookup.claim.relation], None
    if support.hop and lookup.operation == "compare":
        pair = [one for one in plan.chain.lookups if one.operation == "compare"]
        other = int(pair[lookup is pair[0]].claim.value)
        low, high = relation.span
        is_less = int(lookup.claim.value) < other
        span = (other + 1, high) if is_less else (low, other - 1)
    return lookup.claim._replace(value=plan.graph.other(relation, span))


def _paraphrase(stream: Stream, plan: Plan, support: Support) -> Distractor:
    """A document in the same genre, of the same subject, which leaves the fact out."""
    near = plan.aside(support.lookup.claim, 1) or [_likened(plan, support.lookup).claim]
    return Distractor("overlap", written(stream, near, support.document.genre), support.hop)


_OLDER, _MENTIONS = 0.04, 0.1
"""Shares of the crowd: what held earlier, and mentions; the rest tells other keys."""
_MOST = 5040
"""The weight of whoever is written of most; that of the n-th is this over n."""
_NEAR = 0.2
"""How often other keys are told of a near miss."""


class Crowd:
    """Deals the documents of the crowd: none tells a needed fact, or what outranks one."""

    def __init__(self, stream: Stream, plan: Plan) -> None:
        self._stream, self._plan = stream, plan
        self._supports = list(plan.supports)
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

    def _famed(self) -> Support:
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

    def _older(self, support: Support) -> Distractor:
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
        other = otherwise(self._plan, support)
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
