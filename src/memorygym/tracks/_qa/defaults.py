"""The fields of `Track` that all question-answering tracks share."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.errors import BadSettings
from memorygym.core.json_types import from_json
from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import MapFunction, TaskRecipe, Verification, gold_table, reader_of
from memorygym.core.types import JSON, Message, Policy, Step, Task, tool
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks._qa.stream import (
    EVENT,
    QUESTION,
    QUESTION_KIND,
    StreamingEnv,
    event_start,
    submit,
)

SUBMIT = submit("Answer the question of this event. Once a question.")
RECALL = tool(
    "recall",
    "Have memory brought into view for this instead of for the question; what you write beside the"
    " call stays in view.",
    query={"type": "string", "description": "What you need to know next."},
)


class RecallEnv(StreamingEnv):
    """The environment in which a question may be preceded by calls of `recall`."""

    tools = (SUBMIT, RECALL)

    def __init__(self, task: Task) -> None:
        """Raises BadSettings for an event that does not begin as reasoners expect."""
        super().__init__(task)
        for number, event in enumerate(task.events):
            start = QUESTION if event.kind == QUESTION_KIND else EVENT
            if not event.text.startswith(start):
                raise BadSettings(f"event {number} of {task.id} must begin with {start!r}")

    def step(self, reply: Message) -> Step:
        recalls = [call.arguments for call in reply.calls if call.name == RECALL.name]
        if not recalls or not self._asks:
            return super().step(reply)
        (arguments,) = recalls
        assert isinstance(arguments, Mapping)
        return recall_step(str(arguments["query"]))


def recall_step(query: str) -> Step:
    """The step that queries the memory: a memory composes for the newest message, this one."""
    return Step((Message("user", query),))


# Reasoners are imported inside the functions, because reading a trace does not need them.


def outcomes(trace: Trace) -> Sequence[Outcome]:
    """The outcome of each question. Raises BadTrace if the trace has no gold table."""
    from memorygym.scoring.episode_scores import answered
    from memorygym.tracks._qa.correctness import verdict

    return answered(trace, reader_of(trace).goals, verdict)


def reader(trace: Trace) -> Any:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    from memorygym.tracks._qa.question_reader import QuestionTraceReader
    from memorygym.tracks._qa.reasoners import cached_reader

    gold: QuestionGold = gold_table(trace)
    reader = cached_reader(trace.track, trace.system)
    return QuestionTraceReader(trace, gold.questions, reader)


def reasoner(name: str, task: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks._qa.reasoners import REASONERS, cached_reader

    return REASONERS[name](lambda system: cached_reader(task.track, system).against(task.texts))


def note_taker(reasoner: Policy, task: Task) -> Policy:
    """The note taker that writes the facts of each text to memory and looks up needed ones."""
    from memorygym.tracks._qa.reasoners import LookupNoteTaker, paragraph_facts

    return LookupNoteTaker(reasoner, partial(paragraph_facts, task.track))


def oracle(task: Task) -> Mapping[int, str]:
    """The canonical sentences of the facts that each question needs, by event."""
    from memorygym.tracks._qa.reasoners import cached_reader

    assert isinstance(task.gold, QuestionGold)
    render = cached_reader(task.track, task.system).render
    return {
        question.event: "\n\n".join(map(render, question.needs))
        for question in task.gold.questions
        if question.needs
    }


def verify(
    checks: Callable[[Task], Mapping[str, Mapping[str, JSON]]],
    recipes: Sequence[TaskRecipe],
    parallel_map: MapFunction,
) -> Verification:
    """The verification of generated tasks by these checks."""
    from memorygym.tracks._qa.verification import verified

    return verified(checks, recipes, parallel_map)


def asks(view: Sequence[Message]) -> bool:
    """Whether the current event asks a question."""
    return view[event_start(view)].content.startswith(QUESTION)


SHARED: dict[str, Any] = {
    "env": RecallEnv,
    "outcomes": outcomes,
    "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
    "oracle": oracle,
    "tools": (SUBMIT, RECALL),
    "reader": reader,
    "gold": partial(from_json, QuestionGold, place="gold"),
    "asks": asks,
    "note_taker": note_taker,
}
"""Shared fields; a track adds name, version, tasks and facts, and overrides what differs."""
