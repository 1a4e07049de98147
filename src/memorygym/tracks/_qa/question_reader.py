"""The trace reader of question-answering tasks: it uses the gold table and statements."""

from collections.abc import Sequence
from typing import Any

from memorygym.core.outcome import Goal
from memorygym.core.statements import FactReader, Statement
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.core.track import gold_table
from memorygym.tracks._qa.questions import Question, QuestionGold
from memorygym.tracks._qa.reasoners import cached_reader


class QuestionTraceReader(TraceReader):
    """The reader of a trace of a question-answering task."""

    def __init__(self, trace: Trace, questions: Sequence[Question], reader: FactReader) -> None:
        super().__init__(trace, questions, reader, frozenset())

    def truths(self, goal: Any) -> tuple[str, ...]:
        truths: tuple[str, ...] = (goal.truth, *goal.aliases)
        return truths

    def first_stated(self, goal: Goal, need: Statement) -> int:
        """The event that first stated the right value."""
        mentions = self._mentions_of(need)
        return min((event for event, value in mentions if value == need.value), default=goal.event)

    def rewrites(self, goal: Goal, need: Statement) -> int:
        """How many other values had been stated: their ranks decide, not their order."""
        values = {value for event, value in self._mentions_of(need) if event < goal.event}
        return len(values - {need.value})

    def hops(self, goal: Any) -> int:
        return int(goal.hops)


def reader(trace: Trace) -> QuestionTraceReader:
    """The reader of a trace. Raises BadTrace if the trace has no gold table."""
    gold: QuestionGold = gold_table(trace)
    return QuestionTraceReader(trace, gold.questions, cached_reader(trace.track, trace.system))
