"""double_answerer: plays as strategic does, and submits several answers in one reply."""

from memorygym.agents.calls import calls, submit
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.guessing import guess
from memorygym.tracks.worlds.agents.scribe import Strategist
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import Scene

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
