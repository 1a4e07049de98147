"""perfect: stores everything, its budget lifted: proof that every question can be answered."""

from memorygym.agents.scene import Scene
from memorygym.agents.scribe import Scribe
from memorygym.facts import Record
from memorygym.worlds.dealing.notes import record_of


class Perfect(Scribe):
    """Exempt from the budget's invariants, since it has none."""

    lifts_budget = True


def _everything(now: Scene, records: list[Record]) -> list[str]:
    return [record_of(now.reader.guide, record) for record in records]


def make() -> Perfect:
    """The agent."""
    return Perfect(_everything, history=True)
