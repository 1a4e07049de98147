"""What every track that asks about texts has alike: how it is played, as fields of its Track."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from memorygym.core.outcome import Outcome
from memorygym.core.trace import Trace
from memorygym.core.track import gold_table, reader_of
from memorygym.core.types import Message, Policy, Step, Task, tool
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks._qa.stream import QUESTION, Streaming, event_of, submit

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


# What plays is imported where it is used: a trace is read without it.


def outcomes(trace: Trace) -> Sequence[Outcome]:
    """How each question went. Raises BadTrace without a gold table."""
    from memorygym.scoring.episode_scores import answered

    by: Any = reader_of(trace)
    return answered(trace, by)


def reader(trace: Trace) -> Any:
    """How a trace is read, through statements. Raises BadTrace without a gold table."""
    from memorygym.tracks._qa.question_reader import QuestionTraceReader
    from memorygym.tracks._qa.reasoners import parsed

    return QuestionTraceReader(trace, gold_table(trace), parsed(trace.track, trace.system))


def reasoner(name: str, task: Task) -> Policy:
    """The scripted reasoner of that name."""
    from memorygym.tracks._qa.reasoners import LOCKED, parsed

    return LOCKED[name](partial(parsed, task.track))


def note_taker(reasoner: Policy, task: Task) -> Policy:
    """Writes down what the track's reader takes from each text, and looks up what it needs."""
    from memorygym.tracks._qa.reasoners import LookupNoteTaker, told

    return LookupNoteTaker(reasoner, partial(told, task.track))


def oracle(task: Task) -> Mapping[int, str]:
    """By event of a question: one canonical sentence for every fact that it needs."""
    gold = task.gold
    assert isinstance(gold, QuestionGold)
    told = {fact.id: fact.sentence for fact in gold.facts}
    return {
        question.event: "\n\n".join(told[need] for need in question.needs)
        for question in gold.questions
        if question.needs
    }


def asks(view: Sequence[Message]) -> bool:
    """Whether the running event asks a question."""
    return view[event_of(view)].content.startswith(QUESTION)


SHARED: dict[str, Any] = {
    "env": StreamEnv,
    "outcomes": outcomes,
    "reasoners": {name: partial(reasoner, name) for name in ("strong", "weak")},
    "oracle": oracle,
    "tools": (SUBMIT, RECALL),
    "reader": reader,
    "gold": QuestionGold.from_json,
    "asks": asks,
    "note_taker": note_taker,
}
"""Fields of a Track; it adds name, version, tasks and facts, and replaces what is its own."""
