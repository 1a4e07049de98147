"""The scripted agents of dialogue: honest ones, and adversaries with a bound on their score.

An adversary imitates an agent that does without memory: one that does nothing, refuses everything,
asks for everything again, or guesses which offer is right. None is imported before it plays.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from memorygym.core.track import Agent, Bound, Invariant, PlayAgain, PlayedEpisode, TaskRecipe
from memorygym.core.types import Policy, Task

MOST_GUESSED = 3
"""Points that a guess may reach."""
LEAST_OF_NOTES = 40
"""Points that an agent with notes reaches at least."""


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.dialogue import reasoners

    return {"strong": reasoners.StrongClerk, "weak": reasoners.WeakClerk}[name]()


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The scripted note taker for memories with tools."""
    from memorygym.tracks.dialogue.reasoners import Clerk

    return Clerk(reasoner)


def _noting(name: str, task: Task) -> Policy:
    return note_taker(reasoner(name, task), task)


def _idle(name: str, _: Task) -> Policy:
    from memorygym.tracks.dialogue.adversaries import IDLE

    return IDLE[name]()


def _guesser(guess: str, _: Task) -> Policy:
    from memorygym.tracks.dialogue.adversaries import Guesser

    return Guesser(guess)


def _adversary(make: Callable[[Task], Policy], most: float, about: str, imitates: str) -> Agent:
    return Agent(make=make, kind="adversary", bound=Bound(most), about=about, imitates=imitates)


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, "strong"), about="notes facts, and acts on all it finds"),
    "weak": Agent(make=partial(_noting, "weak"), about="notes facts, believes the first found"),
    "silent": _adversary(
        partial(_idle, "silent"), 0, "does nothing", "an agent that ends every turn"
    ),
    "refuser": _adversary(
        partial(_idle, "refuser"), 0, "hands over every request", "an agent that avoids risk"
    ),
    "asker": _adversary(
        partial(_idle, "asker"), 0, "asks for everything again",
        "an agent without memory that asks",
    ),
    **{
        name: _adversary(partial(_guesser, guess), MOST_GUESSED, f"takes the offer of: {guess}",
                         "an agent that guesses which offer is right")
        for name, guess in (
            ("first_offer", "rank 1"), ("eighth_offer", "rank 8"),
            ("usual_limits", "usual limits 0.5"), ("listed_limits", "limits of the listing 0.6"),
            ("favourable_offer", "most favourable"),
        )
    },
}  # fmt: skip


def validate(
    recipes: Sequence[TaskRecipe],  # noqa: ARG001
    results: Sequence[PlayedEpisode],
    play: PlayAgain,  # noqa: ARG001
) -> Sequence[Invariant]:
    """The self-test: adversaries stay within their bounds, and agents with notes above all of them.

    With few sessions a mean fails only if its whole 95 % interval lies above the bound.
    """
    from memorygym.stats import estimate

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
