"""Verification: the independent reader checks the claims of a task on its final texts."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from memorygym.core.statements import Statement, StatementIndex, Value
from memorygym.core.tokens import count
from memorygym.core.types import Task
from memorygym.memories.stores.splitter import sentences
from memorygym.tracks._qa.ablation import (
    CHECKS,
    Check,
    CheckResult,
    QuestionEvent,
    ShownDocument,
    TaskReadings,
    run_checks,
)
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Found, QuestionGold
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.questions import QuestionPart, Total, parsed_phrase
from memorygym.tracks.research.task import SEARCH_KIND, documents_of

CHANCE_LEVEL = 0.25
"""The highest accuracy allowed from the order of the sub-queries alone."""
_SUB_QUERY = re.compile(r"^Sub-query: (.*)$", re.MULTILINE)


class _RecordingReader(ResearchReader):
    """A reader that records the statements in all texts that it reads."""

    def __init__(self, needed: set[tuple[str, str, Value]]) -> None:
        self._needed = needed
        self.most = 0
        """The most needed facts that a single text stated."""
        self.statements: list[Statement] = []
        self.value_counts: Counter[tuple[str, str]] = Counter()
        """How often each key and value was stated."""

    def read(self, text: str) -> tuple[Statement, ...]:
        statements = super().read(text)
        self.statements += statements
        self.most = max(self.most, len(self._needed & {statement[:3] for statement in statements}))
        self.value_counts.update((statement.key, statement.text) for statement in statements)
        return statements

    def guess(self, query: QuestionPart) -> str | None:
        """The best guess at a query: the most common answer to its last look-up."""
        ends = [self._end(key, inverse=inverse) for key, inverse in query.ends]
        if not isinstance(query, Total):
            return ends[0] if ends else None
        numbers = [int(end) for end in ends if end and end.isdecimal()]
        return query.result(*numbers) if len(numbers) == 2 else None

    def _end(self, key: str, *, inverse: bool) -> str | None:
        if inverse:
            return next((s.subject for s in self.statements if s.key == key), None)
        return self._common(key)

    def _common(self, key: str) -> str | None:
        """The most common value of a key; for numbers that all occur once, the middle of them."""
        statements = {
            value: number
            for (stated_key, value), number in self.value_counts.items()
            if stated_key.split(" ")[0] == key or stated_key == key
        }
        best = max(statements, key=lambda value: (statements[value], value), default=None)
        if best is None or statements[best] > 1:
            return best
        numbers = [int(value) for value in statements if value.isdecimal()]
        return str((min(numbers) + max(numbers)) // 2) if numbers else None


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks on the final texts; a task must pass every one."""
    parameters: Any = task.recipe["parameters"]
    searches = [event.text for event in task.events if event.kind == SEARCH_KIND]
    texts = [event.text for event in task.events if event.kind != QUESTION_KIND]
    (last,) = [event.text for event in task.events if event.kind == QUESTION_KIND]
    gold: QuestionGold = task.gold
    documents = documents_of(texts)
    needs = gold.questions[0].needs
    reader = _RecordingReader({need[:3] for need in needs})
    question_event = QuestionEvent(replace(gold.questions[0], event=len(texts)), last)
    readings = TaskReadings(
        reader=reader,
        documents=[ShownDocument(event, text) for text, event in documents.items()],
        questions=[question_event],
        guess=reader.guess,
        tokens=sum(map(count, texts)),
        target=parameters["tokens"],
        window=parameters["window"],
        pinned=task.system,
        sentences={need: _sentence(need, documents) for need in needs},
    )
    own: dict[str, Check] = {
        "subquery_shortcut": lambda _: _shortcut(searches, reader, question_event),
        "one_fact_each": lambda _: {"ok": reader.most == 1, "most": reader.most},
    }
    return run_checks(readings, CHECKS | own)


def _sentence(fact: Statement, documents: Iterable[str]) -> str:
    """The sentence of a document that states a fact; "" if there is none."""
    reader, needed = ResearchReader(), (fact.subject, fact.key, fact.value)
    stating = (
        sentence
        for document in documents
        if fact.subject in document
        for sentence in sentences(document)
        if any(statement[:3] == needed for statement in reader.read(sentence))
    )
    return next(stating, "")


def _shortcut(
    searches: Sequence[str], reader: _RecordingReader, event: QuestionEvent
) -> CheckResult:
    """The last sub-query of the right type gives a wrong answer, and there are enough sub-queries
    of that type that a guess among them rarely is right."""
    known = StatementIndex(reader.statements)
    query = reader.ask(event.text)
    assert query
    keys = [key for key, _ in query.ends]
    answers: list[str] = []
    for text in searches:
        sub_query = parsed_phrase(_SUB_QUERY.findall(text)[0])
        if sub_query and [key for key, _ in sub_query.ends] == keys[-1:]:
            result = reader.answer(sub_query, known)
            answers += [result.answer] if isinstance(result, Found) else []
    guesses = answers[-1:]
    if isinstance(query, Total) and len(answers) > 1:
        guesses = [query.result(*map(int, answers[-2:]))]
    distinct = len(dict.fromkeys(answers))
    wrong = not any(is_correct(event.question, guess) for guess in guesses)
    fewest = len(keys) / CHANCE_LEVEL
    return {"ok": wrong and distinct >= fewest, "candidates": distinct, "guesses": list(guesses)}
