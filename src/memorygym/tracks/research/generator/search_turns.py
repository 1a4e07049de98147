"""The scripted searches of an instance before filler is added: the documents that the question
needs, wrong branches, distractors, and the sub-queries under which they come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks._qa.generated import REVEALED
from memorygym.tracks.research.generator.graph import Chain, EntityGraph, GraphClaim, Lookup
from memorygym.tracks.research.generator.prose import (
    DAYS,
    FIRST_DAY,
    Document,
    genres_of,
    write_document,
)
from memorygym.tracks.research.generator.settings import BY_HOP, ResearchSettings
from memorygym.tracks.research.generator.task_texts import briefing_text, search_text
from memorygym.tracks.research.questions import QuestionPart, question_of
from memorygym.tracks.research.relations import RELATIONS, TERM, month_text

BRANCHES = 10
"""Wrong branches of a question."""
QUESTIONS_SHARE, MOST_UNASKED = 0.75, 6
"""The share of the length that questions and what surrounds them may take, and how many there are
at most beside the one that is asked."""
TOKENS_A_HOP = 2_500
"""Below these, a task has fewer distractors than its settings say, as its length is less."""
FEW_TURNS, SMALL_TURN, LARGE_TURN = 30, 800, 3_000
"""Searches up to which there is one for each 800 tokens, and most tokens of one of more."""


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
    """Whether the question needs it, not a branch."""

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
    branches: list[Chain]
    """Chains of other relations from the entities of the chain, which lead to wrong answers."""
    question: str
    turns: list[SearchTurn] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    """The question's supports by hop, then those of its branches."""
    others: list[Document] = field(default_factory=list)
    """Companions and distractors."""
    near_misses: list[GraphClaim] = field(default_factory=list)
    """What distractors state about entities with similar names."""
    unasked: "list[Plan]" = field(default_factory=list)
    """Other questions of this form with all that surrounds them, so that nothing but the question
    shows which of the documents count."""

    @property
    def all(self) -> "list[Plan]":
        """This plan and those that nobody asks."""
        return [self, *self.unasked]

    @property
    def documents(self) -> list[Document]:
        """All documents but those that the question needs."""
        own = [support.document for support in self.supports if not support.is_own]
        unasked = (d for plan in self.unasked for d in (*plan.needed, *plan.documents))
        return [*own, *self.others, *unasked]

    @property
    def cost(self) -> int:
        """The tokens of all its documents."""
        return sum(count(document.text) for document in (*self.needed, *self.documents))

    @property
    def needed(self) -> list[Document]:
        """The documents that the question needs, by hop."""
        return [support.document for support in self.supports if support.is_own]

    @property
    def first_turn(self) -> int:
        """The event of the first turn: after the briefing, if the question is revealed."""
        return int(self.settings.reveal == REVEALED)

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
    """The plan with the documents of the chain and its branches."""
    chain = graph.chain(program)
    branches = graph.branches(chain, BRANCHES)
    text = question_of(stream, program, chain.starts)
    # One fact of a chain never comes from a source of the lowest authority.
    trusted_hop = stream.below(len(chain.lookups))
    new_plan = Plan(settings, program, graph, chain, branches, text)
    for each_chain in (chain, *branches):
        _add_supports(stream, new_plan, each_chain, trusted_hop)
    return new_plan


def _add_supports(stream: Stream, plan: Plan, chain: Chain, trusted_hop: int) -> None:
    for number, lookup in enumerate(chain.lookups):
        claim = lookup.claim
        further_claims = plan.graph.further_claims(claim.subject, claim.kind, stream.below(3))
        genre = stream.choice(genres_of(claim.kind, least=2 if number == trusted_hop else 1))
        document = write_document(stream, [claim, *further_claims], genre)
        plan.supports.append(Support(lookup, document, is_own=chain is plan.chain))
    plan.others += [write_document(stream, [claim]) for _, claim in chain.companions]


def add_unasked(stream: Stream, plan: Plan, programs: Iterable[QuestionPart]) -> None:
    """Adds questions that nobody asks, up to QUESTIONS_SHARE of the length."""
    settings = plan.settings
    room = settings.tokens * QUESTIONS_SHARE / settings.shown - plan.cost
    for query in islice(programs, MOST_UNASKED):
        other = surrounded(stream, settings, query, plan.graph)
        room -= other.cost
        if room < 0:
            return
        plan.unasked.append(other)


def surrounded(
    stream: Stream, settings: ResearchSettings, program: QuestionPart, graph: EntityGraph
) -> Plan:
    """The plan with its distractors."""
    new_plan = plan(stream, settings, program, graph)
    add_distractors(stream, new_plan)
    return new_plan


def add_turns(stream: Stream, plan: Plan) -> None:
    """Adds the searches, as many as the length asks for, and deals the documents to them.

    A search asks for what some of its documents are about, but for nothing on the way to the
    answer: it is a wrong branch.
    """
    tokens = plan.settings.tokens
    number = max(2, min(FEW_TURNS, tokens // SMALL_TURN), -(-tokens // LARGE_TURN))
    profiles = [write_document(stream, plan.graph.profile()) for _ in range(number)]
    plan.turns = [SearchTurn("", [document]) for document in profiles]
    for document in plan.documents:
        stream.choice(plan.turns).documents.append(document)
    passed = {name for each in plan.all for name in each.chain.places}
    for turn in plan.turns:
        apart = [document for document in turn.documents if passed.isdisjoint(document.names)]
        turn.sub_query = sub_query(stream, apart)
    places = [stream.below(number) for _ in plan.needed]
    if plan.settings.order == BY_HOP:
        places.sort()
    for place, document in zip(places, plan.needed, strict=True):
        plan.turns[place].documents.append(document)


def sub_query(stream: Stream, documents: Sequence[Document]) -> str:
    """What a search asks for: what up to three documents are about, by name, by something else
    that is said of it, or as a topic."""
    chosen = stream.sample(documents, min(len(documents), stream.between(1, 3)))
    return "; ".join(_wanted(stream, stream.choice(document.claims)) for document in chosen)


def _wanted(stream: Stream, claim: GraphClaim) -> str:
    relation = RELATIONS[claim.relation]
    month = month_text((claim.start + claim.end) // 2)
    phrase = stream.choice(relation.value_phrases).format(month=month)
    noun = relation.value_phrases[0].format(month=month).removeprefix("the ").removesuffix(" of")
    return stream.choice(
        (
            claim.subject,
            f"{phrase} {claim.subject}",
            f"the {claim.kind} whose {noun} is {claim.value}",
            f"{phrase} every {claim.kind}",
        )
    )


def add_distractors(stream: Stream, plan: Plan) -> None:
    """Adds distractors of each kind to the share of the look-ups that the settings say, to those
    of branches as to the question's; in short tasks to fewer."""
    settings = plan.settings
    share = min(1.0, settings.tokens / (settings.hops * TOKENS_A_HOP))
    for make, percent in (
        (_near_miss, settings.near_miss),
        (_other_time, settings.other_time),
        (_conflict, settings.conflict),
        (_paraphrase, settings.paraphrase),
    ):
        for support in plan.supports:
            is_able = make is not _conflict or bool(support.lower_genres)
            if stream.below(100) < percent * share and is_able:
                plan.others.append(make(stream, plan, support))


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
