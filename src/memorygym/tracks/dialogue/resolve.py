"""What a request needs: each argument of its tool call, from known facts and a listing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from memorygym.core.statements import Statement, StatementIndex
from memorygym.tracks.dialogue.desk import (
    APPROVAL,
    CUSTOMER,
    ORDER,
    POLICY,
    THRESHOLD,
    Desk,
    DeskAction,
    words_of,
)
from memorygym.tracks.dialogue.offers import Offer, best
from memorygym.tracks.dialogue.texts import shown


@dataclass(frozen=True)
class Request:
    """A request of the customer, as its text states it."""

    desk: Desk
    action: DeskAction
    words: Mapping[str, str]
    """The words that the text gives: `person`, `account`, wishes."""

    @property
    def chooses(self) -> bool:
        """Whether it asks for a choice among offers: the best rated one with the wishes."""
        return self.desk.offer in self.action.arguments

    @property
    def limited(self) -> bool:
        """Whether the offer must keep to the customer's standing limits."""
        return self.chooses and self.action.name != "hold"

    @property
    def wishes(self) -> dict[str, str]:
        """The wishes that it names."""
        labels = (wish.label for wish in self.desk.wishes)
        return {label: self.words[label] for label in labels if label in self.words}


@dataclass
class Resolver:
    """Finds the arguments of a request; `used` collects the facts that decide."""

    request: Request
    facts: StatementIndex
    search: Callable[[Mapping[str, str]], Sequence[Offer]]
    """The offers with these wishes."""
    used: dict[tuple[str, str], Statement] = field(default_factory=dict)

    def arguments(self) -> dict[str, str] | None:
        """The arguments of the tool call; None if a fact is missing that no default replaces."""
        values = {name: self._value(name) for name in self.request.action.arguments}
        known = {name: value for name, value in values.items() if value is not None}
        return known if len(known) == len(values) else None

    def says(self) -> str:
        """What must be said, with its unit: when the money is back, if an order is cancelled; "" if
        nothing must or it is not known."""
        if self.request.action.name != "cancel":
            return ""
        refund = self.request.desk.other_rules[1]
        value = self._rule(refund)
        return "" if value is None else shown(self.request.desk, refund, value)

    def wishes(self) -> dict[str, str]:
        """The wishes to search for, as far as they are known: those that the request names, and
        others of the person."""
        wishes = self.request.wishes
        if self.request.action.name != "any":
            for label in [wish.label for wish in self.request.desk.wishes]:
                if label not in wishes and (value := self._of("person", label)) is not None:
                    wishes[label] = value
        return wishes

    def _value(self, argument: str) -> str | None:
        """The value of an argument of the tool."""
        desk = self.request.desk
        match argument:
            case "amount":
                return self.request.words["amount"]
            case "approval":
                return self._approval()
            case "code":
                return self._rule(desk.other_rules[0])
            case "destination":
                town = self._of("person", desk.town_key)
                if town not in (None, self.request.words["town"]):
                    return self._rule(desk.other_rules[2])
                return self._of("person", desk.address_key)
            case desk.offer:
                return self._chosen().get("id")
            case desk.order:
                return self._of("person", ORDER)
            case desk.account_argument:
                return self._of("account", desk.account_key)
            case desk.address_argument:
                return self._of("person", desk.address_key)
        raise TypeError(f"no argument of a tool: {argument!r}")

    def _approval(self) -> str:
        """The approval code if the price of the chosen offer is above the threshold."""
        threshold = self._rule(THRESHOLD)
        price = self._chosen().get(self.request.desk.limits[0].field)
        if threshold is None or price is None or int(price) <= int(threshold):
            return "none"
        return self._rule(APPROVAL) or "none"

    def _chosen(self) -> Offer:
        limits = dict(self._limits()) if self.request.limited else {}
        return best(self.request.desk, self.search(self.wishes()), limits) or {}

    def _limits(self) -> Iterator[tuple[str, str]]:
        for limit in self.request.desk.limits:
            if (value := self._stated(CUSTOMER, limit.label)) is not None:
                yield limit.label, value

    def _of(self, word: str, key: str) -> str | None:
        """A fact about the person or the account that the request names."""
        words = self.request.words
        subject = words.get(word) or self._stated(CUSTOMER, words["role"])  # It says "my sister".
        return self._stated(subject, key) if subject else None

    def _rule(self, label: str) -> str | None:
        return self._stated(POLICY, label)

    def _stated(self, subject: str, key: str) -> str | None:
        """The value of a fact, which is noted as used."""
        stated = self.facts.get(subject, key)
        if stated is None:
            return None
        self.used[stated[:2]] = stated
        return stated.text


@lru_cache(maxsize=20_000)
def request_in(desk: Desk, text: str) -> Request | None:
    """The request in a message of the customer."""
    for action in desk.actions:
        if (words := words_of(action.request, text)) is not None:
            return Request(desk, action, words)
    return None


def described(tool: str, arguments: Mapping[str, str], said: str) -> str:
    """What was done, as people read it."""
    call = f"{tool}({', '.join(f'{name}={value}' for name, value in arguments.items())})"
    return f"{call}, says {said!r}" if said else call
