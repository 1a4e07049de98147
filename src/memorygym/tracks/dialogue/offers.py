"""Offers: their rows as texts write them, the rows of a listing, and the choice among them."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from memorygym.core.rng import Stream
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
        self._binding = self._drawn()
        self._shares = [(limit, rng.uniform() * MOST_BROKEN) for limit in desk.limits]

    def _drawn(self) -> list[Limit]:
        """The limits that bind in this listing: two or three, those that have changed first."""
        changed = [limit for limit in self._desk.limits if limit.label in self._old]
        others = [limit for limit in self._desk.limits if limit.label not in self._old]
        self._rng.shuffle(others)
        return [*changed[:1], *others][: 2 + self._rng.below(2)]

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
