"""Policies that do without memory: they refuse every request, ask again, or guess an offer.

A guess chooses an offer without knowing the customer's limits; each must seldom be right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from memorygym.agents.calls import END, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.dialogue.desk import Desk, Limit
from memorygym.tracks.dialogue.env import ASK
from memorygym.tracks.dialogue.offers import ROWS, Offer, best, offers_in
from memorygym.tracks.dialogue.reasoners import GIVE_UP, Turn

Guess: TypeAlias = Callable[[Desk, Sequence[Offer]], Offer | None]


def _of_rank(rank: int, _: Desk, offers: Sequence[Offer]) -> Offer | None:
    """The offer of a fixed rank."""
    return offers[rank - 1] if len(offers) >= rank else None


def _usual(share: float, desk: Desk, offers: Sequence[Offer]) -> Offer | None:
    """The best rated within limits at a fixed share of all values."""

    def limit(of: Limit) -> str:
        return of.values[int((share if of.rule == "at most" else 1 - share) * len(of.values))]

    return best(desk, offers, {of.label: limit(of) for of in _numeric(desk)})


def _listed(share: float, desk: Desk, offers: Sequence[Offer]) -> Offer | None:
    """The best rated within limits that this share of the listed offers keeps to."""
    limits = {}
    for of in _numeric(desk):
        values = sorted((int(o[of.field]) for o in offers), reverse=of.rule == "at least")
        if values:
            limits[of.label] = str(values[int(share * len(values))])
    return best(desk, offers, limits)


def _favourable(desk: Desk, offers: Sequence[Offer]) -> Offer | None:
    """The offer whose fields are best together."""

    def favour(offer: Offer) -> float:
        return sum(
            (1 if of.rule == "at least" else -1) * of.values.index(offer[of.field]) / len(of.values)
            for of in _numeric(desk)
        )

    return max(offers, key=favour, default=None)


def _moderate(desk: Desk, offers: Sequence[Offer]) -> Offer | None:
    """The offer whose fields are farthest from both ends."""

    def distance(offer: Offer) -> float:
        places = (of.values.index(offer[of.field]) / len(of.values) for of in _numeric(desk))
        return sum(abs(place - 0.5) for place in places)

    return min(offers, key=distance, default=None)


def _numeric(desk: Desk) -> list[Limit]:
    return [limit for limit in desk.limits if limit.rule != "not"]


GUESSES: Mapping[str, Guess] = {
    **{f"rank {rank}": partial(_of_rank, rank) for rank in range(1, ROWS + 1)},
    **{f"usual limits {share}": partial(_usual, share) for share in (0.4, 0.5, 0.6)},
    **{f"limits of the listing {share}": partial(_listed, share) for share in (0.5, 0.6, 0.7)},
    "most favourable": _favourable,
    "most moderate": _moderate,
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
            return Message("assistant", turn.results.get(ASK.name, ""))
        told = turn.results.get(ASK.name)
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
        request, listed = turn.request, turn.results.get("search")
        if request is None or turn.is_acted_on:
            return END
        if request.chooses and listed is None:
            return calls(("search", request.wishes))
        arguments = {name: request.words.get(name, "none") for name in request.action.arguments}
        if turn.desk.offer in arguments:
            offer = GUESSES[self.guess](turn.desk, offers_in(turn.desk, listed or ""))
            if offer is None:
                return END
            arguments[turn.desk.offer] = offer["id"]
        return calls((request.action.tool, arguments))
