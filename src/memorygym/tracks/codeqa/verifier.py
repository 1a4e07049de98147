"""Checks an instance on its final texts, as `_qa.ablation` does."""

from collections.abc import Mapping
from typing import Any

from memorygym.core.tokens import count
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument, run_checks
from memorygym.tracks.codeqa import task_of
from memorygym.tracks.codeqa.questions import CodeReader, guess

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
