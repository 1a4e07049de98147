"""Verification: the independent reader checks the claims of a task on its final texts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from memorygym.core.statements import Statement
from memorygym.core.types import Task
from memorygym.memories.stores.splitter import sentences
from memorygym.tracks._qa.ablation import (
    CHECKS,
    Check,
    CheckResult,
    TaskReadings,
    run_checks,
)
from memorygym.tracks._qa.questions import QuestionGold
from memorygym.tracks.research.adversaries import adversaries
from memorygym.tracks.research.fact_reader import ResearchReader
from memorygym.tracks.research.generator.settings import AGENTIC
from memorygym.tracks.research.generator.task_texts import documents_in
from memorygym.tracks.research.questions import QuestionPart, Total


def _guess(reading: TaskReadings, query: QuestionPart) -> str | None:
    """The best guess at a query: the most common answer to its last look-up."""
    ends = [_end(reading, key, inverse=inverse) for key, inverse in query.ends]
    if not isinstance(query, Total):
        return ends[0] if ends else None
    numbers = [int(end) for end in ends if end and end.isdecimal()]
    return query.result(*numbers) if len(numbers) == 2 else None


def _end(reading: TaskReadings, key: str, *, inverse: bool) -> str | None:
    """A subject, or the most common value, of a key; for numbers that all occur once, the middle
    of them."""
    if inverse:
        return next((s.subject for s, _ in reading.numbered if s.key == key), None)
    times = Counter(
        (s.key, s.text) for s, _ in reading.numbered if key in (s.key, s.key.split(" ")[0])
    )
    values = {value: number for (_, value), number in times.items()}
    best = max(values, key=lambda value: (values[value], value), default=None)
    if best is None or values[best] > 1:
        return best
    numbers = [int(value) for value in values if value.isdecimal()]
    return str((min(numbers) + max(numbers)) // 2) if numbers else None


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks on the final texts; a task must pass every one."""
    return run_checks(_readings(task), CHECKS | {"one_fact_each": _one_fact_each})


def measured(task: Task) -> dict[str, CheckResult]:
    """The same, and what only all tasks together show."""
    checks: dict[str, Check] = {"one_fact_each": _one_fact_each, "adversaries": adversaries}
    return run_checks(_readings(task), CHECKS | checks)


def _readings(task: Task) -> TaskReadings:
    gold, parameters = task.gold, task.recipe["parameters"]
    assert isinstance(gold, QuestionGold) and isinstance(parameters, Mapping)
    if parameters["mode"] == AGENTIC:  # The texts come before the question that they answer.
        last = replace(gold.questions[0], event=len(task.events) - 1)
        task = replace(task, events=(*task.events[1:], task.events[0]), gold=QuestionGold((last,)))
    return TaskReadings(
        task,
        ResearchReader(),
        documents_in,
        guess=_guess,
        sentence=_sentence,
        window=int(str(parameters["window"])),
    )


def _one_fact_each(reading: TaskReadings) -> CheckResult:
    """No document states more than one needed fact."""
    needed = {need[:3] for question in reading.questions for need in question.needs}
    most = max(len(needed & {fact[:3] for fact in facts}) for facts in reading.stated)
    return {"ok": most == 1, "most": most}


def _sentence(reading: TaskReadings, fact: Statement) -> str:
    """The sentence of a document that states a fact; "" if there is none."""
    stating = (
        sentence
        for number in sorted(reading.stating(fact))
        for sentence in sentences(reading.documents[number].text)
        if any(statement[:3] == fact[:3] for statement in reading.reader.read(sentence))
    )
    return next(stating, "")
