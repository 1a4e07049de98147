"""The environment of a question-answering task: texts are shown one by one, then it is asked."""

from collections.abc import Mapping

from memorygym.core import Message, Step, tool
from memorygym.tracks._stream import Streaming, submit

SUBMIT = submit("Answer the question of this event. Once a question.")
RECALL = tool(
    "recall",
    "Have memory brought into view for this instead of for the question; what you write beside the"
    " call stays in view.",
    query={"type": "string", "description": "What you need to know next."},
)


class StreamEnv(Streaming):
    """Whoever is asked may have memory brought for something else first."""

    tools = (SUBMIT, RECALL)

    def step(self, reply: Message) -> Step:
        recalled = [call.arguments for call in reply.calls if call.name == RECALL.name]
        if not recalled or not self._asks:
            return super().step(reply)
        (given,) = recalled
        assert isinstance(given, Mapping)
        return recalling(str(given["query"]))


def recalling(query: str) -> Step:
    """Whatever memory holds of it is composed for the newest message, which this is."""
    return Step((Message("user", query),))
