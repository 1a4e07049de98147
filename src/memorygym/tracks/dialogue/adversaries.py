"""Policies that do without memory: they refuse every request, ask again, or guess an offer.

A guess chooses an offer without knowing the customer's limits, but it may know the code of the
generator, and which offers were right for other customers; each must seldom be right.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log, prod
from typing import TypeAlias

from memorygym.agents.calls import END, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.rng import named_rng
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.dialogue.desk import Desk
from memorygym.tracks.dialogue.env import ASK
from memorygym.tracks.dialogue.offers import (
    FEW,
    ROWS,
    Customer,
    Listing,
    Offer,
    best,
    found,
    offers_in,
)
from memorygym.tracks.dialogue.reasoners import GIVE_UP, Turn
from memorygym.tracks.dialogue.script import Cast

Guess: TypeAlias = Callable[[Desk, Sequence[Offer], Sequence[Offer]], Offer | None]
"""Chooses an offer, given those listed for the wishes that are named, and all offers."""
FITTED = 40
"""Sessions on which guesses are fitted, with a listing before and one after limits change."""


@cache
def _examples(desk: Desk) -> Sequence[tuple[Customer, Sequence[Offer], float]]:
    """Other customers of a desk, each with a listing, and how likely the generator draws for them
    an offer that fits."""
    examples = []
    for number in range(FITTED):
        rng = named_rng("dialogue", desk.name, number, "guesses")
        cast = Cast(desk, rng, chains=1)
        for customers in (cast.early, cast.late):
            limits = customers[0].limits
            kept = ([of.fits(v, limits[of.label]) for v in of.values] for of in desk.limits)
            rows = Listing(desk, rng, customers).rows({})
            examples.append((customers[0], rows, 1 / prod(map(sum, kept))))
    return examples


def _features(desk: Desk, offers: Sequence[Offer], rank: int) -> Iterator[Hashable]:
    """How an offer stands among those listed: its rank; in each field its value, how many have it,
    how many have a lower one, and the steps to the lowest and to the highest."""
    yield rank
    for limit in desk.limits:
        places = [limit.values.index(offer[limit.field]) for offer in offers]
        place = places[rank]
        yield limit.field, "value", place
        yield limit.field, "equal", places.count(place)
        if limit.rule != "not":
            yield limit.field, "lower", sum(other < place for other in places)
            yield limit.field, "from lowest", place - min(places)
            yield limit.field, "to highest", max(places) - place


@cache
def _weights(desk: Desk) -> Mapping[Hashable, float]:
    """By feature: how much more often right offers have it than others, as a logarithm."""
    seen, right = Counter[Hashable](), Counter[Hashable]()
    for customer, offers, _ in _examples(desk):
        chosen = best(desk, offers, customer.limits)
        for rank, offer in enumerate(offers):
            features = [*_features(desk, offers, rank)]
            seen.update(features)
            right.update(features if offer is chosen else ())
    return {feature: log((right[feature] + 1) / (n / ROWS + 1)) for feature, n in seen.items()}


def _fitted(desk: Desk, offers: Sequence[Offer], _: Sequence[Offer]) -> Offer | None:
    """The offer whose features were most often those of right ones (naive Bayes)."""
    weights = _weights(desk)

    def weight(rank: int) -> float:
        return sum(weights.get(feature, 0.0) for feature in _features(desk, offers, rank))

    return offers[max(range(len(offers)), key=weight)] if offers else None


def _likely(desk: Desk, offers: Sequence[Offer], _: Sequence[Offer]) -> Offer | None:
    """The offer that other customers would most often find right; each counts by how likely the
    generator draws it for them."""
    votes = dict.fromkeys((offer["id"] for offer in offers), 0.0)
    for customer, _listed, likelihood in _examples(desk):
        if offer := best(desk, offers, customer.limits):
            votes[offer["id"]] += likelihood
    return max(offers, key=lambda offer: votes[offer["id"]], default=None)


def _as_best_rated(desk: Desk, offers: Sequence[Offer], stock: Sequence[Offer]) -> Offer | None:
    """The best rated within limits to which the best rated offers of all keep, too."""
    rated, limits = found(stock, {}), dict[str, str]()
    for limit in desk.limits if rated else ():
        if limit.rule != "not":
            worst = max if limit.rule == "at most" else min
            limits[limit.label] = worst((offer[limit.field] for offer in rated), key=int)
    return best(desk, offers, limits)


def _alone(desk: Desk, _: Sequence[Offer], stock: Sequence[Offer]) -> Offer | None:
    """One that looks as if dealt where limits do not matter: the best of few with its wishes, but
    without any one of these there is a better one."""

    def is_possible(offer: Offer) -> bool:
        others = [[w for w in desk.wishes if o[w.label] != offer[w.label]] for o in stock]
        better = [d for d, o in zip(others, stock, strict=True) if o["rating"] > offer["rating"]]
        few = others.count([]) <= FEW and [] not in better
        return few and all([wish] in better for wish in desk.wishes)

    return min(filter(is_possible, stock), key=lambda offer: offer["id"], default=None)


GUESSES: Mapping[str, Guess] = {
    "fitted offer": _fitted,
    "likely offer": _likely,
    "limits of the best rated": _as_best_rated,
    "offer alone": _alone,
}


class Refuser(Policy):
    """Hands over every request."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return calls(GIVE_UP) if Turn(view).request else END


class Asker(Policy):
    """Asks the customer to repeat what each request needs, and does what the customer then says."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = Turn(view)
        if turn.request is None or turn.is_acted_on:
            return Message("assistant", turn.last.get(ASK.name, ""))
        told = turn.last.get(ASK.name)
        if told is None:
            return calls((ASK.name, {"question": "What did you tell me about this?"}))
        values = told.partition("It comes to: ")[2].rstrip(".").split(", ")
        arguments = dict(zip(turn.request.action.arguments, values, strict=False))
        return calls((turn.request.action.tool, arguments)) if len(values) > 1 else END


IDLE: Mapping[str, Callable[[], Policy]] = {
    "silent": Silent,
    "refuser": Refuser,
    "asker": Asker,
}
"""By agent: those that choose no offer."""


@dataclass(frozen=True)
class Guesser(Policy):
    """Chooses an offer by a guess; for anything else it gives the only value that it can."""

    guess: str

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = Turn(view)
        request, listed = turn.request, turn.last.get("search")
        if request is None or turn.is_acted_on:
            return END
        if request.chooses and listed is None:
            return calls(("search", request.wishes))
        arguments = {name: request.words.get(name, "none") for name in request.action.arguments}
        if turn.desk.offer in arguments:
            offer = GUESSES[self.guess](turn.desk, offers_in(turn.desk, listed or ""), ())
            if offer is None:
                return END
            arguments[turn.desk.offer] = offer["id"]
        return calls((request.action.tool, arguments))
