"""The crowd: further documents that name the entities of the question, its siblings and its near
misses; they grow with the corpus, so that who searches a longer one finds more that misleads."""

from bisect import bisect
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from memorygym.rng import Stream
from memorygym.tracks.research.dealing.distractors import otherwise
from memorygym.tracks.research.dealing.graph import Claim, Lookup
from memorygym.tracks.research.dealing.prose import (
    AUTHORITY,
    DAYS,
    FIRST_DAY,
    GENRES,
    UNTOLD,
    Document,
    written,
)
from memorygym.tracks.research.dealing.relations import RELATIONS, TERM, of_kind
from memorygym.tracks.research.dealing.turns import Plan

_OLDER, _MENTIONS = 0.04, 0.1
"""Shares of the crowd: what held earlier, and mentions; the rest tells other keys."""
_MOST = 5040
"""The weight of whoever is written of most; that of the n-th is this over n."""
_NEAR = 0.2
"""How often other keys are told of a near miss."""


@dataclass(frozen=True, slots=True)
class Crowded:
    """A document of the crowd; which look-up of the question it contradicts, and with what."""

    document: Document
    hop: int = 0
    value: str = ""


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
        self._supports = [
            _Support(lookup, document, hop)
            for hop, (lookup, document) in enumerate(
                zip(plan.chain.lookups, plan.supports, strict=True), 1
            )
        ]
        siblings = [one.document for one in plan.distractors if one.source == "sibling_chain"]
        lookups = [lookup for chain in plan.siblings for lookup in chain.lookups]
        self._supports += map(_Support, lookups, siblings, [0] * len(lookups))
        stream.shuffle(self._supports)
        self._fame = list(accumulate(_MOST // rank for rank in range(1, len(self._supports) + 1)))
        self._near = list(dict.fromkeys(self._near_misses()))
        chains = (plan.chain, *plan.siblings)
        needed = [claim for chain in chains for claim in chain.facts]
        needed += [claim for chain in chains for _, claim in chain.beside]
        self._needed = {(claim.subject, claim.relation) for claim in needed}
        self._asides: dict[tuple[str, str], Claim] = {}
        for turn in plan.turns:
            for document in turn.documents:
                for claim in document.claims:
                    self._asides.setdefault((claim.subject, claim.relation), claim)
        self._waiting: deque[Crowded] = deque()

    def next(self) -> Crowded:
        """The next document. Who takes one and leaves all others leaves nothing undecided."""
        if self._waiting:
            return self._waiting.popleft()
        support = self._famed()
        if self._stream.chance(_OLDER):
            return self._older(support)
        if not self._stream.chance(_MENTIONS / (1 - _OLDER)):
            near = self._near and self._stream.chance(_NEAR)
            entities = self._near if near else list(_entities(support.lookup.claim))
            if asides := self._others(*self._stream.choice(entities)):
                return Crowded(written(self._stream, asides))
        return Crowded(self._mention(support.lookup))

    def _famed(self) -> _Support:
        """Fame is uneven: the first of them is written of twice as much as the second."""
        return self._supports[bisect(self._fame, self._stream.below(self._fame[-1]))]

    def _near_misses(self) -> Iterator[tuple[str, str]]:
        for one in self._plan.distractors:
            if one.source == "sibling_near_miss":
                yield from _entities(one.document.claims[0])

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
        said = UNTOLD[lookup.step.key, lookup.step.inverse].format(s=lookup.asked)
        at = self._stream.below(len(document.sentences) + 1)
        told = document.sentences
        return replace(document, sentences=(*told[:at], said, *told[at:]))

    def _older(self, support: _Support) -> Crowded:
        """What was told of a look-up before, and is outranked."""
        if support.lookup.step.inverse:
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
        return Crowded(document, support.hop, other.value if support.hop else "")

    def _withdrawn(self, lookup: Lookup) -> Crowded:
        """Something else of which the same was told, until a later document corrected that: the
        correction comes first, so that it is there whatever is left out."""
        stream, claim = self._stream, lookup.claim
        told = claim._replace(subject=self._plan.graph.names.new(claim.kind))
        true = told._replace(value=self._plan.graph.other(RELATIONS[claim.relation]))
        genre, day = stream.choice(GENRES[claim.kind]), stream.between(0, DAYS - 2)
        later = stream.between(day + 1, DAYS - 1)
        self._waiting.append(Crowded(written(stream, [told], genre, FIRST_DAY + day)))
        return Crowded(written(stream, [true], genre, FIRST_DAY + later))


def _entities(claim: Claim) -> Iterator[tuple[str, str]]:
    """Those that a claim names, and their kinds."""
    yield claim.subject, claim.kind
    if (kind := RELATIONS[claim.relation].value) in GENRES:
        yield claim.value, kind
