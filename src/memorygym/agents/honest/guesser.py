"""guesser: stores nothing and answers every question with a number drawn at random."""

from memorygym.agents.scene import Scene
from memorygym.agents.scribe import Answerer
from memorygym.rng import rng


class Guesser(Answerer):
    """It never looks at what it was told."""

    def answer(self, now: Scene) -> str:
        return f"{rng('guesser', now.text).between(1, 999_999):,}"


make = Guesser
