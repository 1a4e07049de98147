"""abstainer: stores as strategic does, and refuses every question."""

from memorygym.agents.scene import Scene, calls, submit
from memorygym.agents.scribe import Scribe, at_random, whole_records
from memorygym.core import Message
from memorygym.worlds.dealing.brief import REFUSAL


class Abstainer(Scribe):
    """Right only where nothing was told."""

    def reply(self, now: Scene) -> Message:
        return calls(submit(REFUSAL))


def make() -> Abstainer:
    """The agent."""
    return Abstainer(whole_records(1.0, at_random))
