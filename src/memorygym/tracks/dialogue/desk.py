"""A desk, a transactional domain of dialogue: wishes, offers, tools, limits and rules.

A desk is data; adding one is one file. All desks have the eight usual actions, each in words of its
own; where the arguments of their tools come from, resolve.py says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from memorygym.core.errors import BadSettings
from memorygym.core.json_values import FrozenDict

CUSTOMER, POLICY = "customer", "policy"
"""Subjects of the facts that only one entity has: standing limits, and the rules of the house."""
ROLES = tuple("sister accountant landlord dentist godson gardener choirmaster tailor".split())
"""Whom people may be to the customer; a key of the customer each."""
ORDER = "order number"
"""The key of the number that a tool gives to a person's order."""
USUAL = {"pay": 0, "send": 0, "hold": 0, "any": 0, "order": 1, "swap": 2, "ship": 2, "cancel": 3}
"""The usual actions: to pay and to send something, to put an offer aside, to buy any, to order one
for a person, and to swap, ship and cancel that. By each: its place in a chain of requests about one
order; 0 is none."""
THRESHOLD, APPROVAL = "approval threshold", "approval code"
"""The rules that all desks have; the agent's instructions name them."""


@dataclass(frozen=True, slots=True)
class Wish:
    """A property that a person wants, and that `search` can filter by."""

    label: str
    choices: tuple[str, ...]


def numbers(first: int, end: int, step: int = 1) -> tuple[str, ...]:
    """The numbers from the first to one before the end, as texts hold them."""
    return tuple(map(str, range(first, end, step)))


@dataclass(frozen=True, slots=True)
class Term:
    """Something with one value at a time, which texts write with its unit."""

    label: str
    """What texts call it: "price limit"."""
    prefix: str = field(default="", kw_only=True)
    suffix: str = field(default="", kw_only=True)

    def show(self, value: str) -> str:
        """A value as texts write it: "$80", "21 days"."""
        return f"{self.prefix}{value}{self.suffix}"


@dataclass(frozen=True, slots=True)
class Limit(Term):
    """A standing limit of the customer on one field of offers."""

    field: str
    rule: Literal["at most", "at least", "not"]
    values: tuple[str, ...]
    """The values of the field, numbers in increasing order; limits are drawn from the middle."""

    def fits(self, value: str, limit: str) -> bool:
        """Whether an offer's value keeps to a limit."""
        if self.rule == "not":
            return value != limit
        return int(value) <= int(limit) if self.rule == "at most" else int(value) >= int(limit)


@dataclass(frozen=True, slots=True)
class Rule(Term):
    """A rule of the house, which states one value: a code, or a number with its unit."""

    values: tuple[str, ...] = ()
    """The possible numbers; () for a code."""


@dataclass(frozen=True, slots=True)
class DeskAction:
    """A request that the customer makes, and the tool call that grants it."""

    name: str
    """One of `USUAL`."""
    tool: str
    about: str
    """The description of the tool."""
    request: str
    """The request; `{person}`, `{role}`, `{account}`, `{amount}`, `{town}` and wishes are its
    words."""
    arguments: tuple[str, ...]
    """The names of the tool's arguments."""
    rules: tuple[str, ...] = ()
    """The rules that it needs."""

    @property
    def link(self) -> int:
        """Its place in a chain of requests about one order, from 1; 0 is none."""
        return USUAL[self.name]

    @property
    def numbers(self) -> bool:
        """Whether its result gives the order a number."""
        return self.name in ("order", "swap")


def words_of(form: str, text: str) -> Mapping[str, str] | None:
    """The words in braces of a sentence, if a line of the text ends with it."""
    fixed, pattern = _pattern_of(form)
    match = pattern.search(text) if fixed in text else None
    return match.groupdict() if match else None


@lru_cache(maxsize=256)
def _pattern_of(form: str) -> tuple[str, re.Pattern[str]]:
    """The longest part of a sentence without words in braces, and the sentence's pattern."""
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[$\\w][\\w -]*?)", re.escape(form)) + r"$"
    return max(re.split(r"\{\w+\}", form), key=len), re.compile(pattern, re.M)


@dataclass(frozen=True, kw_only=True, eq=False)  # By identity, so that caches may have it as key.
class Desk:
    """A domain that pays and sends, holds and buys offers, and orders, swaps, ships and cancels
    them. Raises BadSettings if its requests can have no right result.

    Its first limit is on the price. Its rules are those on approval, and first of the others: the
    code to cancel an order, the time until the money is back, and the code for an order that does
    not go to the person.
    """

    name: str
    house: str
    """Whom the agent works for, as the system message says it."""
    offer: str
    """The noun for what is offered, and the argument of tools that holds its number: "product"."""
    offer_id: str
    """What begins the number of an offer: "P"."""
    order: str
    """The argument of tools that holds an order's number: "booking". Two others are named by the
    first word of `account` and `address_key`: "card", "traveller"."""
    wishes: tuple[Wish, ...]
    """The first one is what is offered: "desk lamp"."""
    limits: tuple[Limit, ...]
    rules: tuple[Rule, ...]
    """Those that actions need, and others."""
    account: str
    """The noun that ends the names of accounts: "Card"."""
    account_key: str
    """The key of an account's number: "card number"."""
    address_key: str
    """The key of a person's code: "address code"."""
    town_key: str
    towns: tuple[str, ...] = (
        "Brookfield",
        "Elmstead",
        "Harlow Bay",
        "Kirkdale",
        "Norwick",
        "Ostrava Hill",
    )
    words: Mapping[str, tuple[str, str, str]]
    """By usual action: its tool, what the tool does, and the request (`DeskAction`)."""
    sentences: Mapping[str, tuple[str, ...]] = field(default_factory=FrozenDict)
    """By key, or by kind of fact (texts.SENTENCES): sentences in the desk's own words."""
    brief: str
    """What the supervisor says before the rules."""
    look_up: str
    """The question of a customer who is only looking, with the first two wishes as words."""

    def __post_init__(self) -> None:
        problem = ""
        for limit in self.limits:
            if len(limit.values) < 5 - 2 * (limit.rule == "not"):
                problem = (
                    f"{limit.label} has {len(limit.values)} values, so it cannot bind and change;"
                    ' give 5 or more, 3 for "not"'
                )
        if missing := {THRESHOLD, APPROVAL} - {rule.label for rule in self.rules}:
            problem = f"order needs the rule {min(missing)!r}, which is not among its rules; add it"
        elif self.words.keys() != {*USUAL} or len(self.other_rules) < 3:
            problem = (
                f"it has {len(self.other_rules)} rules beside those on approval, and words for"
                f" {', '.join(self.words) or 'no action'}; give 3 or more, and words for"
                f" {', '.join(USUAL)}"
            )
        if problem:
            raise BadSettings(f"dialogue desk {self.name}: {problem}")

    @property
    def other_rules(self) -> list[str]:
        """The rules beside those on approval."""
        return [rule.label for rule in self.rules if rule.label not in (THRESHOLD, APPROVAL)]

    @property
    def account_argument(self) -> str:
        """The argument of tools that holds an account's number."""
        return _noun(self.account)

    @property
    def address_argument(self) -> str:
        """The argument of tools that holds a person's code."""
        return _noun(self.address_key)

    @cached_property
    def actions(self) -> tuple[DeskAction, ...]:
        """The usual actions, in its words."""
        account, offer, order = self.account_argument, self.offer, self.order
        cancelling, refund, elsewhere, *_ = self.other_rules
        parts: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
            "pay": ((account, "amount"), ()),
            "send": ((self.address_argument,), ()),
            "hold": ((offer,), ()),
            "any": ((offer,), ()),
            "order": ((offer, account, "approval"), (APPROVAL, THRESHOLD)),
            "swap": ((order, offer), ()),
            "ship": ((order, "destination"), (elsewhere,)),
            "cancel": ((order, "code"), (cancelling, refund)),
        }
        return tuple(DeskAction(name, *self.words[name], *parts[name]) for name in USUAL)


def _noun(key: str) -> str:
    """The first word of a key, as an argument's name."""
    return key.split(maxsplit=1)[0].lower()
