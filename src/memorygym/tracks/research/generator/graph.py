"""The entity graph: chains of facts that a program asks for, and all other facts."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from memorygym.core.rng import Stream
from memorygym.tracks.research.generator.names import NamePool
from memorygym.tracks.research.questions import Hop, Pick, QuestionPart, Shared, Start
from memorygym.tracks.research.relations import (
    KINDS,
    RELATIONS,
    TERM,
    GraphRelation,
    month_key,
    of_kind,
    steps_from,
)

HUBS = 2
"""Entities of each kind at a time that filler names often, as others name those of a question."""
_WAITING = 400
"""Most mentioned entities that wait for a document of their own."""


class GraphClaim(NamedTuple):
    """The fact that one sentence states."""

    subject: str
    relation: str
    value: str
    start: int = 0
    """For a term: its first month, counted from the year 0."""
    end: int = 0

    @property
    def kind(self) -> str:
        """The kind of the subject."""
        return RELATIONS[self.relation].subject

    @property
    def entities(self) -> list[tuple[str, str]]:
        """The entities that it names, with their kinds."""
        ends = (self.subject, self.kind), (self.value, RELATIONS[self.relation].value)
        return [(name, kind) for name, kind in ends if kind in KINDS]

    @property
    def key(self) -> str:
        """The key as the reader writes it."""
        if self.relation != TERM:
            return self.relation
        return f"{self.relation} {month_key(self.start)} {month_key(self.end)}"


class Lookup(NamedTuple):
    """One hop: a fact that must be found."""

    claim: GraphClaim
    inverse: bool = False
    """Whether the look-up starts from the value."""
    compared: bool = False
    """Whether the value is compared with another one."""

    @property
    def start(self) -> str:
        """The name that the look-up starts from."""
        return self.claim.value if self.inverse else self.claim.subject

    @property
    def result(self) -> str:
        """The name or number that it finds."""
        return self.claim.subject if self.inverse else self.claim.value

    @property
    def kinds(self) -> tuple[str, str]:
        """The kinds of its start and of its result."""
        return RELATIONS[self.claim.relation].ends(inverse=self.inverse)


@dataclass(slots=True)
class Chain:
    """A program carried out on entities of its own."""

    starts: list[str] = field(default_factory=list)
    lookups: list[Lookup] = field(default_factory=list)
    companions: list[tuple[int, GraphClaim]] = field(default_factory=list)
    """Further claims that make a look-up necessary: the look-up's number, and a claim."""

    @property
    def unambiguous(self) -> bool:
        """Whether no fact is needed twice, and every inverse step leads to one subject."""
        facts = set(self.facts)
        ends = Counter((claim.relation, claim.value) for claim in facts)
        # Several methods may share a basis: the employer decides.
        return len(facts) == len(self.facts) and all(
            ends[lookup.claim.relation, lookup.claim.value] == 1
            for lookup in self.lookups
            if lookup.inverse and lookup.claim.relation != "basis"
        )

    @property
    def facts(self) -> list[GraphClaim]:
        return [lookup.claim for lookup in self.lookups]

    @property
    def ends(self) -> list[Lookup]:
        """The look-ups that give the answer: the last, or those of both numbers of a total."""
        last = (look for look in self.lookups if not look.compared and look.kinds[1] not in KINDS)
        return [*last] or self.lookups[-1:]

    @property
    def places(self) -> dict[str, tuple[str, int]]:
        """By name: the start that leads there, and the fewest steps from it."""
        places = {start: (start, 0) for start in self.starts}
        for lookup in self.lookups:
            start, steps = places[lookup.start]
            other, others_steps = places.setdefault(lookup.result, (start, steps + 1))
            if others_steps + 1 < steps:  # Who is shared stands beside the laboratory.
                places[lookup.start] = (other, others_steps + 1)
        return places


class _Node(NamedTuple):
    """An entity that a start leads to."""

    name: str
    kind: str
    start: str
    steps: int


class EntityGraph:
    """Makes entities and their facts; each entity has one value of each relation."""

    def __init__(self, stream: Stream) -> None:
        self.names = NamePool(stream)
        self.stream = stream
        self._waiting: deque[tuple[str, str]] = deque()
        self._hubs: dict[str, deque[str]] = {kind: deque(maxlen=HUBS) for kind in KINDS}
        self._numbers: dict[str, set[int]] = defaultdict(set)
        self._stated: dict[str, set[str]] = defaultdict(set)
        """By subject: the relations that documents state."""

    def chain(self, program: QuestionPart) -> Chain:
        """The program on new entities."""
        chain = Chain()
        self._run(program, chain)
        for claim in chain.facts:
            self._stated[claim.subject].add(claim.relation)
        return chain

    def _run(self, program: QuestionPart, chain: Chain) -> str:
        """Makes the facts of a program; returns the name or number that it leads to."""
        match program:
            case Start(kind):
                chain.starts.append(self.names.new(kind))
                return chain.starts[-1]
            case Hop():
                return self._step(program, chain)
            case Pick():
                return self._pick(program, chain)
            case Shared():
                return self._shared(program, chain)
        # Nothing follows a total, so its result is not needed here.
        return "".join(self._run(side, chain) for side in program.parts)

    def _step(self, step: Hop, chain: Chain) -> str:
        entity, relation = self._run(step.inner, chain), RELATIONS[step.key]
        if step.inverse:
            claim = GraphClaim(self.names.new(relation.subject), step.key, entity)
        elif step.key == TERM:
            claim = self.term(entity, step.month)
            chain.companions += [
                (len(chain.lookups), term) for term in self.neighbouring_terms(claim)
            ]
        else:
            claim = GraphClaim(entity, step.key, self.value(relation))
        chain.lookups.append(Lookup(claim, step.inverse))
        return chain.lookups[-1].result

    def _pick(self, pick: Pick, chain: Chain) -> str:
        sides = [self._run(side, chain) for side in (pick.left, pick.right)]
        claims = [GraphClaim(side, pick.key, self.value(RELATIONS[pick.key])) for side in sides]
        chain.lookups += [Lookup(claim, compared=True) for claim in claims]
        return sides[pick.chosen_index([int(claim.value) for claim in claims])]

    def _shared(self, shared: Shared, chain: Chain) -> str:
        laboratory, basis = (self._run(side, chain) for side in (shared.laboratory, shared.basis))
        method, person = self.names.new("method"), self.names.new("person")
        first = len(chain.lookups)
        chain.lookups += [
            Lookup(GraphClaim(method, "basis", basis), inverse=True),
            Lookup(GraphClaim(method, "inventor", person)),
            Lookup(GraphClaim(person, "employer", laboratory)),
        ]
        for _ in range(2):
            chain.companions += self._rivals(first, laboratory, basis)
        return person

    def _rivals(self, first: int, laboratory: str, basis: str) -> Iterator[tuple[int, GraphClaim]]:
        """A method on that basis whose inventor works elsewhere, and another person who works at
        the laboratory."""
        method, person = self.names.new("method"), self.names.new("person")
        yield first, GraphClaim(method, "basis", basis)
        yield first + 1, GraphClaim(method, "inventor", person)
        yield first + 2, GraphClaim(person, "employer", self.names.new("laboratory"))
        yield first + 2, GraphClaim(self.names.new("person"), "employer", laboratory)

    def branches(self, chain: Chain, most: int) -> list[Chain]:
        """Wrong branches of a chain: other relations that lead from one of its entities, or from
        one of a branch before, to what has the kind of its answer, as many steps from the start.

        There are fewer than asked for where the drafts come to dead ends.
        """
        kinds = dict(pair for claim in chain.facts for pair in claim.entities)
        places = chain.places
        nodes = [
            _Node(name, kinds[name], *place) for name, place in places.items() if name in kinds
        ]
        goals = [places[end.result] for end in chain.ends]
        drafts = (self._branch(chain, goals, nodes) for _ in range(10 * most))
        return [*islice(filter(None, drafts), most)]

    def _branch(
        self, chain: Chain, goals: list[tuple[str, int]], nodes: list[_Node]
    ) -> Chain | None:
        """A branch from one of the nodes, which it adds to, as far as one of the goals: a start
        and the steps from it; None at a dead end."""
        start, steps = self.stream.choice(goals)
        sides = {start} if len(goals) > 1 else set(chain.starts)
        along = [node for node in nodes if node.start in sides and node.steps < steps]
        # Each step has as many forks, so that no entity on the way stands out.
        level = self.stream.choice(sorted({node.steps for node in along}))
        fork = self.stream.choice([node for node in along if node.steps == level])
        branch, new_nodes, (entity, kind, *_) = Chain([fork.name]), list[_Node](), fork
        used = {(look.start, look.claim.relation) for look in chain.lookups}
        answer = chain.ends[0].kinds[1]
        for step in range(level + 1, steps + 1):
            options = [
                (relation, inverse, result)
                for relation, inverse, result in steps_from(kind)
                if (entity, relation.key) not in used
                and (inverse or relation.key not in self._stated[entity])
                and (result == answer if step == steps else result in KINDS)
            ]
            if not options:
                return None
            # Where they can, the kinds follow those of the chain.
            kinds = {node.kind for node in along if node.steps == step}
            alike = [option for option in options if option[2] in kinds]
            relation, inverse, kind = self.stream.choice(alike or options)
            branch.lookups.append(self._new_lookup(entity, relation, inverse=inverse))
            entity = branch.lookups[-1].result
            new_nodes.append(_Node(entity, kind, fork.start, step))
        nodes += [node for node in new_nodes if node.steps < steps]
        for claim in branch.facts:
            self._stated[claim.subject].add(claim.relation)
        return branch

    def _new_lookup(self, entity: str, relation: GraphRelation, *, inverse: bool) -> Lookup:
        """The look-up of a new fact of an entity."""
        subject = self.names.new(relation.subject) if inverse else entity
        claim = GraphClaim(subject, relation.key, entity if inverse else self.value(relation))
        if relation.key == TERM:
            term = self.term(subject, self.stream.between(2021 * 12, 2031 * 12))
            claim = term._replace(value=claim.value)
        return Lookup(claim, inverse)

    def value(self, relation: GraphRelation) -> str:
        """A value for a chain: an unused name, or a number that no chain has."""
        value = self.free_value(relation)
        if relation.numeric:
            self._numbers[relation.key].add(int(value))
        return value

    def free_value(self, relation: GraphRelation, span: tuple[int, int] | None = None) -> str:
        """A value that no chain has, for numbers within the span; such values may repeat."""
        if not relation.numeric:
            return self.names.new(relation.value)
        low, high = span or relation.span
        taken = self._numbers[relation.key]
        if high - low < sum(low <= number <= high for number in taken):
            low, high = relation.span
        while (number := self.stream.between(low, high)) in taken:
            pass
        return str(number)

    def term(self, laboratory: str, month: int) -> GraphClaim:
        """A director's term that covers a month."""
        start = month - self.stream.between(3, 20)
        end = month + self.stream.between(3, 20)
        return GraphClaim(laboratory, TERM, self.names.new("person"), start, end)

    def neighbouring_terms(self, claim: GraphClaim) -> list[GraphClaim]:
        """The terms before and after a term."""
        length = self.stream.between(14, 40)
        return [
            claim._replace(value=self.names.new("person"), start=start, end=end)
            for start, end in (
                (claim.start - 1 - length, claim.start - 1),
                (claim.end + 1, claim.end + 1 + length),
            )
        ]

    def profile(self) -> list[GraphClaim]:
        """The claims of a document about the next waiting entity, or about a new one."""
        if self._waiting and not self.stream.bernoulli(0.1):
            name, kind = self._waiting.popleft()
        else:
            kind = self.stream.choice(KINDS)
            name = self.names.new(kind)
        if len(self._hubs[kind]) < HUBS or self.stream.bernoulli(0.05):
            self._hubs[kind].append(name)
        return self.further_claims(name, kind, self.stream.between(1, 4))

    def further_claims(self, name: str, kind: str, most: int) -> list[GraphClaim]:
        """Up to `most` further claims of an entity, of relations that are not stated yet."""
        stated = self._stated[name]
        candidates = [relation for relation in of_kind(kind) if relation.key not in stated]
        chosen = self.stream.sample(candidates, min(most, len(candidates)))
        stated.update(relation.key for relation in chosen)
        return [self.extra_claim(name, relation) for relation in chosen]

    def extra_claim(self, name: str, relation: GraphRelation) -> GraphClaim:
        """A claim that no question needs; its entities may get documents of their own."""
        if relation.key == TERM:
            return self.term(name, self.stream.between(2019 * 12, 2031 * 12))
        if relation.numeric:
            return GraphClaim(name, relation.key, str(self.stream.between(*relation.span)))
        known = self._hubs[relation.value]
        if known and self.stream.bernoulli(0.8):
            value = self.stream.choice(known)
            if value != name:
                return GraphClaim(name, relation.key, value)
        value = self.names.new(relation.value)
        if len(self._waiting) < _WAITING:
            self._waiting.append((value, relation.value))
        return GraphClaim(name, relation.key, value)
