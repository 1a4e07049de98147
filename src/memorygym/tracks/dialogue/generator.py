"""Deals a session: who asks for what, when, and what is right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from memorygym.core.errors import BadSettings, UnknownPart, require_at_least
from memorygym.core.rng import Stream, named_rng
from memorygym.core.statements import Statement, StatementIndex, SubTask
from memorygym.core.types import JSON, Task
from memorygym.tracks._qa.sessions import needed, session_task
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.desk import ORDER, Desk, DeskAction
from memorygym.tracks.dialogue.desks import desk_named
from memorygym.tracks.dialogue.offers import Listing
from memorygym.tracks.dialogue.resolve import Request, Resolver, described, request_in
from memorygym.tracks.dialogue.script import Cast, Script

TRACK = "dialogue"
FILLED, LENGTH_OFF = 0.97, 0.01
"""Of a length asked for: the share that turns before requests fill, and how far it may be off."""
MOST_DEALS = 6
"""How often a session of a given length is dealt, until its length is right."""
LISTING_TOKENS = 1_150
"""About the tokens of a listing."""
MOST_CHAINS = 4


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
        require_at_least(0, distractors=self.distractors, tokens=self.tokens)
        if self.prefix not in ("live", "fixed"):
            raise UnknownPart("prefix of dialogue", self.prefix, ("live", "fixed"))

    def generate(self) -> Task:
        filled, length = FILLED, 0
        for _ in range(MOST_DEALS):
            dealer = Dealer(self, filled)
            dealer.deal()
            length = dealer.script.length
            if not self.tokens or length <= self.tokens * (1 + LENGTH_OFF):
                return dealer.task()
            # Listings grow with the stock; fewer turns between requests make up for it.
            filled *= FILLED * self.tokens / length
        raise BadSettings(
            f"dialogue {self.template}, seed {self.seed}: tokens={self.tokens} is too short for"
            f" chains={self.chains}, which take {length:,}; give more tokens or fewer chains"
        )


@dataclass(frozen=True)
class _Plan:
    """A request before it has a place in the session."""

    action: DeskAction
    person: str
    account: str


class Dealer:
    """Deals one session. `filled` is the share of its length that turns before requests fill."""

    def __init__(self, recipe: DialogueRecipe, filled: float = FILLED) -> None:
        self.recipe, self._filled = recipe, filled
        self.desk: Desk = desk_named(recipe.template)
        self.cast = Cast(self.desk, self._rng("people"), recipe.chains)
        self.script = Script(self.desk, self.cast, has_length=recipe.tokens > 0)
        self._customers = self.cast.early
        self._asked: list[tuple[Request, int, str, int]] = []
        """Each request with its event, its text, and the number of facts stated before."""
        self._numbers: dict[str, str] = {}
        """By event: the number that an order gets."""
        self._right: dict[str, JSON] = {}
        """By event: the right arguments of the tool, and what must be said."""
        self._requests = 0
        """How many there will be."""
        self._told = 0
        """Tokens of the turns that state the facts."""

    def _rng(self, *names: str) -> Stream:
        """The stream of one matter; dials that do not concern it leave it alone."""
        return named_rng(TRACK, self.recipe.template, self.recipe.seed, self.recipe.salt, *names)

    def deal(self) -> None:
        """Writes the script."""
        early, late = self._plans()
        self._requests = len(early) + len(late)
        self.script.tell(self._rng("tell"))
        self._told = self.script.length
        for plan in early:
            self._request(plan)
        rng = self._rng("changes")
        for label in self.cast.late[0].old:
            self._fill(rng)
            self.script.change(rng, label)
        self._customers = self.cast.late
        for plan in late:
            self._request(plan)
        self._close()

    def task(self) -> Task:
        """The session as a task; what is right is known only with all offers."""
        recipe, script = self.recipe, self.script
        goals = tuple(self._goal(*asked) for asked in self._asked)
        state: dict[str, JSON] = {
            "desk": recipe.template,
            "prefix": recipe.prefix,
            "script": script.turns,
            "stock": script.stock.offers,
            "numbers": self._numbers,
            "right": self._right,
        }
        system = texts.system(self.desk)
        return session_task(TRACK, recipe, system, state, goals)

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
                about = "" if action.name == "any" else others[number % 2]
                where = early if (number + chain) % 2 else late
                where.append(_Plan(action, about, account))
        late.append(_Plan(next(action for action in loose if action.name == "any"), "", ""))
        rng.shuffle(early)
        rng.shuffle(late)
        return early, _in_chain_order(late)

    def _request(self, plan: _Plan) -> None:
        script, action, number = self.script, plan.action, str(len(self._asked))
        self._fill(self._rng("fill", number))
        rng = self._rng("request", number)
        text = action.request.format_map(self._words(rng, plan))
        request = request_in(self.desk, text)
        if not request or request.action is not action:
            raise BadSettings(
                f"dialogue desk {self.desk.name}: the request of {action.name!r} is not told"
                f" from others: {text!r}; give it words of its own"
            )
        wishes: Mapping[str, str] = {}
        if request.chooses:
            wishes = self._resolver(request, script.stated).wishes()
            listing = Listing(self.desk, rng, self._customers) if request.limited else None
            script.stock.deal(rng, wishes, listing)
        event = len(script.turns)
        self._asked.append((request, event, text, len(script.stated)))
        if action.numbers:
            self._numbers[str(event)] = code = next(self.cast.codes)
            rank = (1,) if action.name == "swap" else ()
            script.stated.append(Statement(plan.person, ORDER, code, rank=rank))
        script.say(texts.CUSTOMER_SAYS + text, wishes)

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
            words |= self.script.stock.named(rng, cast.wishes.get(person))
        return words

    def _goal(self, request: Request, event: int, text: str, told: int) -> SubTask:
        """The sub-task of a request, with the facts without which it fails."""
        facts = self.script.stated[:told]
        right = self._resolver(request, facts)
        arguments, said = right.arguments(), right.says()
        assert arguments is not None
        needs = needed(right.used.values(), facts, partial(self._decided, request))
        needs.sort(key=lambda fact: fact.subject != request.words.get("person"))
        self._right[str(event)] = [dict(arguments), said]
        action = request.action
        truth = described(action.tool, arguments, said)
        type_ = f"{action.name} (link {action.link})" if action.link else action.name
        return SubTask(event, kind_of(request, needs), text, truth, tuple(needs), type_)

    def _decided(self, request: Request, facts: Sequence[Statement]) -> object:
        resolver = self._resolver(request, facts)
        return resolver.arguments(), resolver.says()

    def _resolver(self, request: Request, facts: Sequence[Statement]) -> Resolver:
        return Resolver(request, StatementIndex(facts), self.script.stock.search)

    def _fill(self, rng: Stream) -> None:
        """Adds the turns before a request: a fixed number, or as many as the length needs."""
        script = self.script
        if not self.recipe.tokens:
            for _ in range(self.recipe.distractors):
                script.distract(rng)
            return
        share = (len(self._asked) + 1) / self._requests
        whole = self._filled * self.recipe.tokens - self._told
        while script.length < self._told + whole * share - LISTING_TOKENS:
            script.distract(rng)

    def _close(self) -> None:
        """Ends a session of a given length with small talk, so that the length is right."""
        if self.recipe.tokens:
            rng = self._rng("close")
            self.script.recount()
            while self.script.length < self.recipe.tokens * (1 - LENGTH_OFF / 2):
                self.script.chat(rng)


def kind_of(request: Request, needs: Sequence[Statement]) -> str:
    """`named` if the request names whatever its facts are about, `never named` if it names
    nothing of them, else `both`."""
    words = request.words.values()
    named = {fact.subject in words or fact.key in words for fact in needs}
    return "both" if len(named) > 1 else "named" if True in named else "never named"


def _in_chain_order(plans: Sequence[_Plan]) -> list[_Plan]:
    """The plans with each chain's links in order; other requests keep their places."""
    linked: dict[str, list[_Plan]] = {}
    for plan in sorted((p for p in plans if p.action.link), key=lambda p: p.action.link):
        linked.setdefault(plan.person, []).append(plan)
    return [linked[p.person].pop(0) if p.action.link else p for p in plans]
