"""The scripted agents of dialogue: honest ones, and adversaries with a bound on their score.

An adversary imitates an agent that does without memory: one that does nothing, refuses everything,
asks for everything again, or guesses which offer is right. None is imported before it plays.
"""

from collections.abc import Mapping
from functools import partial

from memorygym.core.track import Agent, Bound
from memorygym.core.types import Policy, Task

MOST_GUESSED = 1
"""Points that a guess may reach: it applies to a fifth of the requests, and grants 5 % of these."""
LEAST_OF_NOTES = 40
"""Points that an agent with notes reaches at least."""


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.dialogue.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(reasoner: Policy, _: Task) -> Policy:
    """The scripted note taker for memories with tools."""
    from memorygym.tracks.dialogue.reasoners import Clerk

    return Clerk(reasoner)


def _noting(name: str, task: Task) -> Policy:
    return note_taker(reasoner(name, task), task)


def _adversary(name: str, about: str, most: int = 0) -> Agent:
    def make(_: Task) -> Policy:
        from memorygym.tracks.dialogue.adversaries import IDLE, Guesser

        return IDLE[name]() if name in IDLE else Guesser(name)

    return Agent(make=make, kind="adversary", bound=Bound(most), about=about)


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, "strong"), about="notes facts, and acts on all it finds"),
    "weak": Agent(make=partial(_noting, "weak"), about="notes facts, believes the first found"),
    "silent": _adversary("silent", "does nothing"),
    "refuser": _adversary("refuser", "hands over every request"),
    "asker": _adversary("asker", "asks for everything again"),
    "fitted_offer": _adversary("fitted offer", "takes what is most like right ones", MOST_GUESSED),
    "likely_offer": _adversary("likely offer", "takes what most would take", MOST_GUESSED),
}
