"""smart_guesser: stores nothing; midpoints, common values, a random one of the named."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, submit
from memorygym.core import Message, Policy, Tool
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import scene


class SmartGuesser(Policy):
    """It knows the public schema and ranges, and nothing of the world."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        if now.title != "QUESTION":
            return END
        query = now.query
        return calls(submit(REFUSAL if query is None else guess(now, query)))


make = SmartGuesser
