"""The environment of a question-answering task: texts are shown one by one, then it is asked."""

from collections.abc import Mapping

from memorygym.core import Env, Message, Step, Task, Tool

ASKS = "question"
"""The kind of an event that asks."""
SUBMIT = Tool(
    "submit_answer",
    "Answer the question of this event. Once a question.",
    {
        "type": "object",
        "properties": {"answer": {"type": "string", "description": "One claim, as asked for."}},
        "required": ["answer"],
        "additionalProperties": False,
    },
)
RECALL = Tool(
    "recall",
    "Have memory brought into view for this instead of for the question; what you write beside the"
    " call stays in view.",
    {
        "type": "object",
        "properties": {"query": {"type": "string", "description": "What you need to know next."}},
        "required": ["query"],
        "additionalProperties": False,
    },
)


class StreamEnv(Env):
    """Every reply without a call ends the event; every event begins with an empty context."""

    tools = (SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        self.task = task
        self._at = 0

    def reset(self) -> Step:
        self._at = 0
        return self._show(None)

    def step(self, reply: Message) -> Step:
        answer = None
        if reply.calls:
            call = reply.calls[0]
            assert isinstance(call.arguments, Mapping)
            if self.task.events[self._at].kind != ASKS:
                return Step((Message("user", "no question is open in this event"),))
            if call.name == RECALL.name:
                # Whatever memory holds of it is composed for the newest message, which this is.
                return Step((Message("user", str(call.arguments["query"])),))
            answer = str(call.arguments["answer"])
        self._at += 1
        return self._show(answer)

    def _show(self, answer: str | None) -> Step:
        if self._at == len(self.task.events):
            return Step(done=True, evict=True, answer=answer)
        event = self.task.events[self._at]
        return Step((Message("user", event.text),), evict=True, answer=answer)
