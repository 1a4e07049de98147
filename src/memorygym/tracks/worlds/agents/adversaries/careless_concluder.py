"""careless_concluder: strategic, but it concludes from whatever part of the facts it holds."""

from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.facts import Knowledge, Query
from memorygym.tracks.worlds.scene import Scene

IMITATES = "a model that names the highest of those that it remembers, and says nothing of the rest"
BOUND = Bound(6, over="strategic")
# Not a guess: of named or listed members it holds half, and with them half of the winners.


class CarelessConcluder(Strategist):
    """Right where the members that it does not know do not decide."""

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        return now.reader.answer(query, known, careless=True)


make = CarelessConcluder
