"""Adds filler documents to the turns of an instance until it has its target length.

Some of them are distractors that name the entities of the question, its branches and its near
misses. Their number grows with the corpus, so a search in a longer corpus finds more of them.
"""

from bisect import bisect
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import accumulate

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks._qa.verification import NoDraft
from memorygym.tracks.research.generator.graph import GraphClaim, Lookup
from memorygym.tracks.research.generator.prose import (
    DAYS,
    FIRST_DAY,
    MENTIONS,
    Document,
    genres_of,
    write_document,
)
from memorygym.tracks.research.generator.search_turns import (
    Plan,
    Support,
    changed_claim,
)
from memorygym.tracks.research.generator.settings import LARGEST
from memorygym.tracks.research.relations import RELATIONS, TERM, of_kind

_FULLEST = 0.98
"""The largest share of its length that an instance may have before filler is added."""
_BLANK_LINE = 2
"""Tokens of a blank line."""
_LARGEST_DOCUMENT = 400
"""More tokens than any document has."""
_TOLERANCE = 30
"""Most tokens that an instance may be short of its target."""
_OUTDATED_SHARE, _MENTION_SHARE = 0.04, 0.1
"""Shares of the related documents: outdated values, and mentions; the rest state other keys."""
_TOP_WEIGHT = 5040
"""The weight of the most frequent look-up; the n-th has this weight divided by n."""
_NEAR_MISS_SHARE = 0.2
"""How often a related document is about a near miss."""


def fill(stream: Stream, plan: Plan) -> None:
    """Adds documents up to the target length. Raises NoDraft if there are too many already."""
    settings, turns = plan.settings, plan.turns
    views = [min(settings.shown, len(turns) - index) for index in range(len(turns))]
    tokens = plan.tokens
    if tokens > settings.tokens * _FULLEST:
        raise NoDraft(
            f"tokens {settings.tokens:,} is too short for {settings.hops} hops with these "
            f"distractors; reachable are about {tokens:,} to {LARGEST:,}"
        )
    generator = DistractorGenerator(stream, plan)
    costs = [[count(document.text) + _BLANK_LINE for document in turn.documents] for turn in turns]
    heap = [(sum(document_costs), index) for index, document_costs in enumerate(costs)]
    heapify(heap)
    while settings.tokens - tokens > _TOLERANCE and heap:
        size, index = heappop(heap)
        room = (settings.tokens - tokens) // views[index] - _BLANK_LINE
        if room > _LARGEST_DOCUMENT and stream.below(100) < settings.density_percent:
            document = generator.next()
        else:
            document = write_document(stream, plan.graph.profile())
        while (cost := count(document.text)) > room and document.sentences:
            document = replace(document, sentences=document.sentences[:-1])
        if not document.sentences:
            continue
        turns[index].documents.append(document)
        tokens += views[index] * (cost + _BLANK_LINE)
        heappush(heap, (size + cost, index))
    for turn in turns:
        stream.shuffle(turn.documents)


class DistractorGenerator:
    """The generator of related documents: none states a needed fact or a value that outranks it."""

    def __init__(self, stream: Stream, plan: Plan) -> None:
        self._stream, self._graph = stream, plan.graph
        self._supports = [(each, support) for each in plan.all for support in each.supports]
        stream.shuffle(self._supports)
        self._cumulative_weights = list(
            accumulate(_TOP_WEIGHT // rank for rank in range(1, len(self._supports) + 1))
        )
        near_misses = [claim for each in plan.all for claim in each.near_misses]
        entities = (entity for claim in near_misses for entity in claim.entities)
        self._near = list(dict.fromkeys(entities))
        chains = [chain for each in plan.all for chain in (each.chain, *each.branches)]
        needed = [claim for chain in chains for claim in chain.facts]
        needed += [claim for chain in chains for _, claim in chain.companions]
        self._needed = {(claim.subject, claim.relation) for claim in needed}
        self._extra_claims: dict[tuple[str, str], GraphClaim] = {}
        documents = (document for turn in plan.turns for document in turn.documents)
        for claim in (claim for document in documents for claim in document.claims):
            self._extra_claims.setdefault((claim.subject, claim.relation), claim)
        self._waiting: list[Document] = []

    def next(self) -> Document:
        """The next document. The question stays decidable whichever of them are shown."""
        if self._waiting:
            return self._waiting.pop()
        plan, support = self._random_support()
        if self._stream.bernoulli(_OUTDATED_SHARE):
            return self._outdated(plan, support)
        if not self._stream.bernoulli(_MENTION_SHARE / (1 - _OUTDATED_SHARE)):
            is_near_miss = self._near and self._stream.bernoulli(_NEAR_MISS_SHARE)
            entities = self._near if is_near_miss else support.lookup.claim.entities
            if claims := self._further_claims(*self._stream.choice(entities)):
                return write_document(self._stream, claims)
        return self._mention(support.lookup)

    def _random_support(self) -> tuple[Plan, Support]:
        """A random look-up and its plan; the first is drawn twice as often as the second."""
        return self._supports[
            bisect(self._cumulative_weights, self._stream.below(self._cumulative_weights[-1]))
        ]

    def _further_claims(self, name: str, kind: str) -> list[GraphClaim]:
        """Some claims of other keys of an entity; a claim that repeats keeps its value."""
        keys = [
            relation
            for relation in of_kind(kind)
            if relation.key != TERM and (name, relation.key) not in self._needed
        ]
        chosen = self._stream.sample(keys, min(len(keys), self._stream.between(1, 3)))
        for relation in chosen:
            if (name, relation.key) not in self._extra_claims:
                self._extra_claims[name, relation.key] = self._graph.extra_claim(name, relation)
        return [self._extra_claims[name, relation.key] for relation in chosen]

    def _mention(self, lookup: Lookup) -> Document:
        """A document about something else that mentions an entity in the words of a search."""
        document = write_document(self._stream, self._graph.profile())
        mentions = RELATIONS[lookup.claim.relation].mentions
        is_value = lookup.inverse and len(mentions) > 1
        name = lookup.start if is_value else lookup.claim.subject
        mention = self._stream.choice(MENTIONS).format(mentions[is_value].format(s=name))
        index = self._stream.below(len(document.sentences) + 1)
        sentences = document.sentences
        return replace(document, sentences=(*sentences[:index], mention, *sentences[index:]))

    def _outdated(self, plan: Plan, support: Support) -> Document:
        """A document with an outdated value of a look-up; the true value outranks it."""
        if support.lookup.inverse:
            return self._corrected(support.lookup)
        stream, claim = self._stream, support.lookup.claim
        genre = stream.choice(genres_of(claim.kind, most=support.document.authority))
        days = DAYS - 1 if genre in support.lower_genres else support.document.day - FIRST_DAY - 1
        day = FIRST_DAY + stream.between(0, days)
        changed = changed_claim(plan, support)
        further = self._further_claims(claim.subject, claim.kind)[: stream.below(3)]
        return write_document(stream, [changed, *further], genre, day)

    def _corrected(self, lookup: Lookup) -> Document:
        """Another subject with the same value, which a later document corrects.

        The correction is added first, so that the wrong value is never shown without it.
        """
        stream, claim = self._stream, lookup.claim
        wrong = claim._replace(subject=self._graph.names.new(claim.kind))
        corrected = wrong._replace(value=self._graph.free_value(RELATIONS[claim.relation]))
        genre, day = stream.choice(genres_of(claim.kind)), stream.between(0, DAYS - 2)
        later = stream.between(day + 1, DAYS - 1)
        self._waiting.append(write_document(stream, [wrong], genre, FIRST_DAY + day))
        return write_document(stream, [corrected], genre, FIRST_DAY + later)
