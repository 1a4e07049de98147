"""guesser: stores nothing and answers every question with a number drawn at random."""

from memorygym.rng import rng
from memorygym.tracks.worlds.agents.scribe import Answerer
from memorygym.tracks.worlds.scene import Scene


class Guesser(Answerer):
    """It never looks at what it was told."""

    def answer(self, now: Scene) -> str:
        return f"{rng('guesser', now.text).between(1, 999_999):,}"


make = Guesser
