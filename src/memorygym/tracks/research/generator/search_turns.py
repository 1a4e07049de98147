"""The scripted searches of an instance before filler is added: those that the question and its
siblings need, their distractors, and their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.research.generator.graph import Chain, EntityGraph, GraphClaim, Lookup
from memorygym.tracks.research.generator.prose import (
    DAYS,
    FIRST_DAY,
    Document,
    genres_of,
    write_document,
)
from memorygym.tracks.research.generator.settings import BY_HOP, SIBLINGS, ResearchSettings
from memorygym.tracks.research.generator.task_texts import briefing_text, search_text
from memorygym.tracks.research.questions import QuestionPart, hop_words, question_of
from memorygym.tracks.research.relations import RELATIONS, TERM


@dataclass(slots=True)
class SearchTurn:
    """One search and the documents that it finds."""

    sub_query: str
    documents: list[Document]


@dataclass(frozen=True, slots=True)
class Support:
    """A look-up, and the document that states its fact."""

    lookup: Lookup
    document: Document
    is_own: bool
    """Whether the question needs it, not a sibling."""

    @property
    def lower_genres(self) -> list[str]:
        """The genres with a lower authority than the document."""
        return genres_of(self.lookup.claim.kind, most=self.document.authority - 1)


@dataclass(slots=True)
class Plan:
    """A question, the searches that lead to its answer, and the others."""

    settings: ResearchSettings
    program: QuestionPart
    graph: EntityGraph
    chain: Chain
    siblings: list[Chain]
    question: str
    turns: list[SearchTurn] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    """The question's supports by hop, then those of its siblings."""
    near_misses: list[GraphClaim] = field(default_factory=list)
    """What distractors state about entities with similar names."""

    @property
    def unambiguous(self) -> bool:
        """Whether the question has one answer: every inverse step leads to one subject."""
        return all(chain.unambiguous for chain in (self.chain, *self.siblings))

    @property
    def first_turn(self) -> int:
        """The event of the first turn: after the briefing, if the question is revealed."""
        return int(self.settings.reveal == "immediate")

    @property
    def texts(self) -> list[str]:
        """The texts of all events before the question: the briefing, if it is revealed, then those
        of the searches. Each has its turn's sub-query and the documents of all turns in the window
        that ends with it."""
        total, window = self.first_turn + len(self.turns) + 1, self.settings.shown
        briefing = [briefing_text(total, self.question)] * self.first_turn
        return briefing + [
            search_text(
                self.first_turn + number,
                total,
                self.turns[number - 1].sub_query,
                [
                    document.text
                    for turn in self.turns[max(0, number - window) : number]
                    for document in turn.documents
                ],
            )
            for number in range(1, len(self.turns) + 1)
        ]

    @property
    def tokens(self) -> int:
        """The number of tokens shown before the question."""
        return sum(map(count, self.texts))


def plan(
    stream: Stream, settings: ResearchSettings, program: QuestionPart, graph: EntityGraph
) -> Plan:
    """The plan with the turns of the chain and its siblings, not ordered yet."""
    chain = graph.chain(program)
    siblings = [graph.chain(program) for _ in range(SIBLINGS)]
    text = question_of(stream, program, chain.starts)
    # One fact of each chain never comes from a source of the lowest authority.
    trusted_hop = stream.below(len(chain.lookups))
    new_plan = Plan(settings, program, graph, chain, siblings, text)
    for each_chain in (chain, *siblings):
        _add_searches(stream, new_plan, each_chain, trusted_hop)
    return new_plan


def _add_searches(stream: Stream, plan: Plan, chain: Chain, trusted_hop: int) -> None:
    is_own = chain is plan.chain
    for number, lookup in enumerate(chain.lookups):
        claim = lookup.claim
        further_claims = plan.graph.further_claims(claim.subject, claim.kind, stream.below(3))
        genre = stream.choice(genres_of(claim.kind, least=2 if number == trusted_hop else 1))
        document = write_document(stream, [claim, *further_claims], genre)
        companions = [
            write_document(stream, [other]) for index, other in chain.companions if index == number
        ]
        plan.turns.append(search(stream, lookup, [document, *companions]))
        plan.supports.append(Support(lookup, document, is_own))


def search(stream: Stream, lookup: Lookup, documents: list[Document]) -> SearchTurn:
    """A turn that searches for one fact of one entity."""
    words = hop_words(stream, lookup.claim.relation, lookup.month, inverse=lookup.inverse)
    return SearchTurn(f"{words} {lookup.start}", documents)


def add_distractors(stream: Stream, plan: Plan) -> None:
    """Adds as many distractors of each kind as the settings say, each to a random turn."""
    settings = plan.settings
    for _ in range(settings.red_herring):
        _red_herring(stream, plan)
    for make, number in (
        (_near_miss, settings.near_miss),
        (_other_time, settings.other_time),
        (_conflict, settings.conflict),
        (_paraphrase, settings.paraphrase),
    ):
        for support in islice(_supports(stream, plan, make), number):
            turn = stream.choice(plan.turns)
            turn.documents.append(make(stream, plan, support))


def _supports(stream: Stream, plan: Plan, make: Callable[..., Document]) -> Iterator[Support]:
    """The look-ups to interfere with; each is used once before any repeats."""
    supports = [support for support in plan.supports if support.is_own]
    if make is _conflict:
        supports = [support for support in supports if support.lower_genres]
    stream.shuffle(supports)
    return cycle(supports)


def _red_herring(stream: Stream, plan: Plan) -> None:
    """Adds a search for the relation of a look-up, about an entity that the question ignores."""
    number = stream.between(1, len(plan.chain.lookups))
    lookup = _similar_lookup(plan, plan.chain.lookups[number - 1])
    plan.turns.append(search(stream, lookup, [write_document(stream, [lookup.claim])]))


def _near_miss(stream: Stream, plan: Plan, support: Support) -> Document:
    """A document that states the same relation of an entity with a similar name."""
    document = write_document(stream, [_similar_lookup(plan, support.lookup).claim])
    plan.near_misses.append(document.claims[0])
    return document


def _similar_lookup(plan: Plan, lookup: Lookup) -> Lookup:
    """The look-up with a similar name in place of its start."""
    graph, claim = plan.graph, lookup.claim
    relation = RELATIONS[claim.relation]
    if lookup.inverse:
        start = graph.names.similar(claim.value, relation.value)
        claim = claim._replace(subject=graph.names.new(claim.kind), value=start)
    else:
        start = graph.names.similar(claim.subject, claim.kind)
        claim = claim._replace(subject=start, value=graph.free_value(relation))
    return lookup._replace(claim=claim, compared=False)


def _other_time(stream: Stream, plan: Plan, support: Support) -> Document:
    """An earlier value: in an older document of the same genre, or in an earlier term."""
    claim = changed_claim(plan, support)
    earlier = FIRST_DAY + stream.below(support.document.day - FIRST_DAY)
    if claim.relation == TERM:
        start = claim.start - stream.between(90, 130)
        claim = claim._replace(start=start, end=start + stream.between(10, 40))
    return write_document(stream, [claim], support.document.genre, earlier)


def _conflict(stream: Stream, plan: Plan, support: Support) -> Document:
    """A later document of lower authority with another value."""
    claim, day = changed_claim(plan, support), support.document.day
    later = day + stream.between(1, FIRST_DAY + DAYS - day)
    return write_document(stream, [claim], stream.choice(support.lower_genres), later)


def changed_claim(plan: Plan, support: Support) -> GraphClaim:
    """The fact of a look-up with another value; it would reverse the result of a comparison."""
    lookup = support.lookup
    relation, span = RELATIONS[lookup.claim.relation], None
    if support.is_own and lookup.compared:
        pair = [lookup for lookup in plan.chain.lookups if lookup.compared]
        other = int(pair[lookup is pair[0]].claim.value)
        low, high = relation.span
        is_less = int(lookup.claim.value) < other
        span = (other + 1, high) if is_less else (low, other - 1)
    return lookup.claim._replace(value=plan.graph.free_value(relation, span))


def _paraphrase(stream: Stream, plan: Plan, support: Support) -> Document:
    """A document of the same genre about the same subject that omits the fact."""
    claim = support.lookup.claim
    claims = plan.graph.further_claims(claim.subject, claim.kind, 1)
    claims = claims or [_similar_lookup(plan, support.lookup).claim]
    return write_document(stream, claims, support.document.genre)


def order_turns(stream: Stream, plan: Plan) -> None:
    """Orders the turns at random, or so that those of each chain follow its hops.

    The last search for the relation of the last hop is a sibling's, so it does not reveal the
    answer.
    """
    hops = len(plan.chain.lookups)
    number = 1 + len(plan.siblings)
    places: list[int] = list(range(len(plan.turns)))
    stream.shuffle(places)
    slots = [places[index * hops : (index + 1) * hops] for index in range(number)]
    if plan.settings.order == BY_HOP:
        slots = [sorted(slot) for slot in slots]
    latest = max(range(number), key=lambda index: slots[index][-1])
    if latest == 0:
        other = stream.between(1, number - 1)
        slots[0], slots[other] = slots[other], slots[0]
    taken = [*(place for slot in slots for place in slot), *places[number * hops :]]
    ordered = dict(zip(taken, plan.turns, strict=True))
    plan.turns = [ordered[index] for index in range(len(ordered))]
