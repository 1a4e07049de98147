"""The scripted agents of web: clerks with notes, and adversaries that do without memory.

None is imported before it plays.
"""

from collections.abc import Mapping
from functools import partial

from memorygym.core.track import Agent
from memorygym.core.types import Policy, Task

MOST_GUESSED = 3
"""Points that an adversary may reach."""
LEAST_OF_NOTES = 10
"""Points that a clerk with notes reaches at least."""


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.web.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(clerk: Policy, task: Task) -> Policy:
    """The scripted note taker for memories with tools."""
    from memorygym.tracks.web.fact_reader import reader_of
    from memorygym.tracks.web.reasoners import Keeper

    return Keeper(clerk, reader_of(task.system))


def _noting(name: str, task: Task) -> Policy:
    return note_taker(reasoner(name, task), task)


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, "strong"), about="notes facts, and asks for what lacks"),
    "weak": Agent(make=partial(_noting, "weak"), about="notes facts, believes the first"),
}
