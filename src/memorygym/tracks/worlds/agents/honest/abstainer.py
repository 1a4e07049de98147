"""abstainer: stores as strategic does, and refuses every question."""

from memorygym.agents.calls import calls, submit
from memorygym.core import Message
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import Scene


class Abstainer(Strategist):
    """Right only where nothing was told."""

    def reply(self, now: Scene) -> Message:
        return calls(submit(REFUSAL))


make = Abstainer
