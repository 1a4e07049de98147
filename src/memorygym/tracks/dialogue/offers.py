"""The offers of a session: their rows as texts write them, the choice among them, and how they are
dealt: those of each request's listing, their rivals, and others."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from memorygym.core.errors import BadSettings
from memorygym.core.rng import Stream
from memorygym.core.tokens import count
from memorygym.tracks.dialogue.desk import Desk, Limit

Offer: TypeAlias = Mapping[str, str]
"""An offer: its `id` and `rating`, its wishes by label, and its fields."""
ROWS = 20
"""Offers of a listing, and the most that a search returns."""
NEAR = 4
"""Values on either side of a limit among which those of offers are drawn."""
TIGHT = 0.6
"""How often a value of the right offer is close to the limit, so that it looks no better."""
MOST_BROKEN = 0.7
"""The highest share of a listing's offers that break a limit; the share of each is drawn."""
MOST_ABOVE = 14
"""Most offers rated above the right one, beside those that break one binding limit alone."""
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


class Listing:
    """Draws the offers of one search, of which one is right.

    Above the right one stands an offer for each binding limit that breaks it alone, and a random
    number of offers that break others, too, so that no rank is right more often than another.
    Values lie close to the limits on either side, and the share of offers that break a limit
    varies, so that neither usual limits nor those that would fit the listing are right often.
    """

    def __init__(
        self, desk: Desk, rng: Stream, limits: Mapping[str, str], old: Mapping[str, str]
    ) -> None:
        self._desk, self._rng, self._limits = desk, rng, limits
        self._old = old
        """By label: the former value of each limit that has changed."""
        others = [limit for limit in desk.limits if limit.label not in old]
        rng.shuffle(others)
        changed = [limit for limit in desk.limits if limit.label in old]
        self._binding = [*changed[:1], *others][: 2 + rng.below(2)]
        """The limits that bind in this listing: two or three, those that have changed first."""
        self._shares = [(limit, rng.uniform() * MOST_BROKEN) for limit in desk.limits]

    def rows(self, wishes: Mapping[str, str]) -> list[dict[str, str]]:
        """The offers without their numbers, the best rated first."""
        rng, binding = self._rng, self._binding
        right = self.kept()
        above = [self._broken([limit], turns=True) for limit in binding]
        for _ in range(rng.below(MOST_ABOVE + 1)):
            above.append(self._broken([rng.choice(binding), *self._others()], turns=False))
        rng.shuffle(above)
        below = [self._broken(self._others(), turns=False) for _ in range(ROWS - len(above) - 1)]
        ratings = sorted(rng.sample(range(100, 460), ROWS), reverse=True)
        fields = (*above, right, *below)
        return [
            {**wishes, "rating": f"{rating / 100:.2f}", **values}
            for rating, values in zip(ratings, fields, strict=True)
        ]

    def _others(self) -> list[Limit]:
        """Limits that an offer may break: each with the share of this listing."""
        return [limit for limit, share in self._shares if self._rng.bernoulli(share)]

    def kept(self) -> dict[str, str]:
        """The fields of an offer that keeps to all limits."""
        return {
            limit.field: self._value(
                limit, breaks=False, turns=limit in self._binding, tight=self._rng.bernoulli(TIGHT)
            )
            for limit in self._desk.limits
        }

    def _broken(self, broken: Sequence[Limit], *, turns: bool) -> dict[str, str]:
        """The fields of an offer that breaks these limits and no other."""
        return {
            limit.field: self._value(limit, breaks=limit in broken, turns=turns)
            for limit in self._desk.limits
        }

    def _value(self, limit: Limit, *, breaks: bool, turns: bool, tight: bool = False) -> str:
        """A value of a limit's field, close to the limit if it breaks it or is `tight`; with
        `turns`, if possible one that the former limit judges otherwise."""
        now, old = self._limits[limit.label], self._old.get(limit.label)
        values = [value for value in limit.values if limit.fits(value, now) != breaks]
        if turns and old is not None:
            values = [v for v in values if limit.fits(v, old) == breaks] or values
        if limit.rule != "not" and (breaks or tight):
            values = sorted(values, key=lambda value: abs(int(value) - int(now)))[:NEAR]
        return self._rng.choice(values)


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

    def deal(self, rng: Stream, wishes: Mapping[str, str], listing: Listing) -> None:
        """Adds the offers among which a request for these wishes chooses."""
        rest = [wish for wish in self._desk.wishes if wish.label not in wishes]
        rows = listing.rows(wishes)
        for offer in rows:
            offer |= {wish.label: rng.choice(wish.choices) for wish in rest}
        self._taken.append(wishes)
        self._dealt.append(wishes)
        self.offers = [offer for offer in self.offers if not _agree(offer, wishes)]
        self._add(rng, rows)
        self._add(rng, list(self._rivals(rng, wishes, listing)))

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
        self, rng: Stream, wishes: Mapping[str, str], listing: Listing
    ) -> Iterator[dict[str, str]]:
        """For each wish, better rated offers that keep to all limits and differ in it alone."""
        for wish in self._desk.wishes:
            others = [choice for choice in wish.choices if choice != wishes.get(wish.label)]
            rng.shuffle(others)
            for other in others[:RIVALS]:
                offer = self._any(rng, {**wishes, wish.label: other})
                if self._is_free(offer):
                    rating = f"{rng.between(461, 499) / 100:.2f}"
                    yield {**offer, "rating": rating, **listing.kept()}

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
