"""Check that tasks are fair: answerable, only with the needed facts, and not by guessing."""

import argparse
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from memorygym.cli._checks import THREADS, add_quiet, add_salt, check_counts, given_path
from memorygym.cli._task_options import WORLDS
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.text import one_line
from memorygym.core.track import TaskOptions, Track
from memorygym.core.track import find as track_named
from memorygym.core.types import JSON, Message
from memorygym.datasets.instances.folder import read_instance
from memorygym.datasets.instances.schemas import generating_tracks, track_of
from memorygym.datasets.instances.verifier import (
    FILE_CHECKS,
    ListedFile,
    check,
    files_of,
    with_recipes,
)
from memorygym.models.model import Model, check_reply
from memorygym.models.specs import find
from memorygym.reports.terminal import RED, Row, fit, paint, table, wrapped
from memorygym.runs import behaviour
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.stats import TOO_FEW, clustered_share
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Question, QuestionGold

A = TypeVar("A")
B = TypeVar("B")
MOST_SHOWN = 50
OF_GENERATED = {"track": WORLDS, "template": None, "tier": None, "seeds": 3, "salt": ""}
OF_MODELS = {"samples": 1, "api_base": None}
OF_FOLDERS = {"model": None, "again": False, **OF_MODELS}
"""The options of generated tasks, of a model, and of folders, with their defaults."""
NOT_RUN = "not run"
SYSTEM = (
    "Answer the question from what you know. The texts that it is about are not shown to you. If"
    " you do not know, give your best guess. Reply with the answer alone."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "folder", nargs="?", type=given_path, metavar="DIR",
        help="a folder that `memorygym generate` wrote (default: generate tasks and check them)",
    )  # fmt: skip
    parser.add_argument(
        "--track", default=WORLDS, metavar="TRACK",
        help=f"the track of generated tasks, its parameters after colons (default: {WORLDS})",
    )  # fmt: skip
    parser.add_argument(
        "--template", "-t", metavar="DOMAIN", help="only this domain (default: all)"
    )
    parser.add_argument("--tier", help="the tier of worlds (default: standard)")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1 (default: 3)")
    add_salt(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--again", action="store_true",
        help="generate every instance of DIR again from its manifest, and compare the bytes",
    )  # fmt: skip
    model = parser.add_argument_group("closed-book check of DIR: a model sees the questions alone")
    model.add_argument("--model", "--llm", metavar="MODEL", help="ask it (default: no model)")
    model.add_argument(
        "--samples", type=int, default=1, metavar="K", help="answers per question (default: 1)"
    )
    model.add_argument("--api-base", metavar="URL", help="the model's endpoint")
    add_quiet(parser)
    promised = parser.add_argument_group("what the version of a track promises")
    promised.add_argument(
        "--version", action="store_true",
        help="check the digests beside the track: tasks, gold, outcomes, verdicts, token counts,"
        " prompts",
    )  # fmt: skip
    promised.add_argument(
        "--write", action="store_true", help="with --version: freeze those of a new version"
    )


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


def run(args: argparse.Namespace) -> int:
    """Returns 0 if every check passes, else 1."""
    if args.folder:
        check_counts(args, "workers", "samples")
        if not args.model:
            _refuse(args, OF_MODELS, "is for --model; no model is asked")
        _refuse(args, OF_GENERATED, "is for generated tasks; DIR is checked as it is")
        return verify_folder(args)
    _refuse(args, OF_FOLDERS, "is for DIR; generated tasks are checked without it")
    check_counts(args, "seeds", "workers")
    name, stated = registry.split_spec(args.track)
    track = track_named(name)
    if args.version or args.write:
        return _version(track, write=args.write)
    if not track.verify:
        ours = (name for name in registry.names("tracks") if registry.is_built_in("tracks", name))
        raise UnknownPart("track to verify", name, [o for o in ours if track_named(o).verify])
    parameters = {
        parameter: getattr(args, parameter)
        for parameter in ("template", "tier")
        if getattr(args, parameter)
    }
    recipes = track.tasks(TaskOptions(range(args.seeds), args.salt, parameters | stated))
    result = track.verify(recipes, partial(_watched, workers=args.workers, quiet=args.quiet))
    print(json.dumps(result.json, indent=1) if args.json else result.text)
    return 1 if result.failures else 0


def _watched(
    function: Callable[[A], B], tasks: Sequence[A], *, workers: int, quiet: bool
) -> Iterator[B]:
    """Yields the function's result for every task, with a progress line."""
    rows = ([row] for row in over_processes(function, tasks, workers))
    return watched(rows, len(tasks), quiet=quiet)


def _refuse(args: argparse.Namespace, options: Mapping[str, object], why: str) -> None:
    for name, default in options.items():
        if getattr(args, name) != default:
            raise BadSettings(f"--{name.replace('_', '-')} {why}")


def verify_folder(args: argparse.Namespace) -> int:
    """Returns 0 if every check passes, else 1."""
    files, problem = files_of(args.folder)
    if args.again:
        files = with_recipes(args.folder, files)
    findings = [("manifest.json", "manifest", problem)]
    rows = ([checked] for checked in over_processes(check, files, args.workers))
    for checked in watched(rows, len(files), quiet=args.quiet or args.json):
        findings += [(checked.name, finding.check, finding.problem) for finding in checked.findings]
    failures = [
        {"file": file, "check": check, "reason": problem}
        for file, check, problem in findings
        if problem
    ]
    bad = {failure["file"] for failure in failures}
    sound = [file for file in files if file.name not in bad]
    report = {
        "files": len(files),
        "sound": len(sound),
        "checks": _counts(findings),
        "failures": failures,
        "llm_closed_book": _closed_book(args, sound) if args.model else NOT_RUN,
    }
    print(json.dumps(report, indent=1) if args.json else "\n".join(_page(args, report)))
    return 1 if failures else 0


def _counts(findings: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, int]]:
    """How many files pass and fail, by check, in the order of the table."""
    failed = Counter(check for _, check, problem in findings if problem)
    ok = Counter(check for _, check, problem in findings if not problem)
    names = dict.fromkeys([*FILE_CHECKS, *sorted({*ok, *failed})])
    return {name: {"ok": ok[name], "failed": failed[name]} for name in names}


def _page(args: argparse.Namespace, report: dict[str, Any]) -> Iterator[str]:
    """Counts by check, then every failure with its file."""
    failures, files, sound = report["failures"], report["files"], report["sound"]
    rows: list[Row | str] = [
        (name, [str(counts["ok"]), str(counts["failed"])])
        for name, counts in report["checks"].items()
    ]
    yield from table("check", ["ok", "failed"], rows)
    yield from fit(f"llm_closed_book: {_closed_book_text(report['llm_closed_book'])}")
    for failure in failures[:MOST_SHOWN]:
        file, check, reason = map(one_line, failure.values())
        yield paint(wrapped(f"FAILS {check}: {file}: {reason}"), RED)
    if (more := len(failures) - MOST_SHOWN) > 0:
        yield f"… and {more} more"
    yield f"{files} instances in {args.folder}: {sound} pass, {files - sound} fail"


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


def _closed_book(args: argparse.Namespace, files: Sequence[ListedFile]) -> JSON:
    """How often the model is right, with the 95 % interval, clustered by instance.

    Raises ProviderFailure if it does not answer.
    """
    model = find(args.model, args.api_base)
    asked = [(file.name, q) for file in files for q in _questions(file)]
    tries = [(name, q, model.sample(k)) for name, q in asked for k in range(args.samples)]
    answers: dict[str, list[bool]] = {}
    for (name, _, _), is_right in zip(tries, over_threads(_ask, tries, THREADS), strict=True):
        answers.setdefault(name, []).append(is_right)
    if not tries:
        return NOT_RUN
    hits = sum(map(sum, answers.values()))
    share = clustered_share(list(answers.values()))
    interval: JSON = [round(share.low, 6), round(share.high, 6)] if share.has_interval else None
    return {
        "model": str(model.describe()["name"]),
        "samples": args.samples,
        "asked": len(tries),
        "right": hits,
        "share": round(hits / len(tries), 6),
        "interval": interval,
    }


def _questions(file: ListedFile) -> Iterator[Question]:
    path = file.folder / file.name
    instance = read_instance(path)
    track = generating_tracks()[track_of(instance, str(path))]
    gold = track.task(instance, "closed-book", 0).gold
    assert isinstance(gold, QuestionGold)
    yield from gold.questions


def _ask(attempt: tuple[str, Question, Model]) -> bool:
    _, question, model = attempt
    return is_correct(
        question, check_reply(model.complete(prompt(question.text), ())).message.content
    )


def prompt(question: str) -> list[Message]:
    """What the model reads."""
    return [Message("system", SYSTEM), Message("user", question)]
