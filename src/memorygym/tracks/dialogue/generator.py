"""Deals a session: the turns that state facts, distractors, changes, and the requests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.core.errors import BadSettings
from memorygym.core.outcome import SubTask
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTaskGold
from memorygym.core.tokens import count
from memorygym.core.types import JSON, Budget, Task, content_id
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.cast import Cast
from memorygym.tracks.dialogue.desk import CUSTOMER, ORDER, POLICY, Action, Desk, words_of
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.offers import Listing
from memorygym.tracks.dialogue.resolve import Request, Resolver, described, request_in
from memorygym.tracks.dialogue.stock import Stock

TRACK = "dialogue"
FILLED, LENGTH_OFF = 0.97, 0.01
"""Of a length asked for: the share that turns before requests fill, and how far it may be off."""
MOST_DEALS = 6
"""How often a session of a given length is dealt, until its length is right."""
LISTING_TOKENS = 900
"""About the tokens of a listing."""
MOST_CHAINS = 4
Told = tuple[str, list[Statement]]
"""A sentence, and what it states."""


@dataclass(frozen=True)
class DialogueRecipe:
    """A session that can be dealt."""

    template: str
    """The desk."""
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
            dealer = Dealer(self, filled)
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


@dataclass(frozen=True)
class _Plan:
    """A request before it has a place in the session."""

    action: Action
    person: str
    account: str


class Dealer:
    """Deals one session. `filled` is the share of its length that turns before requests fill."""

    def __init__(self, recipe: DialogueRecipe, filled: float = FILLED) -> None:
        self.recipe, self._filled = recipe, filled
        self.desk: Desk = desk_named(recipe.template)
        self.cast = Cast(self.desk, self._rng("people"), recipe.chains)
        self._mentioned = (*self.cast.people, *texts.STRANGERS)
        """People in small talk."""
        self.stock = Stock(self.desk, list(self.cast.wishes.values()))
        self._limits, self._old = dict(self.cast.limits), dict[str, str]()
        """The limits as they are now, and the former values of those that have changed."""
        self._script: list[str] = []
        self._stated: list[Statement] = []
        """All true statements so far, in order."""
        self._asked: list[tuple[Request, int, str, int]] = []
        """Each request with its event, its text, and the number of facts stated before."""
        self._numbers: dict[str, str] = {}
        """By event: the number that an order gets."""
        self._right: dict[str, JSON] = {}
        """By event: the right arguments of the tool, and what must be said."""
        self.length = 0
        """Tokens so far, if the recipe asks for a length."""
        self._told = 0
        """Tokens of the turns that state the facts."""

    def _rng(self, *names: str) -> Stream:
        """The stream of one matter; dials that do not concern it leave it alone."""
        return named_rng(TRACK, self.recipe.template, self.recipe.seed, self.recipe.salt, *names)

    def task(self) -> Task:
        """The session as a task."""
        early, late = self._plans()
        requests = len(early) + len(late)
        self._tell()
        self._told = self.length
        for plan in early:
            self._request(plan, requests)
        self._change(requests)
        for plan in late:
            self._request(plan, requests)
        self._close()
        # The stock is complete only now.
        goals = tuple(self._goal(*asked) for asked in self._asked)
        recipe = self.recipe
        dials: dict[str, JSON] = {
            "template": recipe.template, "seed": recipe.seed, "chains": recipe.chains,
            "distractors": recipe.distractors, "tokens": recipe.tokens, "prefix": recipe.prefix,
        }  # fmt: skip
        state: dict[str, JSON] = {
            "desk": recipe.template, "prefix": recipe.prefix, "script": list(self._script),
            "stock": [dict(offer) for offer in self.stock.offers],
            "numbers": dict(self._numbers), "right": self._right,
        }  # fmt: skip
        system = texts.system(self.desk)
        id = content_id(TRACK, system, state)
        return Task(id, TRACK, dials, system, (), Budget(), SubTaskGold(goals), state)

    def _plans(self) -> tuple[list[_Plan], list[_Plan]]:
        """The requests before and after the limits change."""
        rng, desk, cast = self._rng("plan"), self.desk, self.cast
        loose = [action for action in desk.actions if not action.link]
        linked = [[a for a in desk.actions if a.link == link] for link in (1, 2, 3)]
        early, late = list[_Plan](), list[_Plan]()
        for chain in range(self.recipe.chains):
            person, *others = cast.people[3 * chain : 3 * chain + 3]
            account = cast.accounts[chain]
            first, *rest = (actions[chain % len(actions)] for actions in linked)
            early.append(_Plan(first, person, account))
            late += [_Plan(action, person, account) for action in rest]
            for number, action in enumerate(loose):
                about = "" if action.names_nothing else others[number % 2]
                where = early if (number + chain) % 2 else late
                where.append(_Plan(action, about, account))
        late.append(_Plan(next(action for action in loose if action.names_nothing), "", ""))
        rng.shuffle(early)
        rng.shuffle(late)
        return early, _in_chain_order(late)

    # What is told, in turns between turns without facts.

    def _tell(self) -> None:
        rng, desk, cast = self._rng("tell"), self.desk, self.cast
        turns = [turn for name in cast.people for turn in self._person(rng, name)]
        turns += [
            [self._fact(rng, name, desk.account_key, next(cast.codes))] for name in cast.accounts
        ]
        turns += [[self._fact(rng, CUSTOMER, role, name)] for name, role in cast.roles.items()]
        limits = [self._fact(rng, CUSTOMER, *pair) for pair in cast.limits.items()]
        rules = [
            self._fact(
                rng, POLICY, rule.label,
                str(rng.choice(rule.values)) if rule.values else next(cast.codes),
            )
            for rule in desk.rules
        ]  # fmt: skip
        for facts in (limits, rules):
            rng.shuffle(facts)
        turns += [limits[start : start + 2] for start in range(0, len(limits), 2)]
        rng.shuffle(turns)
        half = len(rules) // 2
        briefs = (rules[:half], rules[half:])
        turns[2:2], turns[9:9] = [briefs[0]], [briefs[1]]
        self._say(self._customer(rng, texts.GREETING.format(name=cast.customer)))
        for number, turn in enumerate(turns):
            self._state(rng, turn, by_supervisor=turn in briefs)
            if number % 3 == 2:
                self._distract(rng)

    def _person(self, rng: Stream, name: str) -> list[list[Told]]:
        """The turns about a person: each states some wishes and another fact."""
        desk, wishes = self.desk, self.cast.wishes[name]
        others = [
            self._fact(rng, name, desk.town_key, self.cast.towns[name]),
            self._fact(rng, name, desk.address_key, next(self.cast.codes)),
        ]
        rng.shuffle(others)
        return [
            [self._wish(rng, name, dict(part)), other]
            for part, other in zip(_halves(wishes.items()), others, strict=True)
        ]

    def _wish(self, rng: Stream, name: str, wishes: Mapping[str, str]) -> Told:
        """A sentence that states wishes of a person."""
        listed = " and ".join(f"{key} {value}" for key, value in wishes.items())
        sentence = rng.choice(texts.WISHES).format(name=name, wishes=listed)
        return sentence, [Statement(name, key, value) for key, value in wishes.items()]

    def _fact(self, rng: Stream, subject: str, key: str, value: str, old: str = "") -> Told:
        """A sentence that states a fact."""
        desk = self.desk
        form = rng.choice(texts.forms_of(desk, subject, key, changed=bool(old)))
        words = {"value": texts.shown(desk, key, value), "old": texts.shown(desk, key, old)}
        rank = (1,) if old else ()
        return form.format(name=subject, key=key, **words), [Statement(subject, key, value, rank)]

    def _state(self, rng: Stream, told: Sequence[Told], *, by_supervisor: bool = False) -> None:
        self._stated += [statement for _, statements in told for statement in statements]
        sentences = [sentence for sentence, _ in told]
        if by_supervisor:
            self._say(texts.SUPERVISOR_SAYS + " ".join((self.desk.brief, *sentences)))
        else:
            self._say(self._customer(rng, *sentences))

    def _change(self, requests: int) -> None:
        """The turns in which the customer changes limits."""
        rng = self._rng("changes")
        for label, value in self.cast.changes.items():
            self._fill(rng, requests)
            self._old[label] = self._limits[label]
            told = self._fact(rng, CUSTOMER, label, value, self._limits[label])
            self._limits[label] = value
            self._state(rng, [told])

    # What is asked.

    def _request(self, plan: _Plan, requests: int) -> None:
        action, number = plan.action, str(len(self._asked))
        self._fill(self._rng("fill", number), requests)
        rng = self._rng("request", number)
        text = action.request.format_map(self._words(rng, plan))
        request = request_in(self.desk, text)
        if not request or request.action is not action:
            raise BadSettings(
                f"dialogue desk {self.desk.name}: the request of {action.name!r} is not told"
                f" from others: {text!r}; give it words of its own"
            )
        if request.choice:
            wishes = self._resolver(request, self._stated).wishes()
            listing = Listing(self.desk, rng, self._limits, self._old)
            self.stock.deal(rng, wishes, listing)
        self._asked.append((request, len(self._script), text, len(self._stated)))
        if action.numbers:
            self._numbers[str(len(self._script))] = code = next(self.cast.codes)
            rank = (1,) if action.effect == "renew" else ()
            self._stated.append(Statement(plan.person, ORDER, code, rank))
        self._say(texts.CUSTOMER_SAYS + text)

    def _words(self, rng: Stream, plan: _Plan) -> dict[str, str]:
        """The words that a request may name."""
        cast, person = self.cast, plan.person
        words = {"person": person, "account": plan.account, "amount": f"${rng.between(20, 400)}"}
        if person:
            town = cast.towns[person]
            others = [other for other in self.desk.towns if other != town]
            words["role"] = cast.roles.get(person, "")
            words["town"] = town if rng.bernoulli(0.5) else rng.choice(others)
        second = self.desk.wishes[1].label
        if f"{{{second}}}" in plan.action.request:
            words |= self.stock.named(rng, cast.wishes.get(person))
        return words

    def _goal(self, request: Request, event: int, text: str, told: int) -> SubTask:
        """The sub-task of a request, with the facts without which it fails."""
        facts = self._stated[:told]
        right = self._resolver(request, facts)
        arguments, said = done = right.arguments(), right.says()
        if arguments is None:
            raise BadSettings(
                f"dialogue desk {self.desk.name}: no offer can grant {request.action.name!r};"
                " give limits that some offers keep to"
            )
        needs = []
        for pair, fact in right.used.items():
            other = self._resolver(request, [fact for fact in facts if fact[:2] != pair])
            if (other.arguments(), other.says()) != done:
                needs.append(fact)
        needs.sort(key=lambda fact: fact.subject != request.words.get("person"))
        self._right[str(event)] = [dict(arguments), said]
        action = request.action
        truth = described(action.tool, arguments, said)
        type_ = f"{action.name} (link {action.link})" if action.link else action.name
        return SubTask(event, kind_of(request, needs), text, truth, tuple(needs), type_)

    def _resolver(self, request: Request, facts: Sequence[Statement]) -> Resolver:
        return Resolver(self.desk, request, StatementIndex(facts), self.stock.search)

    # Turns without facts.

    def _fill(self, rng: Stream, requests: int) -> None:
        """Adds the turns before a request: a fixed number, or as many as the length needs."""
        if not self.recipe.tokens:
            for _ in range(self.recipe.distractors):
                self._distract(rng)
            return
        share = (len(self._asked) + 1) / requests
        whole = self._filled * self.recipe.tokens - self._told
        while self.length < self._told + whole * share - LISTING_TOKENS:
            self._distract(rng)

    def _distract(self, rng: Stream) -> None:
        """Adds a turn in which the customer talks of other things or is only looking."""
        if rng.bernoulli(0.5):
            self._say(self._customer(rng))
        else:
            self._say(texts.CUSTOMER_SAYS + self.desk.look_up.format(**self.stock.look(rng)))

    def _close(self) -> None:
        """Ends a session of a given length with small talk, so that the length is right."""
        rng, wanted = self._rng("close"), self.recipe.tokens
        self.length = sum(self._tokens(text) for text in self._script) if wanted else 0
        while self.length < wanted * (1 - LENGTH_OFF / 2):
            self._say(self._customer(rng))

    def _customer(self, rng: Stream, *sentences: str) -> str:
        """A message of the customer, who talks as their persona does."""
        chat = texts.MANNERS[self.cast.manner] + (not sentences)
        return texts.of_customer(rng, self._mentioned, *sentences, chat=chat)

    def _say(self, text: str) -> None:
        self._script.append(text)
        if self.recipe.tokens:
            self.length += self._tokens(text)

    def _tokens(self, text: str) -> int:
        """Tokens of a turn: of its message, and of the offers that a search in it lists."""
        wishes = words_of(self.desk.look_up, text)
        request = request_in(self.desk, text)
        if request and request.choice:
            wishes = self._resolver(request, self._stated).wishes()
        return count(text) + 4 + (self.stock.tokens(wishes) + 4 if wishes else 0)


def kind_of(request: Request, needs: Sequence[Statement]) -> str:
    """`named` if the request names whatever its facts are about, `never named` if it names
    nothing of them, else `both`."""
    words = request.words.values()
    named = {fact.subject in words or fact.key in words for fact in needs}
    return "both" if len(named) > 1 else "named" if True in named else "never named"


def _halves(items: Iterable[tuple[str, str]]) -> tuple[list[tuple[str, str]], ...]:
    """The first item, and the others."""
    first, *others = items
    return [first], others


def _in_chain_order(plans: Sequence[_Plan]) -> list[_Plan]:
    """The plans with each chain's links in order; other requests keep their places."""
    linked: dict[str, list[_Plan]] = {}
    for plan in sorted((p for p in plans if p.action.link), key=lambda p: p.action.link):
        linked.setdefault(plan.person, []).append(plan)
    return [linked[p.person].pop(0) if p.action.link else p for p in plans]
