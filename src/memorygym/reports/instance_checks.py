"""The checks of a folder of instances: how many files pass each, and every failure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from memorygym.core.text import one_line
from memorygym.core.track import Verification
from memorygym.datasets.instances.folder import (
    FILE_CHECKS,
    ListedFile,
    check,
    files_of,
    read_task,
)
from memorygym.models import specs
from memorygym.reports.terminal import fit
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.settings import THREADS, VerifySettings
from memorygym.stats import TOO_FEW
from memorygym.tracks._qa.closed_book import closed_book
from memorygym.tracks._qa.questions import Question, QuestionGold
from memorygym.tracks._qa.verification import check_table

NOT_RUN = "not run"


def folder_checks(folder: Path, settings: VerifySettings) -> dict[str, Any]:
    """Checks every instance of a folder; returns the counts and failures as `--json` prints
    them."""
    files, problem = files_of(folder)
    rows = ([row] for row in over_processes(check, files, settings.workers or 2))
    quiet = settings.quiet or settings.json
    manifest = "manifest.json", {"manifest": problem}
    reports = [manifest, *watched(rows, len(files), quiet=quiet)]
    failures = [
        {"file": name, "check": check, "reason": problem}
        for name, problems in reports
        for check, problem in problems.items()
        if problem
    ]
    bad = {failure["file"] for failure in failures}
    sound = [file for file in files if file.name not in bad]
    return {
        "files": len(files),
        "sound": len(sound),
        "checks": _counts(reports),
        "failures": failures,
        "llm_closed_book": _closed_book(sound, settings) or NOT_RUN,
    }


def _counts(reports: Sequence[tuple[str, Mapping[str, str]]]) -> dict[str, dict[str, int]]:
    """How many files pass and fail, by check, in the order of the table."""
    counts = Counter(
        (check, bool(problem)) for _, problems in reports for check, problem in problems.items()
    )
    names = dict.fromkeys([*FILE_CHECKS, *sorted(check for check, _ in counts)])
    return {name: {"ok": counts[name, False], "failed": counts[name, True]} for name in names}


def _closed_book(files: Sequence[ListedFile], settings: VerifySettings) -> dict[str, Any] | None:
    """How often the model of the settings is right about these files; None without one."""
    if not settings.model:
        return None
    model = specs.find(settings.model, settings.api_base)
    asked = {file.name: _questions(file) for file in files}
    return closed_book(model, asked, settings.samples, partial(over_threads, workers=THREADS))


def _questions(file: ListedFile) -> Sequence[Question]:
    gold = read_task(file.folder / file.name).gold
    assert isinstance(gold, QuestionGold)
    return gold.questions


def check_text(folder: Path, report: Mapping[str, Any]) -> str:
    """Counts by check, then every failure with its file."""
    files, sound, checks = report["files"], report["sound"], report["checks"]
    passed = {name: [True] * n["ok"] + [False] * n["failed"] for name, n in checks.items()}
    lines = [
        *check_table(passed, {}),
        *fit(f"llm_closed_book: {_closed_book_text(report['llm_closed_book'])}"),
        f"{files} instances in {folder}: {sound} pass, {files - sound} fail",
    ]
    rows = [map(one_line, (row["check"], row["file"], row["reason"])) for row in report["failures"]]
    return Verification(list(map(": ".join, rows)), lines, report).text


def _closed_book_text(answers: Any) -> str:
    if answers == NOT_RUN:
        return NOT_RUN
    spread = TOO_FEW.replace("tasks", "instances")
    if answers["interval"]:
        spread = "{:.1f} to {:.1f}".format(*(100 * bound for bound in answers["interval"]))
    return (
        f"{answers['right']} of {answers['asked']} right without the texts"
        f" ({100 * answers['share']:.1f} %, {spread}), by {answers['model']}"
    )
