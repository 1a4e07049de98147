"""perfect: stores everything, its budget lifted: proof that every question can be answered."""

from memorygym.tracks.worlds.agents.scribe import Scribe
from memorygym.tracks.worlds.dealing.notes import record_of
from memorygym.tracks.worlds.facts import Record
from memorygym.tracks.worlds.scene import Scene

UNBOUNDED = True
"""It plays without budgets."""


class Perfect(Scribe):
    """Exempt from the budget's invariants, since it has none."""


def _everything(now: Scene, records: list[Record]) -> list[str]:
    return [record_of(now.reader.guide, record) for record in records]


def make() -> Perfect:
    """The agent."""
    return Perfect(_everything, history=True)
