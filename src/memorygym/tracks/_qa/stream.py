"""What environments of tracks share: texts are shown one by one, and some of them ask."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from memorygym.core.errors import Refused
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON, Env, Message, Step, Task, Tool, tool

ASKS = "question"
"""The kind of an event that asks."""
EVENT, QUESTION = "===", "=== QUESTION"
"""What the text of an event begins with, and of one that asks."""
REFUSAL = "I have no record of that."


def submit(description: str) -> Tool:
    """The tool that takes the answer of a question."""
    answer = {"type": "string", "description": "One claim, as asked for."}
    return tool("submit_answer", description, answer=answer)


def identity(system: str, *parts: JSON) -> str:
    """The content hash of what an agent can see."""
    digest = sha256(system.encode())
    for part in parts:
        digest.update(canonical(part).encode())
    return digest.hexdigest()[:16]


class Streaming(Env):
    """Every reply without a call ends the event; every event begins with an empty context."""

    def __init__(self, task: Task) -> None:
        self.task = task
        self._at = 0

    def reset(self) -> Step:
        self._at = 0
        return self._show(None)

    def step(self, reply: Message) -> Step:
        answer = None
        if reply.calls:
            if not self._asks:
                raise Refused("no question is open in this event")
            arguments = reply.calls[0].arguments
            assert isinstance(arguments, Mapping)
            answer = str(arguments["answer"])
        self._at += 1
        return self._show(answer)

    @property
    def _asks(self) -> bool:
        return self.task.events[self._at].kind == ASKS

    def _show(self, answer: str | None) -> Step:
        if self._at == len(self.task.events):
            return Step(done=True, evict=True, answer=answer)
        event = self.task.events[self._at]
        return Step(
            (Message("user", event.text),),
            evict=True,
            session=event.session,
            free_edits=event.free_edits,
            answer=answer,
        )


def event_of(view: Sequence[Message]) -> int:
    """Where the running event begins in a view; what stands before it came from memory."""
    at = (i for i in reversed(range(len(view))) if view[i].role == "user")
    return next((i for i in at if view[i].content.startswith(EVENT)), 0)
