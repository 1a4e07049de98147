"""The environment that the question-answering tracks share: it shows one text per event, and some
events ask a question."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256

from memorygym.core.errors import Refused
from memorygym.core.json_values import canonical
from memorygym.core.types import JSON, Env, Message, Step, Task, Tool, tool

QUESTION_KIND, BRIEFING_KIND = "question", "briefing"
"""The kinds of an event that asks a question, and of a first one that states what is asked."""
EVENT, QUESTION, BRIEFING = "===", "=== QUESTION", "=== BRIEFING"
"""How the text of an event begins, and that of an event of these kinds."""
_AT_END = "asked at the end:"
REFUSAL = "I have no record of that."


def submit(description: str) -> Tool:
    """The tool that submits the answer to a question."""
    answer = {"type": "string", "description": "One claim, as asked for."}
    return tool("submit_answer", description, answer=answer)


def briefing(purpose: str, questions: Sequence[str]) -> str:
    """What a briefing says.

    >>> briefing("The searches serve one question", ["Who won?"])
    'The searches serve one question, asked at the end: Who won?'
    >>> asked_in(briefing("You work for these questions", ["Who won?", "Why?"]))
    'Who won?\\nWhy?'
    """
    gap = "\n" if len(questions) > 1 else " "
    return gap.join((f"{purpose}, {_AT_END}", *questions))


def asked_in(briefing: str) -> str:
    """The questions in the text of a briefing, one a line."""
    return briefing.partition(_AT_END)[2].strip()


def content_hash(system: str, *parts: JSON) -> str:
    """The hash of everything that an agent can see of a task."""
    digest = sha256(system.encode())
    for part in parts:
        digest.update(canonical(part).encode())
    return digest.hexdigest()[:16]


def pack(paragraphs: Iterable[str], most: int, cost: Callable[[str], int]) -> list[list[str]]:
    """The paragraphs in order, packed into events of at most so many tokens each."""
    packed: list[list[str]] = []
    tokens = 0
    for paragraph in paragraphs:
        more = cost(paragraph)
        if not packed or tokens + more > most:
            packed.append([])
            tokens = 0
        packed[-1].append(paragraph)
        tokens += more
    return packed


class StreamingEnv(Env):
    """An environment that shows the events in order.

    A reply without a call ends the event. Every event begins with an empty context.
    """

    def __init__(self, task: Task) -> None:
        self.task = task
        self._event = 0

    def reset(self) -> Step:
        self._event = 0
        return self._show(None)

    def step(self, reply: Message) -> Step:
        answer = None
        if reply.calls:
            if not self._asks:
                raise Refused("no question is open in this event")
            arguments = reply.calls[0].arguments
            assert isinstance(arguments, Mapping)
            answer = str(arguments["answer"])
        self._event += 1
        return self._show(answer)

    @property
    def _asks(self) -> bool:
        return self.task.events[self._event].kind == QUESTION_KIND

    def _show(self, answer: str | None) -> Step:
        if self._event == len(self.task.events):
            return Step(done=True, evict=True, answer=answer)
        event = self.task.events[self._event]
        return Step(
            (Message("user", event.text),),
            evict=True,
            session=event.session,
            free_edits=event.free_edits,
            answer=answer,
        )


def event_start(view: Sequence[Message]) -> int:
    """The index of the message that begins the current event; earlier ones come from memory."""
    starts = (index for index in reversed(range(len(view))) if view[index].role == "user")
    return next((index for index in starts if view[index].content.startswith(EVENT)), 0)
