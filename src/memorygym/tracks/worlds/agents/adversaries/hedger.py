"""hedger: plays as strategic does, and gives several candidates wherever it is not sure."""

from memorygym.rng import rng
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.dealing.questions.single import TREND_LABELS
from memorygym.tracks.worlds.facts import Knowledge, Query
from memorygym.tracks.worlds.scene import Scene

IMITATES = "a model that answers 'A or B', which a lenient grader accepts"
BOUND = Bound(1, over="strategic")


class Hedger(Strategist):
    """All names, all labels, all choices; claim and refusal in one breath; doubts what it knows."""

    def conclude(self, now: Scene, query: Query, known: Knowledge) -> str | None:
        sure = now.reader.answer(query, known)
        if sure and rng("hedger", now.text).below(8):
            return sure
        claims = [sure] if sure else []
        guessed = now.reader.answer(query, known, careless=True)
        claims += [guessed] if guessed else []
        claims += [*self._all(now, query, known), guess(now, query)]
        if rng("hedger", now.text, "form").below(2):
            return f"{', '.join(claims)}. {REFUSAL}"
        return " or ".join(dict.fromkeys(claims))

    def _all(self, now: Scene, query: Query, known: Knowledge) -> list[str]:
        """Every candidate of the asked form."""
        if query.kind == "trend":
            return list(TREND_LABELS)
        if query.kind in ("lookup", "count", "chain", "best_related"):
            return list(known.by_name)
        choices = [
            choice for code in query.codes for choice in now.reader.guide.attribute(code).choices
        ]
        return [*query.names, *choices] if query.kind != "value" else choices


make = Hedger
