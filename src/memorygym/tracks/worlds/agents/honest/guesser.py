"""guesser: stores nothing and answers every question with a number drawn at random."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, submit
from memorygym.core import Message, Policy, Tool
from memorygym.rng import rng
from memorygym.tracks.worlds.scene import scene


class Guesser(Policy):
    """It never looks at what it was told."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        if now.title != "QUESTION":
            return END
        return calls(submit(f"{rng('guesser', now.text).between(1, 999_999):,}"))


make = Guesser
