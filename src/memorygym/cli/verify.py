"""Check that tasks are fair: answerable, only with the needed facts, and not by guessing."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from memorygym.cli._checks import given_path
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.text import one_line
from memorygym.core.track import TaskOptions, Track, find
from memorygym.datasets.instances.folder import read_instance
from memorygym.datasets.instances.schemas import generating_tracks, track_of
from memorygym.datasets.instances.verifier import (
    FILE_CHECKS,
    ListedFile,
    check,
    files_of,
    with_recipes,
)
from memorygym.models import specs
from memorygym.reports.table import plain
from memorygym.reports.terminal import RED, fit, paint, wrapped
from memorygym.runs import behaviour, tasks
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.runs.settings import THREADS, VerifySettings
from memorygym.stats import TOO_FEW
from memorygym.tracks._qa.closed_book import closed_book
from memorygym.tracks._qa.questions import Question, QuestionGold

A = TypeVar("A")
B = TypeVar("B")
MOST_SHOWN = 50
OF_GENERATED = ("track", "template", "tier", "seeds", "salt")
OF_MODELS = ("samples", "api_base")
"""Settings of generated tasks, and of the model that is asked."""
NOT_RUN = "not run"


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "folder",
        nargs="?",
        type=given_path,
        metavar="DIR",
        help="a folder that `memorygym generate` wrote (default: generate tasks and check them)",
    )
    add_settings(parser, VerifySettings)


def run(args: argparse.Namespace) -> int:
    """Returns 0 if every check passes, else 1."""
    settings = settings_of(VerifySettings, args)
    if args.folder:
        if not settings.model:
            settings.refuse(OF_MODELS, "--model; no model is asked")
        settings.refuse(OF_GENERATED, "generated tasks; DIR is checked as it is")
        return _folder(args.folder, settings)
    of_folders = ("model", "again", *OF_MODELS)
    settings.refuse(of_folders, "DIR; generated tasks are checked without it")
    track, parameters = tasks.track_of(settings)
    if settings.version or settings.write:
        return _version(track, write=settings.write)
    if not track.verify:
        ours = (name for name in registry.names("tracks") if registry.is_built_in("tracks", name))
        raise UnknownPart("track to verify", track.name, [o for o in ours if find(o).verify])
    options = TaskOptions(tasks.seeds_of(settings, 3), tasks.secret_of(settings), parameters)
    result = track.verify(track.tasks(options), partial(_watched, settings))
    print(json.dumps(result.json, indent=1) if settings.json else result.text)
    return 1 if result.failures else 0


def _version(track: Track, *, write: bool) -> int:
    """Says which promises of a track's version moved; freezes them if asked to."""
    if write:
        print(f"written: {behaviour.freeze(track)}")
        return 0
    for sentence in (moved := behaviour.broken(track)):
        print(sentence)
    if not moved:
        print(f"{track.version}: {len(behaviour.stated(track)['promises'])} promises hold")
    return int(bool(moved))


def _watched(
    settings: VerifySettings, function: Callable[[A], B], over: Sequence[A]
) -> Iterator[B]:
    """Yields the function's result for every task, with a progress line."""
    rows = ([row] for row in over_processes(function, over, settings.workers or 2))
    return watched(rows, len(over), quiet=settings.quiet)


def _folder(folder: Path, settings: VerifySettings) -> int:
    """Checks every instance of a folder."""
    files, problem = files_of(folder)
    if settings.again:
        files = with_recipes(folder, files)
    findings = [("manifest.json", "manifest", problem)]
    rows = ([checked] for checked in over_processes(check, files, settings.workers or 2))
    for checked in watched(rows, len(files), quiet=settings.quiet or settings.json):
        findings += [(checked.name, finding.check, finding.problem) for finding in checked.findings]
    failures = [
        {"file": file, "check": check, "reason": problem}
        for file, check, problem in findings
        if problem
    ]
    bad = {failure["file"] for failure in failures}
    sound = [file for file in files if file.name not in bad]
    answers = None
    if settings.model:
        model = specs.find(settings.model, settings.api_base)
        asked = {file.name: _questions(file) for file in sound}
        answers = closed_book(
            model, asked, settings.samples, partial(over_threads, workers=THREADS)
        )
    report = {
        "files": len(files),
        "sound": len(sound),
        "checks": _counts(findings),
        "failures": failures,
        "llm_closed_book": answers or NOT_RUN,
    }
    print(json.dumps(report, indent=1) if settings.json else "\n".join(_page(folder, report)))
    return 1 if failures else 0


def _questions(file: ListedFile) -> Sequence[Question]:
    path = file.folder / file.name
    instance = read_instance(path)
    track = generating_tracks()[track_of(instance, str(path))]
    gold = track.task(instance, "closed-book", 0).gold
    assert isinstance(gold, QuestionGold)
    return gold.questions


def _counts(findings: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, int]]:
    """How many files pass and fail, by check, in the order of the table."""
    failed = Counter(check for _, check, problem in findings if problem)
    ok = Counter(check for _, check, problem in findings if not problem)
    names = dict.fromkeys([*FILE_CHECKS, *sorted({*ok, *failed})])
    return {name: {"ok": ok[name], "failed": failed[name]} for name in names}


def _page(folder: Path, report: dict[str, Any]) -> Iterator[str]:
    """Counts by check, then every failure with its file."""
    failures, files, sound = report["failures"], report["files"], report["sound"]
    rows = [(name, *counts.values()) for name, counts in report["checks"].items()]
    yield from plain(("check", "ok", "failed"), rows).lines()
    yield from fit(f"llm_closed_book: {_closed_book_text(report['llm_closed_book'])}")
    for failure in failures[:MOST_SHOWN]:
        file, check, reason = map(one_line, failure.values())
        yield paint(wrapped(f"FAILS {check}: {file}: {reason}"), RED)
    if (more := len(failures) - MOST_SHOWN) > 0:
        yield f"… and {more} more"
    yield f"{files} instances in {folder}: {sound} pass, {files - sound} fail"


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
