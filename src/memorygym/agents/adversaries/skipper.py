"""skipper: plays as strategic does, and goes on without an answer where it does not know."""

from memorygym.agents.bound import Bound
from memorygym.agents.scene import END, Scene
from memorygym.agents.scribe import Strategist
from memorygym.core import Message
from memorygym.worlds.dealing.brief import REFUSAL

IMITATES = "the earlier project's `next`, which took a question out of every denominator"
BOUND = Bound(1, over="strategic")


class Skipper(Strategist):
    """It answers what it is sure of."""

    def reply(self, now: Scene) -> Message:
        said = super().reply(now)
        refused = said.calls and said.calls[0].arguments == {"answer": REFUSAL}
        return END if refused else said


make = Skipper
