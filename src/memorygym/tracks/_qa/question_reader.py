"""The trace reader of question-answering tasks: it uses the gold table and statements."""

from typing import Any

from memorygym.core.statements import Statement, StatementReader
from memorygym.core.trace import Trace
from memorygym.tracks._qa.correctness import verdict
from memorygym.tracks._qa.questions import QuestionGold, Reader


class QuestionTraceReader(StatementReader):
    """A trace of a question-answering task. Questions name the facts they need by their ids.

    Implements core.trace_reader.AnswerReader.
    """

    def __init__(self, trace: Trace, gold: QuestionGold, reader: Reader) -> None:
        super().__init__(trace, gold.questions, reader, frozenset())
        self._by_id = {fact.id: fact for fact in gold.facts}
        self._sentences = {
            (fact.subject, fact.key, fact.value): fact.sentence for fact in gold.facts
        }
        self.true = {(fact.subject, fact.key): fact.value for fact in gold.facts}

    def grade(self, goal: Any, answer: str) -> tuple[bool, str]:
        return verdict(goal, answer)

    def truths(self, goal: Any) -> tuple[str, ...]:
        truths: tuple[str, ...] = (goal.truth, *goal.aliases)
        return truths

    def required(self, goal: Any, need: str) -> Statement:
        fact = self._by_id[need]
        return Statement(fact.subject, fact.key, fact.value)

    def first_stated(self, goal: Any, need: str) -> int:
        return self._by_id[need].event

    def rewrites(self, goal: Any, need: str) -> int:
        return self._by_id[need].rewrites

    def hops(self, goal: Any) -> int:
        return int(goal.hops)

    def text(self, fact: Statement) -> str:
        sentence = self._sentences.get((fact.subject, fact.key, fact.value))
        return sentence or super().text(fact)
