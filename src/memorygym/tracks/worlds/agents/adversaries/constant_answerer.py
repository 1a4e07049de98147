"""constant_answerer: one well-chosen fixed string for every question."""

from collections.abc import Sequence

from memorygym.agents.calls import END, calls, submit
from memorygym.core import Message, Policy, Tool
from memorygym.track import Bound
from memorygym.tracks.worlds.scene import scene

IMITATES = "the fixed string of 536 characters that answered 15 % of an earlier project's questions"
BOUND = Bound(5)


class ConstantAnswerer(Policy):
    """A figure amid most ranges, and the first choice of every list in the pinned message."""

    def act(self, view: Sequence[Message], tools: Sequence[Tool]) -> Message:
        now = scene(view)
        if now.title != "QUESTION":
            return END
        choices = [a.choices[0] for a in now.reader.guide.attributes if a.kind == "enum"]
        return calls(submit(f"30.0, {' and '.join(choices)}"))


make = ConstantAnswerer
