"""The trace reader of question-answering tasks: it uses the gold table and statements."""

from dataclasses import replace
from typing import Any

from memorygym.core.outcome import Goal
from memorygym.core.statements import Statement
from memorygym.core.trace import Trace
from memorygym.core.trace_reader import TraceReader
from memorygym.tracks._qa.correctness import verdict
from memorygym.tracks._qa.questions import QuestionGold, Reader


class QuestionTraceReader(TraceReader):
    """A trace of a question-answering task. Questions name the facts they need by their ids."""

    def __init__(self, trace: Trace, gold: QuestionGold, reader: Reader) -> None:
        by_id = {fact.id: fact for fact in gold.facts}
        stated = {fact.id: Statement(fact.subject, fact.key, fact.value) for fact in gold.facts}
        goals: list[Any] = [
            replace(question, needs=tuple(stated[id] for id in question.needs))
            for question in gold.questions
        ]
        super().__init__(trace, goals, reader, frozenset())
        self._facts_of = {stated[id]: fact for id, fact in by_id.items()}

    def grade(self, goal: Any, answer: str) -> tuple[bool, str]:
        return verdict(goal, answer)

    def truths(self, goal: Any) -> tuple[str, ...]:
        truths: tuple[str, ...] = (goal.truth, *goal.aliases)
        return truths

    def first_stated(self, goal: Goal, need: Statement) -> int:
        return self._facts_of[need].event

    def rewrites(self, goal: Goal, need: Statement) -> int:
        return self._facts_of[need].rewrites

    def hops(self, goal: Any) -> int:
        return int(goal.hops)

    def text(self, fact: Statement) -> str:
        known = self._facts_of.get(fact)
        return known.sentence if known else super().text(fact)
