"""Checks a task on its final texts, as `_qa.ablation` does."""

from memorygym.core.types import Task
from memorygym.tracks._qa.ablation import CheckResult, TaskReadings, run_checks
from memorygym.tracks.codeqa.questions import CodeReader, guess

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""


def verification(task: Task) -> dict[str, CheckResult]:
    """The results of all checks; each paragraph is a document, because a memory may keep it
    alone."""
    return run_checks(
        TaskReadings(
            task, CodeReader(), guess=lambda _, query: guess(query), window=0, wording=WORDING
        )
    )
