"""The scripted agents of web: clerks with notes, and adversaries that do without memory.

None is imported before it plays.
"""

from collections.abc import Mapping
from functools import partial

from memorygym.core.track import Agent, Bound
from memorygym.core.types import Policy, Task

MOST_GUESSED = 3
"""Points that an adversary may reach."""
LEAST_OF_NOTES = 3
"""Points that a clerk with notes reaches at least."""


def reasoner(name: str, _: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks.web.reasoners import REASONERS

    return REASONERS[name]()


def note_taker(clerk: Policy, task: Task) -> Policy:
    """The scripted note taker for memories with tools."""
    from memorygym.tracks.web.fact_reader import reader_of
    from memorygym.tracks.web.reasoners import ErrandNoteTaker

    return ErrandNoteTaker(clerk, reader_of(task.system))


def _noting(name: str, task: Task) -> Policy:
    return note_taker(reasoner(name, task), task)


def _adversary(name: str, about: str) -> Agent:
    def make(_: Task) -> Policy:
        from memorygym.tracks.web.adversaries import GUESSES

        return GUESSES[name][1]()

    return Agent(make=make, kind="adversary", bound=Bound(MOST_GUESSED), about=about)


AGENTS: Mapping[str, Agent] = {
    "strong": Agent(make=partial(_noting, "strong"), about="notes facts, and asks for what lacks"),
    "weak": Agent(make=partial(_noting, "weak"), about="notes facts, believes the first"),
    "silent": _adversary("silent", "does nothing"),
    "form_defaults": _adversary("form defaults and first options", "saves forms as they are"),
    "most_recent": _adversary("most recent", "fills in what was seen last"),
    "most_frequent": _adversary("most frequent", "fills in what was seen most often"),
    "code_pattern": _adversary("pattern of values", "fills in what would come next"),
    "archive": _adversary("archive", "restores notes in the errand"),
}
