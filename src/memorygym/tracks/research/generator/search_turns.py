"""The scripted searches of an instance before they are filled to length: what the question and its
siblings need, what stands in the way of an answer, and their order."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice

from memorygym.core.rng import Stream
from memorygym.tracks.research.generator.graph import Chain, Claim, EntityGraph, Lookup
from memorygym.tracks.research.generator.programs import question, step_words
from memorygym.tracks.research.generator.prose import DAYS, FIRST_DAY, Document, genres, written
from memorygym.tracks.research.generator.relations import RELATIONS, TERM
from memorygym.tracks.research.generator.settings import SIBLINGS, ResearchSettings
from memorygym.tracks.research.generator.task_texts import memory_files
from memorygym.tracks.research.question_grammar import Query


@dataclass(slots=True)
class SearchTurn:
    """One search and the documents that it finds."""

    sub_query: str
    sub_answer: str
    documents: list[Document] = field(default_factory=list)
    red_herring: bool = False
    hop: int = 0
    """Which look-up of the question it serves, from 1; 0: none."""


@dataclass(frozen=True, slots=True)
class Support:
    """A look-up, and the document that tells its fact."""

    lookup: Lookup
    document: Document
    hop: int
    """Of the question, from 1; 0: of a sibling."""

    @property
    def lower(self) -> list[str]:
        """The genres of lower authority than the document."""
        return genres(self.lookup.claim.kind, most=self.document.authority - 1)


@dataclass(frozen=True, slots=True)
class Distractor:
    """A document that stands in the way, and what of."""

    source: str
    document: Document
    hop: int = 0
    """The look-up that it interferes with, from 1; 0: none."""
    value: str = ""
    """What it tells instead of the truth, of the same key."""


@dataclass(slots=True)
class Plan:
    """A question, the searches that lead to it, and those that do not."""

    settings: ResearchSettings
    program: Query
    graph: EntityGraph
    chain: Chain
    siblings: list[Chain]
    question: str
    turns: list[SearchTurn] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    """Those of the question by their hops, then those of its siblings."""
    distractors: list[Distractor] = field(default_factory=list)
    told: dict[str, set[str]] = field(default_factory=dict)
    """By subject of the chain: the relations that something was said of."""

    @property
    def sound(self) -> bool:
        """Whether the question asks one clear thing: no step back has two ends."""
        return all(chain.clear for chain in (self.chain, *self.siblings))

    @property
    def serving(self) -> dict[int, int]:
        """By look-up, from 1: the turn that serves it, in the order of turns."""
        return {turn.hop: at for at, turn in enumerate(self.turns) if turn.hop}

    @property
    def files(self) -> dict[str, str]:
        """By name, the texts of the search events, as they are shown."""
        turns = [(turn.sub_query, [one.text for one in turn.documents]) for turn in self.turns]
        return memory_files(turns, self.settings.reveal, self.settings.shown)

    def aside(self, claim: Claim, most: int) -> list[Claim]:
        """Up to that many other claims of its subject, of relations that nothing was said of."""
        told = self.told[claim.subject]
        aside = self.graph.beside(claim.subject, claim.kind, tuple(told), most)
        told.update(one.relation for one in aside)
        return aside


def plan(stream: Stream, settings: ResearchSettings, program: Query, graph: EntityGraph) -> Plan:
    """The turns of the chain and its siblings, in no order yet."""
    chain = graph.chain(program)
    siblings = [graph.chain(program) for _ in range(SIBLINGS)]
    text = question(stream, program, chain.starts)
    # One fact of each chain is never told by a source of the lowest authority.
    firm = stream.below(len(chain.lookups))
    made = Plan(settings, program, graph, chain, siblings, text)
    for one in (chain, *siblings):
        for claim in one.facts:
            made.told.setdefault(claim.subject, set()).add(claim.relation)
        _searches(stream, made, one, firm)
    return made


def _searches(stream: Stream, made: Plan, chain: Chain, firm: int) -> None:
    for number, lookup in enumerate(chain.lookups):
        hop = number + 1 if chain is made.chain else 0
        told = [lookup.claim, *made.aside(lookup.claim, stream.below(3))]
        genre = stream.choice(genres(lookup.claim.kind, least=2 if number == firm else 1))
        document = written(stream, told, genre, needed=hop > 0)
        beside = [written(stream, [claim]) for at, claim in chain.beside if at == number]
        turn = search(stream, lookup, [document, *beside])
        turn.hop = hop
        made.turns.append(turn)
        made.supports.append(Support(lookup, document, hop))
        if hop:
            made.distractors += [Distractor("natural", one, hop) for one in beside]
        else:
            made.distractors.append(Distractor("sibling_chain", document, number + 1))


def search(stream: Stream, lookup: Lookup, documents: list[Document]) -> SearchTurn:
    """A turn that looks up one thing of one entity."""
    words = step_words(stream, lookup.claim.relation, lookup.month, inverse=lookup.inverse)
    return SearchTurn(f"{words} {lookup.asked}", lookup.found, documents)


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
        supports = [one for one in supports if one.lower]
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
    document = written(stream, [claim], stream.choice(support.lower), later)
    return Distractor("conflicting_authority", document, support.hop, claim.value)


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


BY_HOP = "hops"


def order(stream: Stream, plan: Plan) -> None:
    """Orders the turns: at random, or so that every chain's come in the order of its hops.

    The last search for what the last hop asks is a sibling's, so it never gives the answer away.
    """
    hops = len(plan.chain.lookups)
    many = 1 + len(plan.siblings)
    places: list[int] = list(range(len(plan.turns)))
    stream.shuffle(places)
    slots = [places[at * hops : (at + 1) * hops] for at in range(many)]
    if plan.settings.order == BY_HOP:
        slots = [sorted(own) for own in slots]
    latest = max(range(many), key=lambda at: slots[at][-1])
    if latest == 0:
        other = stream.between(1, many - 1)
        slots[0], slots[other] = slots[other], slots[0]
    taken = [*(place for own in slots for place in own), *places[many * hops :]]
    ordered = dict(zip(taken, plan.turns, strict=True))
    plan.turns = [ordered[at] for at in range(len(ordered))]
