"""The scripted agents of dialogue: honest ones, and adversaries with a bound on their score.

An adversary imitates an agent that does without memory: one that does nothing, refuses everything,
asks for everything again, or guesses which offer is right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from memorygym.agents.calls import END, calls
from memorygym.agents.reasoner_agent import Silent
from memorygym.core.track import Agent, Bound, Invariant, PlayedEpisode
from memorygym.core.types import Message, Policy, Task, Tool
from memorygym.stats import estimate
from memorygym.tracks.dialogue.env import ASK
from memorygym.tracks.dialogue.guesses import GUESSES
from memorygym.tracks.dialogue.offers import offers_in
from memorygym.tracks.dialogue.reasoners import GIVE_UP, Clerk, Strong, Turn, Weak

MOST_GUESSED = 3
"""Points that a guess may reach."""
LEAST_OF_NOTES = 40
"""Points that an agent with notes reaches at least."""


class Refuser(Policy):
    """Hands over every request."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        return calls(GIVE_UP) if Turn(view).request else END


class Asker(Policy):
    """Asks the customer to repeat what each request needs, and does what the customer then says."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = Turn(view)
        if turn.request is None or turn.request.action.tool in {c.name for c in turn.called}:
            return Message("assistant", turn.results.get(ASK.name, ""))
        told = turn.results.get(ASK.name)
        if told is None:
            return calls((ASK.name, {"question": "What did you tell me about this?"}))
        values = told.partition("It comes to: ")[2].rstrip(".").split(", ")
        arguments = dict(zip(turn.request.action.arguments, values, strict=False))
        return calls((turn.request.action.tool, arguments)) if len(values) > 1 else END


@dataclass(frozen=True)
class Guesser(Policy):
    """Chooses an offer by a guess; for anything else it gives the only value that it can."""

    guess: str

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        turn = Turn(view)
        request, listed = turn.request, turn.results.get("search")
        if request is None or request.action.tool in {call.name for call in turn.called}:
            return END
        if request.choice and listed is None:
            named = {w.label for w in turn.desk.wishes} & request.words.keys()
            return calls(("search", {label: request.words[label] for label in sorted(named)}))
        arguments = {name: request.words.get(name, "none") for name in request.action.arguments}
        if turn.desk.offer in arguments:
            offer = GUESSES[self.guess](turn.desk, offers_in(turn.desk, listed or ""))
            if offer is None:
                return END
            arguments[turn.desk.offer] = offer["id"]
        return calls((request.action.tool, arguments))


def _noting(reasoner: Callable[[], Policy], _: Task) -> Policy:
    return Clerk(reasoner())


def _adversary(make: Callable[[], Policy], most: float, about: str, imitates: str) -> Agent:
    return Agent(
        make=lambda _: make(), kind="adversary", bound=Bound(most), about=about, imitates=imitates
    )


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, Strong), about="notes facts, and acts on all it finds"),
    "weak": Agent(make=partial(_noting, Weak), about="notes facts, believes the first found"),
    "silent": _adversary(Silent, 0, "does nothing", "an agent that ends every turn"),
    "refuser": _adversary(Refuser, 0, "hands over every request", "an agent that avoids risk"),
    "asker": _adversary(Asker, 0, "asks for everything again", "an agent without memory that asks"),
    **{
        name: _adversary(partial(Guesser, guess), MOST_GUESSED, f"takes the offer of: {guess}",
                         "an agent that guesses which offer is right")
        for name, guess in (
            ("first_offer", "rank 1"), ("eighth_offer", "rank 8"),
            ("usual_limits", "usual limits 0.5"), ("listed_limits", "limits of the listing 0.6"),
            ("favourable_offer", "most favourable"),
        )
    },
}  # fmt: skip


def validate(results: Sequence[PlayedEpisode]) -> list[Invariant]:
    """The bounds of adversaries, and that agents with notes are above all of them.

    With few sessions a mean fails only if its whole 95 % interval lies above the bound.
    """
    scores: dict[str, list[float]] = {}
    for result in results:
        scores.setdefault(result.agent, []).append(100 * result.score.composite)
    found = []
    for name, agent in AGENTS.items():
        if agent.bound and name in scores:
            mean = estimate(scores[name])
            value = mean.low if mean.has_interval and mean.mean > agent.bound.most else mean.mean
            found.append(_invariant(f"{name} at most", value, agent.bound.most, sign=1))
    for name in ("strong", "weak"):
        if name in scores:
            value = sum(scores[name]) / len(scores[name])
            found.append(_invariant(f"{name} at least", value, LEAST_OF_NOTES, sign=-1))
    return found


def _invariant(name: str, value: float, bound: float, *, sign: int) -> Invariant:
    margin = sign * (bound - value)
    return Invariant(name, value, bound, margin, margin >= 0)
