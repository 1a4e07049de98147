"""Deals a session: people and limits, the turns that state them, distractors, and the requests."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

from memorygym.core.errors import BadSettings
from memorygym.core.outcome import SubTask
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTaskGold
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Budget, Task, content_id
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.domain import CUSTOMER, ORDER, POLICY, Action, Domain, words_of
from memorygym.tracks.dialogue.domains import domain_named
from memorygym.tracks.dialogue.offers import Listing, Offer, found, row
from memorygym.tracks.dialogue.resolve import Request, Resolver, described, request_in

TRACK = "dialogue"
FIRST = "Ada Ben Cleo Dan Eva Finn Gil Hana Ida Joel Kira Leo Mina Nils Ola Pia Rolf Sam Tess Udo".split()
LAST = "Novak Lindholm Okafor Petrov Quill Sandoval".split()
ACCOUNTS = "Harbor Summit Meadow Granite Lantern Cedar Beacon Willow Falcon Marble".split()
CHANGED = 2
LISTED = 8
"""Offers that a customer who is only looking is shown, at least."""
RIVALS = 2
"""Better rated offers that differ from the right one in a wish, for each wish."""
"""Limits that change midway."""
FILLED, LENGTH_OFF = 0.97, 0.01
"""Of a length asked for: the share that turns before requests fill, and how far it may be off."""
MOST_DEALS = 6
"""How often a session of a given length is dealt, until its length is right."""
LISTING_TOKENS = 900
"""About the tokens of a listing."""
IDLE = 2
"""People and accounts that no request needs."""
MOST_CHAINS = 4


@dataclass(frozen=True)
class DialogueRecipe:
    """A session that can be dealt."""

    template: str
    """The domain."""
    seed: int
    salt: str = ""
    chains: int = 2
    """Chains of three requests about one order; each brings four or five other requests."""
    distractors: int = 2
    """Turns without a request before each request."""
    tokens: int = 0
    """Tokens of all that the customer, the supervisor and the tools say; 0 is what comes."""
    prefix: str = "live"
    """`fixed` sets the house's records right after each request, so that all memories see the same
    texts; `live` leaves them as the agent's calls made them."""

    def __post_init__(self) -> None:
        if not 1 <= self.chains <= MOST_CHAINS:
            raise BadSettings(f"dialogue: chains={self.chains}; give 1 to {MOST_CHAINS}")
        if self.distractors < 0 or self.tokens < 0:
            raise BadSettings(
                f"dialogue: distractors={self.distractors}, tokens={self.tokens}; give 0 or more"
            )
        if self.prefix not in ("live", "fixed"):
            raise BadSettings(f"dialogue: prefix={self.prefix}; choose from live, fixed")

    def generate(self) -> Task:
        filled, total = FILLED, 0
        for _ in range(MOST_DEALS):
            dealer = _Dealer(self, filled)
            task = dealer.task()
            total = dealer.length
            if not self.tokens or total <= self.tokens * (1 + LENGTH_OFF):
                return task
            # Listings grow with the stock; fewer turns between requests make up for it.
            filled *= FILLED * self.tokens / total
        raise BadSettings(
            f"dialogue {self.template}, seed {self.seed}: tokens={self.tokens} is too short for"
            f" chains={self.chains}, which take {total:,}; give more tokens or fewer chains"
        )


@dataclass
class _Plan:
    """A request before it has a place in the session."""

    action: Action
    person: str
    account: str


@dataclass
class _Dealer:
    recipe: DialogueRecipe
    filled: float = FILLED
    """Share of the length asked for that turns before requests fill."""
    stock: list[Offer] = field(default_factory=list)
    script: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    """By event: the number that an order gets."""
    stated: list[Statement] = field(default_factory=list)
    """All true statements so far, in order."""
    asked: list[tuple[Request, int, str, int]] = field(default_factory=list)
    """Each request with its event, its text, and the number of facts stated before."""
    right: dict[str, JSON] = field(default_factory=dict)
    """By event: the right arguments of the tool, and what must be said."""
    length: int = 0
    """Tokens so far, if the recipe asks for a length."""
    told: int = 0
    """Tokens of the turns that state the facts."""
    dealt: list[Mapping[str, str]] = field(default_factory=list)
    """The wishes of each request that chooses among offers."""

    @cached_property
    def domain(self) -> Domain:
        return domain_named(self.recipe.template)

    def rng(self, *names: str) -> Stream:
        """The stream of one matter; dials that do not concern it leave it alone."""
        return named_rng(TRACK, self.recipe.template, self.recipe.seed, self.recipe.salt, *names)

    def task(self) -> Task:
        self._people()
        self._plan()
        self._tell()
        self.told = self.length
        self._ask()
        self._close()
        goals = tuple(self._goal(*asked) for asked in self.asked)
        recipe = self.recipe
        described: dict[str, JSON] = {
            "template": recipe.template, "seed": recipe.seed, "chains": recipe.chains,
            "distractors": recipe.distractors, "tokens": recipe.tokens, "prefix": recipe.prefix,
        }  # fmt: skip
        state: dict[str, JSON] = {
            "domain": recipe.template, "prefix": recipe.prefix, "script": list(self.script),
            "stock": [dict(offer) for offer in self.stock], "numbers": dict(self.numbers),
            "right": self.right,
        }  # fmt: skip
        system = texts.system(self.domain)
        id = content_id(TRACK, system, state)
        return Task(
            id, TRACK, described, system, (), Budget(), SubTaskGold(goals), state
        )

    # Who there is, and what they want.

    def _people(self) -> None:
        rng, chains = self.rng("people"), self.recipe.chains
        first = rng.sample(FIRST, 3 * chains + IDLE)
        self.people = [f"{name} {rng.choice(LAST)}" for name in first]
        names = rng.sample(ACCOUNTS, min(len(ACCOUNTS), chains + IDLE))
        self.accounts = [f"{name} {self.domain.account}" for name in names]
        self.wishes: dict[str, dict[str, str]] = {}
        for name in self.people:
            drawn: dict[str, str] = {}
            while not drawn or any(_differ_in_one(drawn, w) for w in self.wishes.values()):
                drawn = {wish.label: rng.choice(wish.choices) for wish in self.domain.wishes}
            self.wishes[name] = drawn
        domain = self.domain
        self.codes = _codes(rng, 200)
        self.towns = {name: rng.choice(domain.towns) for name in self.people}
        self.limits = {limit.label: rng.choice(_inner(limit.values)) for limit in domain.limits}
        self.old: dict[str, str] = {}
        self.changed = {
            limit.label: rng.choice([v for v in _inner(limit.values) if v != self.limits[limit.label]])
            for limit in rng.sample(domain.limits, CHANGED)
        }

    def _plan(self) -> None:
        """The requests: those of chains, and four others a chain, the first half before changes."""
        rng, domain = self.rng("plan"), self.domain
        loose = [action for action in domain.actions if not action.link]
        middle = [action for action in domain.actions if action.link == 2]
        early, late = list[_Plan](), list[_Plan]()
        for chain in range(self.recipe.chains):
            person, other, third = self.people[3 * chain : 3 * chain + 3]
            account = self.accounts[chain]
            for link in (1, 2, 3):
                action = next(a for a in domain.actions if a.link == link)
                action = middle[chain % len(middle)] if link == 2 else action
                (late if link > 1 else early).append(_Plan(action, person, account))
            for number, action in enumerate(loose):
                where = early if (number + chain) % 2 else late
                about = "" if action.names_nothing else (other, third)[number % 2]
                where.append(_Plan(action, about, account))
        late.append(_Plan(next(a for a in loose if a.names_nothing), "", ""))
        rng.shuffle(early)
        rng.shuffle(late)
        self.plans = early, _in_chain_order(late)

    # What is told, in turns between turns without facts.

    def _tell(self) -> None:
        rng, domain = self.rng("tell"), self.domain
        turns = [self._told_person(rng, name) for name in self.people]
        turns += [[self._fact(rng, name, domain.account_key, next(self.codes), "")]
                  for name in self.accounts]
        limits = [self._fact(rng, CUSTOMER, *pair, "") for pair in self.limits.items()]
        rng.shuffle(limits)
        turns += [limits[i : i + 2] for i in range(0, len(limits), 2)]
        rules = [
            self._fact(rng, POLICY, r.label, str(rng.choice(r.values)) if r.values else
                       next(self.codes), "")
            for r in domain.rules
        ]
        rng.shuffle(rules)
        half = len(rules) // 2
        briefs = [rules[:half], rules[half:]]
        rng.shuffle(turns)
        turns[2:2], turns[9:9] = [briefs[0]], [briefs[1]]
        self._say(texts.of_customer(rng, "Good morning, I have a long list for today."))
        for number, turn in enumerate(turns):
            self._state(rng, turn, by_supervisor=turn in briefs)
            if number % 3 == 2:
                self._distract(rng, 1)

    def _told_person(self, rng: Stream, name: str) -> list[tuple[str, list[Statement]]]:
        """The sentences about a person, each with what it states."""
        domain, wishes = self.domain, self.wishes[name]
        forms = domain.sentences["wishes"]
        asked = rng.choice(forms).format(name=name, **wishes)
        told = [Statement(name, key, value) for key, value in wishes.items()]
        return [
            (asked, told),
            self._fact(rng, name, domain.town_key, self.towns[name], ""),
            self._fact(rng, name, domain.address_key, next(self.codes), ""),
        ]

    def _fact(
        self, rng: Stream, subject: str, key: str, value: str, old: str
    ) -> tuple[str, list[Statement]]:
        """A sentence that states a fact, and the statement."""
        domain = self.domain
        form = rng.choice(texts.forms_of(domain, subject, key, changed=bool(old)))
        words = {n: texts.shown(domain, key, v) for n, v in (("value", value), ("old", old)) if v}
        rank = (1,) if old else ()
        return form.format(name=subject, key=key, **words), [Statement(subject, key, value, rank)]

    def _state(
        self, rng: Stream, told: Sequence[tuple[str, list[Statement]]], *, by_supervisor: bool
    ) -> None:
        for _, statements in told:
            self.stated += statements
        sentences = [sentence for sentence, _ in told]
        if by_supervisor:
            self._say(texts.SUPERVISOR_SAYS + " ".join((self.domain.brief, *sentences)))
        else:
            self._say(texts.of_customer(rng, *sentences))

    # What is asked.

    def _ask(self) -> None:
        early, late = self.plans
        for plan in early:
            self._request(plan)
        rng = self.rng("changes")
        for label, value in self.changed.items():
            self._fill(rng)
            self.old[label] = self.limits[label]
            told = self._fact(rng, CUSTOMER, label, value, self.limits[label])
            self.limits[label] = value
            self._state(rng, [told], by_supervisor=False)
        for plan in late:
            self._request(plan)

    def _request(self, plan: _Plan) -> None:
        number = str(len(self.asked))
        self._fill(self.rng("fill", number))
        rng = self.rng("request", number)
        event = len(self.script)
        words = self._words(rng, plan)
        text = plan.action.request.format(**words)
        request = request_in(self.domain, text)
        assert request and request.action is plan.action, text
        if request.choice:
            self._deal(rng, self._resolver(request, self.stated).wishes())
        self._say(texts.CUSTOMER_SAYS + text)
        self.asked.append((request, event, text, len(self.stated)))
        if plan.action.numbers:
            self.numbers[str(event)] = number = next(self.codes)
            rank = (1,) if plan.action.effect == "renew" else ()
            self.stated.append(Statement(plan.person, ORDER, number, rank))

    def _words(self, rng: Stream, plan: _Plan) -> dict[str, str]:
        """The words that a request may name."""
        domain, person = self.domain, plan.person
        words = {"person": person, "account": plan.account, "amount": f"${rng.between(20, 400)}"}
        given = self._given(rng, plan.action.request, self.wishes.get(person, {}))
        if person:
            is_true = rng.bernoulli(0.5)
            towns = [town for town in domain.towns if town != self.towns[person]]
            words["town"] = self.towns[person] if is_true else rng.choice(towns)
        return {**given, **words}

    def _given(self, rng: Stream, request: str, wishes: Mapping[str, str]) -> dict[str, str]:
        """The wishes that a request names, so that no other listing has the same."""
        first, second, *_ = self.domain.wishes
        if f"{{{second.label}}}" not in request:
            return {}
        if wishes:  # Somebody's wish has changed.
            pairs = [{**wishes, second.label: choice} for choice in second.choices]
        else:
            pairs = [{first.label: a, second.label: b} for a in first.choices for b in second.choices]
        rng.shuffle(pairs)
        pairs.sort(key=lambda pair: sum(d[first.label] == pair[first.label] for d in self.dealt))
        free = (p for p in pairs if not any(_agree(p, w) for w in self._taken))
        if (pair := next(free, None)) is None:
            raise BadSettings(
                f"dialogue domain {self.domain.name}: all pairs of {first.label} and"
                f" {second.label} are taken; give fewer chains than {self.recipe.chains}, or the"
                " domain more choices"
            )
        return pair

    @property
    def _taken(self) -> list[Mapping[str, str]]:
        """The wishes of all people, and of all listings so far."""
        return [*self.wishes.values(), *self.dealt]

    def _deal(self, rng: Stream, wishes: Mapping[str, str]) -> None:
        """Adds the offers among which a request chooses."""
        listing = Listing(self.domain, rng, self.limits, self.old)
        rows = listing.rows(wishes, listing.binding())
        rest = [wish for wish in self.domain.wishes if wish.label not in wishes]
        for offer in rows:
            offer |= {wish.label: rng.choice(wish.choices) for wish in rest}
        self.dealt.append(wishes)
        self.stock = [offer for offer in self.stock if not _agree(offer, wishes)]
        self._add(rng, rows)
        self._add(rng, list(self._rivals(rng, wishes, listing)))

    def _rivals(
        self, rng: Stream, wishes: Mapping[str, str], listing: Listing
    ) -> Iterator[dict[str, str]]:
        """For each wish, better rated offers that differ in it alone; the best keeps to limits."""
        for wish in self.domain.wishes:
            others = [choice for choice in wish.choices if choice != wishes.get(wish.label)]
            rng.shuffle(others)
            for other in others[:RIVALS]:
                drawn = {w.label: rng.choice(w.choices) for w in self.domain.wishes}
                offer = {**drawn, **wishes, wish.label: other}
                if self._is_free(offer):
                    rating = f"{rng.between(461, 499) / 100:.2f}"
                    yield {**offer, "rating": rating, **listing.kept()}

    def _fields(self, rng: Stream) -> dict[str, str]:
        return {limit.field: rng.choice(limit.values) for limit in self.domain.limits}

    def _is_free(self, offer: Mapping[str, str]) -> bool:
        """Whether an offer is in no listing of an earlier request."""
        return not any(_agree(offer, wishes) for wishes in self._taken)

    def _add(self, rng: Stream, rows: Sequence[dict[str, str]]) -> None:
        numbers = rng.sample(range(10_000, 99_999), len(rows))
        taken = {offer["id"] for offer in self.stock}
        for number, offer in zip(numbers, rows, strict=True):
            while (id := f"{self.domain.offer_id}-{number}") in taken:
                number += 1  # noqa: PLW2901
            self.stock.append({"id": id, **offer})

    def _goal(self, request: Request, event: int, text: str, told: int) -> SubTask:
        """The sub-task of a request, with the facts without which it fails."""
        facts = self.stated[:told]
        right = self._resolver(request, facts)
        done = _outcome(right)
        needs = [
            fact for pair, fact in right.used.items()
            if _outcome(self._resolver(request, [f for f in facts if f[:2] != pair])) != done
        ]  # fmt: skip
        needs.sort(key=lambda fact: fact.subject != request.words.get("person"))
        arguments, said = done
        if arguments is None:
            raise BadSettings(
                f"dialogue domain {self.domain.name}: no offer can grant {request.action.name!r};"
                " give limits that some offers keep to"
            )
        self.right[str(event)] = [dict(arguments), said]
        kind = kind_of(request, needs)
        truth = described(request.action.tool, arguments, said)
        type_ = request.action.name + (f" (link {request.action.link})" * bool(request.action.link))
        return SubTask(event, kind, text, truth, tuple(needs), type_)

    def _resolver(self, request: Request, facts: Iterable[Statement]) -> Resolver:
        return Resolver(self.domain, request, StatementIndex(facts), partial(found, self.stock))

    # Turns without facts.

    def _distract(self, rng: Stream, turns: int) -> None:
        """Adds turns in which the customer talks of other things or is only looking."""
        for _ in range(turns):
            if rng.bernoulli(0.5):
                self._say(texts.of_customer(rng, chat=3))
            else:
                self._look(rng)

    def _fill(self, rng: Stream) -> None:
        """Adds the turns before a request: a fixed number, or as many as the length needs."""
        if not self.recipe.tokens:
            self._distract(rng, self.recipe.distractors)
            return
        requests = sum(map(len, self.plans))
        share = (len(self.asked) + 1) / requests
        until = self.told + (self.filled * self.recipe.tokens - self.told) * share - LISTING_TOKENS
        while self.length < until:
            self._distract(rng, 1)

    def _close(self) -> None:
        """Ends a session of a given length with small talk, so that the length is right."""
        rng, wanted = self.rng("close"), self.recipe.tokens
        self.length = sum(self._tokens(text) for text in self.script) if wanted else 0
        while self.length < wanted * (1 - LENGTH_OFF / 2):
            self._say(texts.of_customer(rng, chat=3))

    def _tokens(self, text: str) -> int:
        """Tokens of a turn: of its message, and of the offers that a search in it lists."""
        request = request_in(self.domain, text)
        wishes = words_of(self.domain.look_up, text)
        if request and request.choice:
            wishes = self._resolver(request, self.stated).wishes()
        listed = (row(self.domain, offer) for offer in found(self.stock, wishes or {}))
        return count(text) + 4 + (count("\n".join(listed)) + 4 if wishes else 0)

    def _look(self, rng: Stream) -> None:
        first, second = self.domain.wishes[:2]
        wishes = {first.label: rng.choice(first.choices), second.label: rng.choice(second.choices)}
        if len(found(self.stock, wishes)) < LISTED:
            rows = [
                {**wishes, **{w.label: rng.choice(w.choices) for w in self.domain.wishes[2:]},
                 "rating": f"{rng.between(100, 460) / 100:.2f}", **self._fields(rng)}
                for _ in range(LISTED)
            ]  # fmt: skip
            self._add(rng, [offer for offer in rows if self._is_free(offer)])
        self._say(texts.CUSTOMER_SAYS + self.domain.look_up.format(**wishes))

    def _say(self, text: str) -> None:
        self.script.append(text)
        if self.recipe.tokens:
            self.length += self._tokens(text)


def _outcome(resolver: Resolver) -> tuple[dict[str, str] | None, str]:
    return resolver.arguments(), resolver.says()


def _differ_in_one(wishes: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether they are alike but for the second wish, which a request may change."""
    _, second, *_ = wishes
    return all(value == others[label] for label, value in wishes.items() if label != second)


def _agree(offer: Mapping[str, str], wishes: Mapping[str, str]) -> bool:
    """Whether an offer has the wishes that both name."""
    return all(offer.get(label, value) == value for label, value in wishes.items())


def kind_of(request: Request, needs: Sequence[Statement]) -> str:
    """`named` if the request names whatever its facts are about, `never named` if it names
    nothing of them, else `both`."""
    named = {fact.subject in request.words.values() for fact in needs}
    return "both" if len(named) > 1 else "named" if True in named else "never named"


def _codes(rng: Stream, number: int) -> Iterator[str]:
    """Distinct codes such as "K-4821"."""
    letters = "BCDFGHJKLMNQRSTVWXZ"
    drawn = rng.sample(range(1000, 9999), number)
    return iter([f"{rng.choice(letters)}-{code}" for code in drawn])


def _inner(values: Sequence[str]) -> Sequence[str]:
    """Values with others on both sides; all, if they are no numbers."""
    if not values[0].isdecimal():
        return values
    third = len(values) // 3
    return values[third:-third]


def _in_chain_order(plans: Sequence[_Plan]) -> list[_Plan]:
    """The plans with each chain's links in order; other requests keep their places."""
    linked: dict[str, list[_Plan]] = {}
    for plan in sorted((p for p in plans if p.action.link), key=lambda p: p.action.link):
        linked.setdefault(plan.person, []).append(plan)
    return [linked[p.person].pop(0) if p.action.link else p for p in plans]
