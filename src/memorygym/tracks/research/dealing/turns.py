"""The scripted searches of an instance before they are filled to length, and their order."""

from dataclasses import dataclass, field

from memorygym.rng import Stream
from memorygym.tracks.research.asking import Query
from memorygym.tracks.research.dealing.graph import Chain, Claim, Graph, Lookup
from memorygym.tracks.research.dealing.programs import question, step_words
from memorygym.tracks.research.dealing.prose import AUTHORITY, GENRES, Document, written
from memorygym.tracks.research.dealing.questions import memory_files
from memorygym.tracks.research.dealing.settings import SIBLINGS, Settings


@dataclass(slots=True)
class Turn:
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

    settings: Settings
    program: Query
    graph: Graph
    chain: Chain
    siblings: list[Chain]
    question: str
    turns: list[Turn] = field(default_factory=list)
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


def plan(stream: Stream, settings: Settings, program: Query, graph: Graph) -> Plan:
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
        document = _support(stream, made, lookup, firm=number == firm, mine=hop > 0)
        beside = [written(stream, [claim]) for at, claim in chain.beside if at == number]
        turn = search(stream, lookup, [document, *beside])
        turn.hop = hop
        made.turns.append(turn)
        made.supports.append(Support(lookup, document, hop))
        if hop:
            made.distractors += [Distractor("natural", one, hop) for one in beside]
        else:
            made.distractors.append(Distractor("sibling_chain", document, number + 1))


def _support(stream: Stream, made: Plan, lookup: Lookup, *, firm: bool, mine: bool) -> Document:
    """The one document that tells a fact, among up to two other claims of its subject."""
    aside = made.aside(lookup.claim, stream.below(3))
    genres = [one for one in GENRES[lookup.claim.kind] if not firm or AUTHORITY[one] > 1]
    return written(stream, [lookup.claim, *aside], stream.choice(genres), needed=mine)


def search(stream: Stream, lookup: Lookup, documents: list[Document]) -> Turn:
    """A turn that looks up one thing of one entity."""
    words = step_words(stream, lookup.claim.relation, lookup.month, inverse=lookup.inverse)
    return Turn(f"{words} {lookup.asked}", lookup.found, documents)


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
