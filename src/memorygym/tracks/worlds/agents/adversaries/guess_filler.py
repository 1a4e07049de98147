"""guess_filler: plays as strategic does, and guesses wherever strategic would refuse."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.facts import Knowledge, Query
from memorygym.tracks.worlds.scene import Scene

IMITATES = "a model that never admits that it does not know"
BOUND = Bound(1, over="strategic")


class GuessFiller(Strategist):
    """First what follows from memory, then the best guess that question and schema allow."""

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        return now.reader.answer(query, known) or guess(now, query)


make = GuessFiller
