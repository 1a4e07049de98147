"""Proves an instance from its final texts, as `_qa.ablation` does, and that the code runs."""

import re
from collections import Counter
from collections.abc import Mapping
from functools import partial
from typing import Any

from memorygym.core.tokens import count
from memorygym.core.types import JSON
from memorygym.tracks._qa.ablation import AblationInput, QuestionEvent, ShownDocument, result
from memorygym.tracks.codeqa import task_of
from memorygym.tracks.codeqa.answers import CodeReader, Query, ask
from memorygym.tracks.codeqa.code_view import paragraphs
from memorygym.tracks.codeqa.execution import ExecutionJob, changed, run
from memorygym.tracks.codeqa.generator.settings import SYNTH

WORDING = frozenset(
    "function constant class exception module parameter default value decorator setting called"
    " read raised base package test".split()
)
"""Words of the trade."""
_FILE = re.compile(r"\[(\S+\.(?:py|md))\b")


def verification(instance: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict on an instance, with its numbers."""
    run = {check.__name__: partial(check, instance) for check in (files_match, executes)}
    return result(ablation_input(instance), **run)


def ablation_input(instance: Mapping[str, Any]) -> AblationInput:
    """What the proof is about; each paragraph is a document, for a memory may keep it alone."""
    task = task_of(instance, "", 0)
    gold: Any = task.gold
    texts = list(instance["memory_files"].values())
    return AblationInput(
        CodeReader(),
        [ShownDocument(n, part) for n, text in enumerate(texts) for part in text.split("\n\n")],
        gold.facts,
        [QuestionEvent(one, task.events[one.event].text) for one in gold.questions],
        guess,
        tokens=sum(map(count, texts)),
        target=instance["target_tokens"],
        window=0,
        wording=WORDING,
        pinned=instance["system"],
    )


def guess(query: Query) -> str | None:
    """The best guess from the question alone: a name that stands in it, or a common value."""
    match query:
        case Query(kind="sum"):
            return "2"
        case Query(kind="output", told=call):
            return next(iter(re.findall(r"\d+", call)), "0")
        case Query(kind="callers" | "returns", told=number):
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
    """Every shown part of a file stands so in the file, and every part of a file is shown."""
    shown = Counter[str]()
    for text in instance["memory_files"].values():
        for part in text.split("\n\n"):
            one = part.split("\n", 1)[1] if part.startswith("===") else part
            if _FILE.match(one):
                shown[one] += 1
    for path, code in instance["repo_files"].items():
        shown.subtract(paragraphs(path, code))
    amiss = [one.split("\n", 1)[0] for one, times in shown.items() if times]
    return {"ok": not amiss and bool(shown), "paragraphs": len(shown), "amiss": sorted(amiss)[:9]}


def executes(instance: Mapping[str, Any]) -> dict[str, JSON]:
    """The package imports, its tests pass, and what it returns is the truth.

    Of a folder's code nothing is run.
    """
    if instance["settings"]["source"] != SYNTH:
        return {"ok": True, "executed": 0, "not_run": "the code is a user's own"}
    files = instance["repo_files"]
    jobs = [(pair["gold_answer"], _job(pair["question"], files)) for pair in instance["qa_pairs"]]
    asked = [(truth, job) for truth, job in jobs if job]
    whole, *others = run(files, [ExecutionJob(tests=True), *(job for _, job in asked)])
    wrong = [
        truth
        for (truth, _), one in zip(asked, others, strict=True)
        if truth not in (",".join(one.failed), ",".join(map(str, one.returned)))
    ]
    ok = not wrong and not whole.failed and whole.passed > 0
    return {
        "ok": ok, "passed": whole.passed, "failed": list(whole.failed), "executed": len(others),
        "wrong": list(wrong),
    }  # fmt: skip


def _job(question: str, files: Mapping[str, str]) -> ExecutionJob | None:
    """What to run to learn the truth of a question, None if it asks for no running."""
    match ask(question):
        case Query(kind="output", told=call):
            return ExecutionJob([call])
        case Query(kind="failing", paths=[path], told=value):
            return changed(files, path.anchor, value)
    return None
