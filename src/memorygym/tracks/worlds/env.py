"""The worlds environment: it walks through the events of a task and takes answers."""

from collections.abc import Mapping

from memorygym.core import Env, Message, Step, Task, Tool

SUBMIT = Tool(
    "submit_answer",
    "Answer the question of this event. Free, once a question.",
    {
        "type": "object",
        "properties": {"answer": {"type": "string", "description": "One claim, as asked for."}},
        "required": ["answer"],
        "additionalProperties": False,
    },
)


class WorldsEnv(Env):
    """Every reply without a call ends the event; every event begins with an empty context."""

    tools = (SUBMIT,)

    def __init__(self, task: Task) -> None:
        self.task = task
        self._at = 0

    def reset(self) -> Step:
        self._at = 0
        return self._show(None)

    def step(self, reply: Message) -> Step:
        answer = None
        if reply.calls:
            if self.task.events[self._at].kind != "question":
                return Step((Message("user", "no question is open in this event"),))
            arguments = reply.calls[0].arguments
            assert isinstance(arguments, Mapping)
            answer = str(arguments["answer"])
        self._at += 1
        return self._show(answer)

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
