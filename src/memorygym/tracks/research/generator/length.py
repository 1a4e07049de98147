"""Fills the turns of an instance with further documents to exactly the length it is to have.

Some of them are a crowd around the answer: they name the entities of the question, its siblings and
its near misses, and grow with the corpus, so that who searches a longer one finds more that
misleads.
"""

from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import accumulate

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.research.generator.graph import Claim, Lookup
from memorygym.tracks.research.generator.prose import DAYS, FIRST_DAY, Document, genres, written
from memorygym.tracks.research.generator.relations import KINDS, RELATIONS, TERM, of_kind
from memorygym.tracks.research.generator.search_turns import (
    Distractor,
    Plan,
    Support,
    otherwise,
    search,
)
from memorygym.tracks.research.generator.task_texts import briefing_text

LARGEST = 10_000_000
"""Tokens of the longest instance."""
_BETWEEN = 2
"""Tokens of a blank line."""
_ROOM = 400
"""Tokens that hold any document."""
_CLOSE = 30
"""Tokens that may be left."""
_OLDER, _MENTIONS = 0.04, 0.1
"""Shares of the crowd: what held earlier, and mentions; the rest tells other keys."""
_MOST = 5040
"""The weight of whoever is written of most; that of the n-th is this over n."""
_NEAR = 0.2
"""How often other keys are told of a near miss."""


def add_turns(stream: Stream, plan: Plan) -> None:
    """Turns about other entities, so that none need be larger than a search is."""
    size = 3_000 if plan.settings.tokens <= 1_000_000 else 5_800
    while len(plan.turns) * size < plan.settings.tokens:
        document = written(stream, plan.graph.profile())
        claim = stream.choice(document.claims)
        month = (claim.start + claim.end) // 2 if claim.relation == TERM else 0
        plan.turns.append(search(stream, Lookup(claim, "lookup", month=month), [document]))


def fill(stream: Stream, plan: Plan) -> int:
    """Adds documents up to the length of the settings; returns the tokens that are shown."""
    settings, turns = plan.settings, plan.turns
    weights = [min(settings.shown, len(turns) - at) for at in range(len(turns))]
    spent = least(plan)
    if spent > settings.tokens * 1.01:
        raise BadSettings(unreachable(settings.tokens, settings.hops, spent))
    crowd = DistractorGenerator(stream, plan)
    costs = [[count(one.text) + _BETWEEN for one in turn.documents] for turn in turns]
    heap = [(sum(own), at) for at, own in enumerate(costs)]
    heapify(heap)
    while settings.tokens - spent > _CLOSE and heap:
        size, at = heappop(heap)
        room = (settings.tokens - spent) // weights[at] - _BETWEEN
        if room > _ROOM and stream.below(100) < settings.crowded:
            plan.distractors.append(crowd.next())
            document = plan.distractors[-1].document
        else:
            document = written(stream, plan.graph.profile())
        while (cost := count(document.text)) > room and document.sentences:
            document = replace(document, sentences=document.sentences[:-1])
        if not document.sentences:
            continue
        turns[at].documents.append(document)
        spent += weights[at] * (cost + _BETWEEN)
        heappush(heap, (size + cost, at))
    for turn in turns:
        stream.shuffle(turn.documents)
    return spent


def least(plan: Plan) -> int:
    """The tokens that are shown before anything is added."""
    texts = list(plan.files.values())
    if plan.settings.reveal == "immediate":
        texts.append(briefing_text(len(plan.turns) + 2, plan.question))
    return sum(map(count, texts))


def unreachable(tokens: int, hops: int, least: int) -> str:
    """Why a length cannot be had, and which can."""
    return (
        f"tokens {tokens:,} is too short for {hops} hops with these distractors; "
        f"reachable are about {least:,} to {LARGEST:,}"
    )


class DistractorGenerator:
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
        if self._stream.bernoulli(_OLDER):
            return self._older(support)
        if not self._stream.bernoulli(_MENTIONS / (1 - _OLDER)):
            near = self._near and self._stream.bernoulli(_NEAR)
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
        genre = stream.choice(genres(claim.kind, most=support.document.authority))
        days = DAYS - 1 if genre in support.lower else support.document.day - FIRST_DAY - 1
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
        genre, day = stream.choice(genres(claim.kind)), stream.between(0, DAYS - 2)
        later = stream.between(day + 1, DAYS - 1)
        self._waiting.append(Distractor("crowd", written(stream, [told], genre, FIRST_DAY + day)))
        return Distractor("crowd", written(stream, [true], genre, FIRST_DAY + later))


def _entities(claim: Claim) -> Iterator[tuple[str, str]]:
    """Those that a claim names, and their kinds."""
    yield claim.subject, claim.kind
    if (kind := RELATIONS[claim.relation].value) in KINDS:
        yield claim.value, kind
