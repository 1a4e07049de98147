"""The offers of a session: their rows as texts write them, the choice among them, and how they are
dealt: those of each request's listing, their rivals, and others."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.dialogue.desk import Desk

Offer: TypeAlias = Mapping[str, str]
"""An offer: its `id` and `rating`, its wishes by label, and its fields."""
CUSTOMERS = 24
"""Customers who might be on the line; each finds another offer of a listing right."""
BINDING = 2
"""Limits that bind everybody: an offer at the top of a listing breaks each of them alone."""
ROWS = CUSTOMERS + BINDING
"""Offers of a listing, and the most that a search returns."""
NEW = 10
"""How much likelier an offer for a customer has a value that their former limit forbids."""
MOST_DRAWN = 50_000
"""Offers that are drawn for a listing at most; 3,300 were the most for 2,400 listings."""
FEW = 3
"""Most offers where limits do not matter, so that they are as few as those of other wishes."""
LISTED = 8
"""Offers that a customer who is only looking is shown, at least."""
RIVALS = 2
"""For each wish: better rated offers that differ from the right one in it alone."""


def row(desk: Desk, offer: Offer) -> str:
    """An offer as a search lists it."""
    wishes = [offer[wish.label] for wish in desk.wishes]
    fields = [f"{limit.field} {limit.show(offer[limit.field])}" for limit in desk.limits]
    return "; ".join((offer["id"], *wishes, f"rating {offer['rating']}", *fields))


def offers_in(desk: Desk, text: str) -> list[dict[str, str]]:
    """The offers whose rows a text holds, in its order."""
    return [_offer(desk, line) for line in text.split("\n") if is_row(desk, line)]


def is_row(desk: Desk, line: str) -> bool:
    """Whether a line is about an offer, because it names its number."""
    return re.search(rf"\b{desk.offer_id}-\d{{5}}\b", line) is not None


def _offer(desk: Desk, line: str) -> dict[str, str]:
    parts = line.split("; ")
    labels = ("id", *(wish.label for wish in desk.wishes))
    offer = dict(zip(labels, parts, strict=False))
    offer["rating"] = parts[len(labels)].removeprefix("rating ")
    for limit, part in zip(desk.limits, parts[len(labels) + 1 :], strict=True):
        value = part.removeprefix(limit.field + " ")
        offer[limit.field] = value.removeprefix(limit.prefix).removesuffix(limit.suffix)
    return offer


def found(stock: Sequence[Offer], wishes: Mapping[str, str]) -> list[Offer]:
    """What a search finds, the best rated first."""
    fitting = list(stock)
    for label, value in wishes.items():
        fitting = [offer for offer in fitting if offer[label] == value]
    return sorted(fitting, key=lambda offer: (-float(offer["rating"]), offer["id"]))[:ROWS]


def best(desk: Desk, offers: Sequence[Offer], limits: Mapping[str, str]) -> Offer | None:
    """The first offer that keeps to the limits, by label; a limit that is not known is ignored."""
    known = [(limit, limits[limit.label]) for limit in desk.limits if limit.label in limits]
    keeping = (o for o in offers if all(limit.fits(o[limit.field], v) for limit, v in known))
    return next(keeping, None)


@dataclass(frozen=True)
class Customer:
    """The standing limits of somebody who might be on the line."""

    limits: Mapping[str, str]
    """By label: the limits as they are now."""
    old: Mapping[str, str]
    """By label: the former values of those that have changed."""


class Listing:
    """Draws the offers of one search, of which each of many customers finds another one right.

    The first of them is on the line, but all are alike to the drawing. So whoever does not know
    the limits is right once in `CUSTOMERS` times, whatever the guess.
    """

    def __init__(self, desk: Desk, rng: Stream, customers: Sequence[Customer]) -> None:
        self._desk, self._rng, self._customers = desk, rng, customers
        self._all = (1 << len(customers)) - 1
        limits = rng.sample(desk.limits, len(desk.limits))
        limits.sort(key=lambda limit: limit.label not in customers[0].old)
        self._binding = [limit.field for limit in limits if limit.rule != "not"][:BINDING]
        """Fields of limits that bind everybody, first of those that have changed."""
        sure = {*self._binding, *(of.field for of in desk.limits if of.label in customers[0].old)}
        self._shares = {of.field: 1 if of.field in sure else rng.uniform() for of in desk.limits}
        """By field: the share of offers whose value may break limits."""
        self._fits: dict[str, dict[str, int]] = {}
        """By field and value: the customers to whose limits it keeps, a bit each."""
        for limit in desk.limits:
            fits = self._fits.setdefault(limit.field, dict.fromkeys(limit.values, self._all))
            for value in fits:
                fits[value] &= sum(
                    limit.fits(value, customer.limits[limit.label]) << bit
                    for bit, customer in enumerate(customers)
                )
        self._kept = {field: self._values(field, self._all) for field in self._fits}
        self._own = [self._values_of(bit) for bit in range(len(customers))]

    def rows(self, wishes: Mapping[str, str]) -> list[dict[str, str]]:
        """The offers without their numbers, the best rated first.

        At the top an offer for each binding limit breaks it alone; each other keeps to the limits
        of one customer, and of nobody whose own comes later. Raises BadSettings if none can.
        """
        rng, waiting = self._rng, self._all
        rows = list[dict[str, str]]()
        for _ in range(MOST_DRAWN if all(self._kept.values()) else 0):
            bit = rng.choice([bit for bit in range(len(self._own)) if waiting >> bit & 1])
            offer = self._offer_for(bit)
            if waiting & ~self._broken_by(offer) == 1 << bit:
                rows.append(offer)
                waiting ^= 1 << bit
            if not waiting:
                break
        else:
            raise BadSettings(
                f"dialogue desk {self._desk.name}: no offer can grant what each of {CUSTOMERS}"
                " customers wants; give more limits, or more values, and none that exclude others"
            )
        rows[:0] = [self.kept() | {f: rng.choice(self._values(f, 0))} for f in self._binding]
        ratings = sorted(rng.sample(range(100, 460), len(rows)), reverse=True)
        return [
            {**wishes, "rating": f"{rating / 100:.2f}", **values}
            for rating, values in zip(ratings, rows, strict=True)
        ]

    def kept(self) -> dict[str, str]:
        """The fields of an offer that keeps to the limits of everybody."""
        return {field: self._rng.choice(values) for field, values in self._kept.items()}

    def _values(self, field: str, kept: int) -> list[str]:
        """The values of a field that keep to the limits of exactly these customers."""
        return [value for value, fits in self._fits[field].items() if fits == kept]

    def _values_of(self, bit: int) -> dict[str, list[str]]:
        """By field: the values that keep to a customer's limit, new ones among them `NEW` times."""
        old = self._customers[bit].old
        values = {
            field: [value for value, kept in fits.items() if kept >> bit & 1]
            for field, fits in self._fits.items()
        }
        for limit in self._desk.limits:
            if limit.label in old:
                kept = values[limit.field]
                kept += (NEW - 1) * [v for v in kept if not limit.fits(v, old[limit.label])]
        return values

    def _offer_for(self, bit: int) -> dict[str, str]:
        """The fields of an offer that keeps to a customer's limits."""
        rng = self._rng
        own = self._own[bit].items()
        return self.kept() | {f: rng.choice(v) for f, v in own if rng.bernoulli(self._shares[f])}

    def _broken_by(self, offer: Mapping[str, str]) -> int:
        """The customers for whom an offer breaks a binding limit, or any one limit alone, so that
        each limit that they need is needed without regard to others."""
        binding = once = twice = 0
        for field, value in offer.items():
            broken = self._all & ~self._fits[field][value]
            twice |= once & broken
            once |= broken
            if field in self._binding:
                binding |= broken
        return binding | once & ~twice


class Stock:
    """The offers so far. The wishes of people and of requests are kept apart from each other."""

    def __init__(self, desk: Desk, wishes: Sequence[Mapping[str, str]]) -> None:
        self.offers: list[Offer] = []
        self._desk = desk
        self._taken = list(wishes)
        """The wishes of all people, and of all listings so far."""
        self._dealt: list[Mapping[str, str]] = []
        self._ids: set[str] = set()
        self._tokens: dict[tuple[int, tuple[tuple[str, str], ...]], int] = {}
        """By the number of offers, and wishes: tokens of what a search lists."""

    def search(self, wishes: Mapping[str, str]) -> list[Offer]:
        """The offers with these wishes, as `search` lists them."""
        return found(self.offers, wishes)

    def tokens(self, wishes: Mapping[str, str]) -> int:
        """Tokens of what a search for these wishes lists."""
        key = len(self.offers), tuple(wishes.items())
        if key not in self._tokens:
            listed = "\n".join(row(self._desk, offer) for offer in self.search(wishes))
            self._tokens[key] = count(listed)
        return self._tokens[key]

    def named(self, rng: Stream, wishes: Mapping[str, str] | None) -> dict[str, str]:
        """The first two wishes for a request to name, or a new second one beside known wishes, so
        that no other listing has the same. Raises BadSettings if none is left."""
        first, second, *_ = self._desk.wishes
        if wishes:
            pairs = [{**wishes, second.label: choice} for choice in second.choices]
        else:
            pairs = [
                {first.label: a, second.label: b} for a in first.choices for b in second.choices
            ]
        rng.shuffle(pairs)
        pairs.sort(key=lambda pair: sum(d[first.label] == pair[first.label] for d in self._dealt))
        free = (pair for pair in pairs if self._is_free(pair))
        if (pair := next(free, None)) is None:
            raise BadSettings(
                f"dialogue desk {self._desk.name}: all pairs of {first.label} and"
                f" {second.label} are taken; give fewer chains, or the desk more choices"
            )
        return pair

    def deal(self, rng: Stream, wishes: Mapping[str, str], listing: Listing | None) -> None:
        """Adds the offers among which a request for these wishes chooses: a listing, or a few where
        limits do not matter."""
        rest = [wish for wish in self._desk.wishes if wish.label not in wishes]
        number = 0 if listing else 1 + rng.below(FEW)
        rows = listing.rows(wishes) if listing else [self._any(rng, wishes) for _ in range(number)]
        for offer in rows:
            offer |= {wish.label: rng.choice(wish.choices) for wish in rest}
        self._taken.append(wishes)
        self._dealt.append(wishes)
        self.offers = [offer for offer in self.offers if not _agree(offer, wishes)]
        self._add(rng, rows)
        least = round(100 * max(float(offer["rating"]) for offer in rows)) + 1
        self._add(rng, list(self._rivals(rng, wishes, listing, least)))

    def look(self, rng: Stream) -> dict[str, str]:
        """Two wishes that a customer only looks for; there are some offers with them."""
        first, second = self._desk.wishes[:2]
        wishes = {first.label: rng.choice(first.choices), second.label: rng.choice(second.choices)}
        if len(self.search(wishes)) < LISTED:
            rows = (self._any(rng, wishes) for _ in range(LISTED))
            self._add(rng, [offer for offer in rows if self._is_free(offer)])
        return wishes

    def _any(self, rng: Stream, wishes: Mapping[str, str]) -> dict[str, str]:
        drawn = {wish.label: rng.choice(wish.choices) for wish in self._desk.wishes}
        fields = {limit.field: rng.choice(limit.values) for limit in self._desk.limits}
        return {**drawn, **wishes, "rating": f"{rng.between(100, 460) / 100:.2f}", **fields}

    def _rivals(
        self, rng: Stream, wishes: Mapping[str, str], listing: Listing | None, least: int
    ) -> Iterator[dict[str, str]]:
        """For each wish, better rated offers that differ in it alone; they keep to all limits."""
        for wish in self._desk.wishes:
            others = [choice for choice in wish.choices if choice != wishes.get(wish.label)]
            rng.shuffle(others)
            rivals = (self._any(rng, {**wishes, wish.label: other}) for other in others)
            for offer in list(filter(self._is_free, rivals))[: RIVALS if listing else 1]:
                offer["rating"] = f"{rng.between(least, 499) / 100:.2f}"
                yield offer | (listing.kept() if listing else {})

    def _is_free(self, offer: Mapping[str, str]) -> bool:
        """Whether nobody's wishes, and no listing's, are those of an offer."""
        return not any(_agree(offer, wishes) for wishes in self._taken)

    def _add(self, rng: Stream, rows: Sequence[dict[str, str]]) -> None:
        for number, offer in zip(rng.sample(range(10_000, 99_999), len(rows)), rows, strict=True):
            free = number
            while (id := f"{self._desk.offer_id}-{free}") in self._ids:
                free += 1
            self._ids.add(id)
            self.offers.append({"id": id, **offer})


def _agree(offer: Mapping[str, str], wishes: Mapping[str, str]) -> bool:
    """Whether an offer has the wishes that both name."""
    return all(offer.get(label, value) == value for label, value in wishes.items())
