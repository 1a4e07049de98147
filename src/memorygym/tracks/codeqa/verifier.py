"""Checks a task on its final texts, as `_qa.ablation` does."""

from typing import Any

from memorygym.core.tokens import count
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import (
    CheckResult,
    QuestionEvent,
    ShownDocument,
    TaskReadings,
    run_checks,
)
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.codeqa.questions import CodeReader, guess

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks; each paragraph is a document, because a memory may keep it
    alone."""
    gold: Any = task.gold
    parameters: Any = task.recipe["parameters"]
    texts = [event.text for event in task.events if event.kind != QUESTION_KIND]
    parts = [(event, part) for event, text in enumerate(texts) for part in text.split("\n\n")]
    readings = TaskReadings(
        CodeReader(),
        [ShownDocument(*part) for part in parts],
        [QuestionEvent(question, task.events[question.event].text) for question in gold.questions],
        lambda _, query: guess(query),
        tokens=sum(map(count, texts)),
        target=parameters["tokens"],
        window=0,
        wording=WORDING,
        pinned=task.system,
    )
    return run_checks(readings)
