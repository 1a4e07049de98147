"""Checks a task on its final texts, as `_qa.ablation` does."""

import re
from typing import Any

from memorygym.core.tokens import count
from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import (
    AblationInput,
    CheckResult,
    QuestionEvent,
    ShownDocument,
    run_checks,
)
from memorygym.tracks._qa.stream import QUESTION_KIND
from memorygym.tracks.codeqa.answers import CodeReader, Query

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks of a task."""
    return run_checks(ablation_input(task))


def ablation_input(task: Task) -> AblationInput:
    """The input of the checks; each paragraph is a document, because a memory may keep it alone."""
    gold: Any = task.gold
    parameters: Any = task.recipe["parameters"]
    texts = [event.text for event in task.events if event.kind != QUESTION_KIND]
    return AblationInput(
        CodeReader(),
        [
            ShownDocument(event, part)
            for event, text in enumerate(texts)
            for part in text.split("\n\n")
        ],
        gold.facts,
        [QuestionEvent(question, task.events[question.event].text) for question in gold.questions],
        guess,
        tokens=sum(map(count, texts)),
        target=parameters["tokens"],
        window=0,
        wording=WORDING,
        pinned=task.system,
    )


def guess(query: Query) -> str | None:
    """The best guess from the question alone: a name in it, or a common value."""
    match query:
        case Query(kind="sum"):
            return "2"
        case Query(kind="output", argument=call):
            return next(iter(re.findall(r"\d+", call)), "0")
        case Query(kind="callers" | "returns", argument=number):
            return number
        case Query(kind="failing", paths=[path]):
            return f"test_{path.anchor.lower()}"
        case Query(keys=[key], paths=[path]):
            return _COMMON.get(key.partition(":")[0]) or path.anchor
    return None


_COMMON = {
    "default": "0", "value": "100", "base": "Exception", "raises": "ValueError", "argument": "3",
    "rows": "100", "breaks": "1000", "items": "100", "memory": "512", "exception": "ValueError",
}  # fmt: skip
