"""constant_answerer: one well-chosen fixed string for every question."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Answerer
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the fixed string of 536 characters that answered 15 % of an earlier project's questions"
BOUND = Bound(5)


class ConstantAnswerer(Answerer):
    """A figure amid most ranges, and the first choice of every list in the pinned message."""

    def answer(self, now: Scene) -> str:
        choices = [a.choices[0] for a in now.reader.guide.attributes if a.kind == "enum"]
        return f"30.0, {' and '.join(choices)}"


make = ConstantAnswerer
