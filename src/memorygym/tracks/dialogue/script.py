"""The script of a session: its people, what the customer and supervisors say, and the facts that it
states."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from memorygym.core.rng import Stream
from memorygym.core.statements import Statement
from memorygym.core.tokens import count
from memorygym.tracks.dialogue import texts
from memorygym.tracks.dialogue.desk import CUSTOMER, POLICY, ROLES, Desk
from memorygym.tracks.dialogue.offers import CUSTOMERS, Customer, Stock

Told: TypeAlias = tuple[str, list[Statement]]
"""A sentence, and what it states."""
FIRST = "Ada Ben Cleo Dan Eva Finn Gil Hana".split()
LAST = "Novak Lindholm Okafor Petrov Quill Sandoval".split()
"""Words of people's names. They recur, so that a name has others near it."""
ACCOUNTS = "Harbor Summit Meadow Granite Lantern Cedar Beacon Willow Falcon Marble".split()
IDLE = 2
"""People and accounts that no request needs."""
CHANGED = 2
"""Limits that change midway."""


class Cast:
    """All that is drawn before a session begins."""

    def __init__(self, desk: Desk, rng: Stream, chains: int) -> None:
        self.codes = _codes(rng, 200)
        """Codes that nothing has yet."""
        names = [f"{first} {last}" for first in FIRST for last in LAST]
        self.customer, *self.people = rng.sample(names, 1 + 3 * chains + IDLE)
        self.manner = rng.choice(sorted(texts.MANNERS))
        # Requests outside chains, which alone name roles, are about two of every three people.
        places = sorted(range(len(self.people)), key=lambda place: place % 3 == 0)[: len(ROLES)]
        roles = zip(sorted(places), rng.sample(ROLES, len(ROLES)), strict=False)
        self.roles = {self.people[place]: role for place, role in roles}
        """Who some people are to the customer."""
        self.accounts = [f"{n} {desk.account}" for n in rng.sample(ACCOUNTS, chains + IDLE)]
        self.wishes: dict[str, dict[str, str]] = {}
        for name in self.people:
            self.wishes[name] = self._wishes(desk, rng)
        self.towns = {name: rng.choice(desk.towns) for name in self.people}
        values = {limit.label: _middle(rng, limit.values) for limit in desk.limits}
        changing = [limit.label for limit in rng.sample(desk.limits, CHANGED)]
        self.early, self.late = list[Customer](), list[Customer]()
        """The limits at first, and after two have changed: of the customer, and of others who might
        be on the line."""
        for _ in range(CUSTOMERS):
            limits = {label: rng.choice(values[label]) for label in values}
            old = {label: limits[label] for label in changing}
            new = {
                label: rng.choice([value for value in values[label] if value != old[label]])
                for label in changing
            }
            self.early.append(Customer(limits, {}))
            self.late.append(Customer(limits | new, old))

    def _wishes(self, desk: Desk, rng: Stream) -> dict[str, str]:
        """Wishes that differ from everybody's in more than the second, which may change later."""
        while True:
            drawn = {wish.label: rng.choice(wish.choices) for wish in desk.wishes}
            if not any(_differ_in_second(drawn, others) for others in self.wishes.values()):
                return drawn


def _differ_in_second(wishes: Mapping[str, str], others: Mapping[str, str]) -> bool:
    """Whether wishes are alike but for the second."""
    _, second, *_ = wishes
    return all(value == others[label] for label, value in wishes.items() if label != second)


def _middle(rng: Stream, values: Sequence[str]) -> Sequence[str]:
    """Numbers with others on both sides; all values save one that nobody excludes, if they are no
    numbers."""
    if not values[0].isdecimal():
        return rng.sample(values, len(values) - 1)
    fifth = len(values) // 5
    return values[fifth:-fifth]


def _codes(rng: Stream, number: int) -> Iterator[str]:
    """Distinct codes such as "K-4821"."""
    drawn = rng.sample(range(1000, 9999), number)
    return iter([f"{rng.choice('BCDFGHJKLMNQRSTVWXZ')}-{code}" for code in drawn])


class Script:
    """The turns so far."""

    def __init__(self, desk: Desk, cast: Cast, *, has_length: bool) -> None:
        self._desk, self._cast, self._has_length = desk, cast, has_length
        self._mentioned = (*cast.people, *texts.STRANGERS)
        """People in small talk."""
        self.stock = Stock(desk, list(cast.wishes.values()))
        self.turns: list[str] = []
        self._searches: list[Mapping[str, str]] = []
        """By turn: the wishes that a search in it is for; {} if there is none."""
        self.stated: list[Statement] = []
        """All true statements so far, in order."""
        self.length = 0
        """Tokens so far, with those of listings, if the session has a length."""

    def say(self, text: str, wishes: Mapping[str, str] | None = None) -> None:
        """Adds a turn, in which a search for these wishes is made."""
        self.turns.append(text)
        self._searches.append(wishes or {})
        if self._has_length:
            self.length += self._tokens(text, self._searches[-1])

    def tell(self, rng: Stream) -> None:
        """Adds the turns that state all facts, between turns without facts."""
        desk, cast = self._desk, self._cast
        turns = [turn for name in cast.people for turn in self._person(rng, name)]
        turns += [
            [self._fact(rng, name, desk.account_key, next(cast.codes))] for name in cast.accounts
        ]
        turns += [[self._fact(rng, CUSTOMER, role, name)] for name, role in cast.roles.items()]
        limits = [self._fact(rng, CUSTOMER, *pair) for pair in cast.early[0].limits.items()]
        rules = [
            self._fact(
                rng,
                POLICY,
                rule.label,
                rng.choice(rule.values) if rule.values else next(cast.codes),
            )
            for rule in desk.rules
        ]
        for facts in (limits, rules):
            rng.shuffle(facts)
        turns += [limits[start : start + 2] for start in range(0, len(limits), 2)]
        rng.shuffle(turns)
        half = len(rules) // 2
        briefs = (rules[:half], rules[half:])
        turns[2:2], turns[9:9] = [briefs[0]], [briefs[1]]
        self.say(self._customer(rng, texts.GREETING.format(name=cast.customer)))
        for number, turn in enumerate(turns):
            self._state(rng, turn, by_supervisor=turn in briefs)
            if number % 3 == 2:
                self.distract(rng)

    def change(self, rng: Stream, label: str) -> None:
        """Adds the turn in which the customer changes a limit."""
        customer = self._cast.late[0]
        pair = customer.limits[label], customer.old[label]
        self._state(rng, [self._fact(rng, CUSTOMER, label, *pair)])

    def distract(self, rng: Stream) -> None:
        """Adds a turn in which the customer talks of other things or is only looking."""
        if rng.bernoulli(0.5):
            self.chat(rng)
        else:
            wishes = self.stock.look(rng)
            self.say(texts.CUSTOMER_SAYS + self._desk.look_up.format(**wishes), wishes)

    def chat(self, rng: Stream) -> None:
        """Adds a turn of small talk."""
        self.say(self._customer(rng))

    def recount(self) -> None:
        """Sets the length to that with the listings of the final stock."""
        self.length = sum(map(self._tokens, self.turns, self._searches))

    def _person(self, rng: Stream, name: str) -> list[list[Told]]:
        """The turns about a person: each states some wishes and another fact."""
        desk, (first, *rest) = self._desk, self._cast.wishes[name].items()
        others = [
            self._fact(rng, name, desk.town_key, self._cast.towns[name]),
            self._fact(rng, name, desk.address_key, next(self._cast.codes)),
        ]
        rng.shuffle(others)
        return [
            [self._wish(rng, name, dict(part)), other]
            for part, other in zip(([first], rest), others, strict=True)
        ]

    def _wish(self, rng: Stream, name: str, wishes: Mapping[str, str]) -> Told:
        """A sentence that states wishes of a person."""
        listed = " and ".join(f"{key} {value}" for key, value in wishes.items())
        sentence = rng.choice(texts.WISHES).format(name=name, wishes=listed)
        return sentence, [Statement(name, key, value) for key, value in wishes.items()]

    def _fact(self, rng: Stream, subject: str, key: str, value: str, old: str = "") -> Told:
        """A sentence that states a fact."""
        desk = self._desk
        form = rng.choice(texts.forms_of(desk, subject, key, changed=bool(old)))
        words = {"value": texts.shown(desk, key, value), "old": texts.shown(desk, key, old)}
        rank = (1,) if old else ()
        return form.format(name=subject, key=key, **words), [
            Statement(subject, key, value, rank=rank)
        ]

    def _state(self, rng: Stream, told: Sequence[Told], *, by_supervisor: bool = False) -> None:
        self.stated += [statement for _, statements in told for statement in statements]
        sentences = [sentence for sentence, _ in told]
        if by_supervisor:
            self.say(texts.SUPERVISOR_SAYS + " ".join((self._desk.brief, *sentences)))
        else:
            self.say(self._customer(rng, *sentences))

    def _customer(self, rng: Stream, *sentences: str) -> str:
        """A message of the customer, who talks as their persona does."""
        chat = texts.MANNERS[self._cast.manner] + (not sentences)
        return texts.of_customer(rng, self._mentioned, *sentences, chat=chat)

    def _tokens(self, text: str, wishes: Mapping[str, str]) -> int:
        """Tokens of a turn: of its message, and of the offers that a search in it lists."""
        return count(text) + 4 + (self.stock.tokens(wishes) + 4 if wishes else 0)
