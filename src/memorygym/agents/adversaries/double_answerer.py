"""double_answerer: plays as strategic does, and submits several answers in one reply."""

from memorygym.agents.bound import Bound
from memorygym.agents.guessing import guess
from memorygym.agents.scene import Scene, calls, submit
from memorygym.agents.scribe import Strategist
from memorygym.core import Message
from memorygym.worlds.dealing.brief import REFUSAL

IMITATES = "a model that calls submit_answer until one of the answers is accepted"
BOUND = Bound(1, over="strategic")


class DoubleAnswerer(Strategist):
    """What it knows, a guess, a refusal, and the first again, all at once."""

    def reply(self, now: Scene) -> Message:
        said = super().reply(now)
        query = now.query
        if query is None or said.calls[0].name != "submit_answer":
            return said
        known = now.reader.answer(query, now.known)
        tried = [known, guess(now, query), REFUSAL, known]
        return calls(*[submit(answer) for answer in tried if answer is not None])


make = DoubleAnswerer
