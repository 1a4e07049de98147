"""Checks an instance on its final texts, as `_qa.ablation` does, and checks that its code runs."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument, run_checks
from memorygym.tracks.codeqa import task_of
from memorygym.tracks.codeqa.answers import CodeReader, Query, ask
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.execution import ExecutionJob, constant_change, run
from memorygym.tracks.codeqa.generator.settings import SYNTH

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the domain."""
_FILE = re.compile(r"\[(\S+\.(?:py|md))\b")


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The results of all checks of an instance."""
    run = {check.__name__: partial(check, instance) for check in (files_match, executes)}
    return run_checks(ablation_input(instance), **run)


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


def files_match(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """Every shown paragraph occurs in its file, and every paragraph of a file is shown."""
    shown = Counter[str]()
    for text in instance["memory_files"].values():
        for part in text.split("\n\n"):
            paragraph = part.split("\n", 1)[1] if part.startswith("===") else part
            if _FILE.match(paragraph):
                shown[paragraph] += 1
    for path, code in instance["repo_files"].items():
        shown.subtract(paragraphs(path, code))
    mismatches = [paragraph.split("\n", 1)[0] for paragraph, surplus in shown.items() if surplus]
    return {
        "ok": not mismatches and bool(shown),
        "paragraphs": len(shown),
        "amiss": sorted(mismatches)[:9],
    }


def executes(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """The package imports, its tests pass, and its calls return the true answers.

    Code of a user's folder is not run.
    """
    if instance["settings"]["source"] != SYNTH:
        return {"ok": True, "executed": 0, "not_run": "the code is a user's own"}
    files = instance["repo_files"]
    jobs = [(pair["gold_answer"], _job(pair["question"], files)) for pair in instance["qa_pairs"]]
    executable = [(truth, job) for truth, job in jobs if job]
    all_tests, *outcomes = run(files, [ExecutionJob(tests=True), *(job for _, job in executable)])
    wrong = [
        truth
        for (truth, _), outcome in zip(executable, outcomes, strict=True)
        if truth not in (",".join(outcome.failed), ",".join(map(str, outcome.returned)))
    ]
    ok = not wrong and not all_tests.failed and all_tests.passed > 0
    return {
        "ok": ok,
        "passed": all_tests.passed,
        "failed": list(all_tests.failed),
        "executed": len(outcomes),
        "wrong": list(wrong),
    }


def _job(question: str, files: Mapping[str, str]) -> ExecutionJob | None:
    """The job that gives the true answer of a question; None if no code needs to run."""
    match ask(question):
        case Query(kind="output", argument=call):
            return ExecutionJob([call])
        case Query(kind="failing", paths=[path], argument=value):
            return constant_change(files, path.anchor, value)
    return None
