"""The scripted agents of repair: debuggers with notes, and adversaries that do without memory.

None is imported before it plays.
"""

from collections.abc import Mapping
from functools import partial

from memorygym.core.track import Agent, Bound
from memorygym.core.types import Policy, Task

MOST_GUESSED = 5
"""Points that an adversary may reach."""
LEAST_OF_NOTES = 10
"""Points that a debugger with notes reaches at least."""


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.repair.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(debugger: Policy, _: Task) -> Policy:
    """The scripted note taker for memories with tools."""
    from memorygym.tracks.repair.fact_reader import reader_for
    from memorygym.tracks.repair.reasoners import Keeper

    return Keeper(debugger, reader_for())


def _noting(name: str, task: Task) -> Policy:
    return note_taker(reasoner(name, task), task)


def _adversary(name: str, about: str) -> Agent:
    def make(_: Task) -> Policy:
        from memorygym.tracks.repair.adversaries import GUESSES

        return GUESSES[name]()

    return Agent(make=make, kind="adversary", bound=Bound(MOST_GUESSED), about=about)


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, "strong"), about="notes facts, and checks its edits"),
    "weak": Agent(make=partial(_noting, "weak"), about="notes facts, submits its first edit"),
    "silent": _adversary("silent", "does nothing"),
    "hand_over": _adversary("hand over", "hands every issue over to somebody"),
    "trace_again": _adversary("trace again", "traces in the issue what it has forgotten"),
    "mutate_back": _adversary("mutate back", "mutates a line back that looks like it"),
    "mutate_last": _adversary("mutate back where last", "the same, in the last file again"),
}
