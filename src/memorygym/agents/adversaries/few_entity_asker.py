"""few_entity_asker: an eighth of the budget on a few entities, and silence on the rest."""

from memorygym.agents.bound import Bound
from memorygym.agents.scene import END, Scene
from memorygym.agents.scribe import Scribe, by_brief, whole_records
from memorygym.core import Message
from memorygym.worlds.dealing.brief import REFUSAL

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
