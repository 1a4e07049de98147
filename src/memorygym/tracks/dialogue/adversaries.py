"""Policies that do without memory: they refuse every request, ask again, or guess an offer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from memorygym.agents.calls import END, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.types import Message, Policy, Tool
from memorygym.tracks.dialogue.env import ASK
from memorygym.tracks.dialogue.guesses import GUESSES
from memorygym.tracks.dialogue.offers import offers_in
from memorygym.tracks.dialogue.reasoners import GIVE_UP, Turn


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
        if request.choice and listed is None:
            return calls(("search", request.wishes(turn.desk)))
        arguments = {name: request.words.get(name, "none") for name in request.action.arguments}
        if turn.desk.offer in arguments:
            offer = GUESSES[self.guess](turn.desk, offers_in(turn.desk, listed or ""))
            if offer is None:
                return END
            arguments[turn.desk.offer] = offer["id"]
        return calls((request.action.tool, arguments))
