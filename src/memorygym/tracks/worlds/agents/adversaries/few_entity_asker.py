"""few_entity_asker: an eighth of the budget on a few entities, and silence on the rest."""

from memorygym.agents.calls import END
from memorygym.core import Message
from memorygym.track import Bound
from memorygym.tracks.worlds.agents.scribe import Scribe, by_brief, whole_records
from memorygym.tracks.worlds.dealing.brief import REFUSAL
from memorygym.tracks.worlds.scene import Scene

IMITATES = "the agent that stored six entities because questions were drawn from what was stored"
BOUND = Bound(9)


class FewEntityAsker(Scribe):
    """Answers about its few entities alone."""

    def reply(self, now: Scene) -> Message:
        said = super().reply(now)
        refused = said.calls and said.calls[0].arguments == {"answer": REFUSAL}
        return END if refused else said


def make() -> FewEntityAsker:
    """The agent."""
    return FewEntityAsker(whole_records(0.12, by_brief))
