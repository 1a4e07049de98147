"""skipper: plays as strategic does, and goes on without an answer where it does not know."""

from memorygym.agents.calls import END
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the earlier project's `next`, which took a question out of every denominator"
BOUND = Bound(1, over="strategic")


class Skipper(Strategist):
    """It answers what it is sure of."""

    def reply(self, now: Scene) -> Message:
        said = super().reply(now)
        refused = said.calls and said.calls[0].arguments == {"answer": REFUSAL}
        return END if refused else said


make = Skipper
