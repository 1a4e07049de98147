"""abstainer: stores as strategic does, and refuses every question."""

from memorygym.agents.scene import Scene, calls, submit
from memorygym.agents.scribe import Strategist
from memorygym.core import Message
from memorygym.worlds.dealing.brief import REFUSAL


class Abstainer(Strategist):
    """Right only where nothing was told."""

    def reply(self, now: Scene) -> Message:
        return calls(submit(REFUSAL))


make = Abstainer
