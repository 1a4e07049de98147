"""careless_concluder: strategic, but it concludes from whatever part of the facts it holds."""

from memorygym.agents.bound import Bound
from memorygym.agents.scene import Scene
from memorygym.agents.scribe import Strategist
from memorygym.facts import Knowledge, Query

IMITATES = "a model that names the highest of those that it remembers, and says nothing of the rest"
BOUND = Bound(6, over="strategic")
# Not a guess: of named or listed members it holds half, and with them half of the winners.


class CarelessConcluder(Strategist):
    """Right where the members that it does not know do not decide."""

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        return now.reader.answer(query, known, careless=True)


make = CarelessConcluder
