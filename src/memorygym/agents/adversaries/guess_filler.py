"""guess_filler: plays as strategic does, and guesses wherever strategic would refuse."""

from memorygym.agents.bound import Bound
from memorygym.agents.guessing import guess
from memorygym.agents.scene import Scene
from memorygym.agents.scribe import Strategist
from memorygym.facts import Knowledge, Query

IMITATES = "a model that never admits that it does not know"
BOUND = Bound(1, over="strategic")


class GuessFiller(Strategist):
    """First what follows from memory, then the best guess that question and schema allow."""

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        return now.reader.answer(query, known) or guess(now, query)


make = GuessFiller
