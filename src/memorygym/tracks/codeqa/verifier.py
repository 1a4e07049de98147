"""Checks an instance on its final texts, as `_qa.ablation` does."""

import re
from collections.abc import Mapping
from typing import Any

from memorygym.core.tokens import count
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument, run_checks
from memorygym.tracks.codeqa import task_of
from memorygym.tracks.codeqa.answers import CodeReader, Query

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The results of all checks of an instance."""
    return run_checks(ablation_input(instance))


def ablation_input(instance: Mapping[str, Any]) -> AblationInput:
    """The input of the checks; each paragraph is a document, because a memory may keep it alone."""
    task = task_of(instance, "", 0)
    gold: Any = task.gold
    texts = list(instance["memory_files"].values())
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
        target=instance["target_tokens"],
        window=0,
        wording=WORDING,
        pinned=instance["system"],
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
