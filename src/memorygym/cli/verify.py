"""Prove that worlds, or the instances in DIR, are fair: answerable, needed, not guessable."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from memorygym.cli._checks import THREADS, add_salt, check_counts
from memorygym.cli._task_options import WORLDS
from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.text import one_line, wrapped
from memorygym.core.track import TaskOptions
from memorygym.core.track import find as track_named
from memorygym.core.types import JSON, Message
from memorygym.datasets.instances.folder import read_instance
from memorygym.datasets.instances.schemas import generating_tracks, track_of
from memorygym.datasets.instances.verifier import OF_FILES, File, check, files_of, to_generate_again
from memorygym.models.model import Model, sound
from memorygym.models.specs import find
from memorygym.runs.executors import over_processes, over_threads, watched
from memorygym.stats import clustered_share, wilson
from memorygym.tracks._qa.correctness import is_correct
from memorygym.tracks._qa.questions import Question, QuestionGold

MOST_SHOWN = 50
OF_DEALT = {"track": WORLDS, "template": None, "tier": None, "seeds": 3, "salt": ""}
OF_MODELS = {"samples": 1, "api_base": None}
OF_FOLDERS = {"llm": None, "again": False, **OF_MODELS}
"""Options that only the one or the other obeys, and what they are unless given."""
NOT_RUN = "not run"
SYSTEM = (
    "Answer the question from what you know. The texts that it is about are not shown to you. If"
    " you do not know, give your best guess. Reply with the answer alone."
)


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="DIR",
        help="a folder that `memorygym generate` wrote (default: tasks are dealt and proven)",
    )  # fmt: skip
    parser.add_argument(
        "--track", default=WORLDS, metavar="TRACK",
        help=f"whose tasks are dealt, its parameters after colons (default: {WORLDS})",
    )  # fmt: skip
    parser.add_argument("--template", "-t", help="one of them (default: all)")
    parser.add_argument("--tier", help="of worlds (default: standard)")
    parser.add_argument("--seeds", type=int, default=3, help="seeds 0 to N-1 (default: 3)")
    add_salt(parser)
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--again", action="store_true",
        help="of DIR: deal every instance again from the manifest, and compare the bytes",
    )  # fmt: skip
    model = parser.add_argument_group("of DIR: what a model answers from the questions alone")
    model.add_argument("--llm", metavar="MODEL", help="asks it (default: no model is asked)")
    model.add_argument(
        "--samples", type=int, default=1, metavar="K", help="of each question (default: 1)"
    )
    model.add_argument("--api-base", metavar="URL", help="the model's endpoint")


def run(args: argparse.Namespace) -> int:
    """0 if nothing is found, else 1."""
    if args.folder:
        check_counts(args, "workers", "samples")
        if not args.llm:
            _refuse(args, OF_MODELS, "is for --llm; no model is asked")
        _refuse(args, OF_DEALT, "is for dealt tasks; DIR is proven as it is")
        return verify_folder(args)
    _refuse(args, OF_FOLDERS, "is for DIR; dealt tasks are proven without it")
    check_counts(args, "seeds", "workers")
    name, stated = registry.split(args.track)
    track = track_named(name)
    if not track.verify:
        ours = (one for one in registry.names("tracks") if registry.is_ours("tracks", one))
        raise UnknownPart("track to verify", name, [o for o in ours if track_named(o).verify])
    given = {
        parameter: getattr(args, parameter)
        for parameter in ("template", "tier")
        if getattr(args, parameter)
    }
    recipes = track.tasks(TaskOptions(range(args.seeds), args.salt, given | stated))
    found = track.verify(recipes, partial(over_processes, workers=args.workers))
    print(json.dumps(found.json, indent=1) if args.json else found.text)
    return 1 if found.failures else 0


def _refuse(args: argparse.Namespace, options: Mapping[str, object], why: str) -> None:
    for name, default in options.items():
        if getattr(args, name) != default:
            raise BadSettings(f"--{name.replace('_', '-')} {why}")


def verify_folder(args: argparse.Namespace) -> int:
    """0 if nothing is found, else 1."""
    files, problem = files_of(args.folder)
    if args.again:
        files = to_generate_again(args.folder, files)
    found = [("manifest.json", "manifest", problem)]
    rows = ([one] for one in over_processes(check, files, args.workers))
    for checked in watched(rows, len(files), quiet=args.json):
        found += [(checked.name, finding.check, finding.problem) for finding in checked.findings]
    failures = [
        {"file": file, "check": check, "reason": problem}
        for file, check, problem in found
        if problem
    ]
    bad = {failure["file"] for failure in failures}
    sound = [file for file in files if file.name not in bad]
    report = {
        "files": len(files),
        "sound": len(sound),
        "checks": _counts(found),
        "failures": failures,
        "llm_closed_book": _closed_book(args, sound) if args.llm else NOT_RUN,
    }
    print(json.dumps(report, indent=1) if args.json else "\n".join(_page(args, report)))
    return 1 if failures else 0


def _counts(found: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, int]]:
    """By check, as they are shown: how many files it holds of."""
    failed = Counter(check for _, check, problem in found if problem)
    ok = Counter(check for _, check, problem in found if not problem)
    names = dict.fromkeys([*OF_FILES, *sorted({*ok, *failed})])
    return {name: {"ok": ok[name], "failed": failed[name]} for name in names}


def _page(args: argparse.Namespace, report: dict[str, Any]) -> Iterator[str]:
    """Counts by check, then every failure with its file."""
    failures, files, sound = report["failures"], report["files"], report["sound"]
    yield f"{'check':<20}{'ok':>9}{'failed':>9}"
    for name, counts in report["checks"].items():
        yield f"{name:<20}{counts['ok']:>9}{counts['failed']:>9}"
    yield "llm_closed_book     " + _told(report["llm_closed_book"])
    for failure in failures[:MOST_SHOWN]:
        file, check, reason = map(one_line, failure.values())
        yield wrapped(f"FAILS {check}: {file}: {reason}")
    if (more := len(failures) - MOST_SHOWN) > 0:
        yield f"… and {more} more"
    yield f"{files} instances, {sound} sound, {files - sound} not, in {args.folder}"


def _told(found: Any) -> str:
    if found == NOT_RUN:
        return NOT_RUN
    low, high = (100 * bound for bound in found["interval"])
    return (
        f"{found['right']} of {found['asked']} right without the texts"
        f" ({100 * found['share']:.1f} %, {low:.1f} to {high:.1f}), by {found['model']}"
    )


def _closed_book(args: argparse.Namespace, files: Sequence[File]) -> JSON:
    """How often the model is right, with the 95 % interval, clustered by instance.

    Raises ProviderFailure if it does not answer.
    """
    model = find(args.llm, args.api_base)
    asked = [(file.name, q) for file in files for q in _questions(file)]
    tries = [(name, q, model.sample(k)) for name, q in asked for k in range(args.samples)]
    told: dict[str, list[bool]] = {}
    for (name, _, _), is_right in zip(tries, over_threads(_ask, tries, THREADS), strict=True):
        told.setdefault(name, []).append(is_right)
    if not tries:
        return NOT_RUN
    hits = sum(map(sum, told.values()))
    # One instance has no spread of its own: its samples are taken as they are.
    many = clustered_share(list(told.values())) if len(told) > 1 else None
    low, high = (many.low, many.high) if many else wilson(hits, len(tries))
    return {
        "model": str(model.describe()["name"]),
        "samples": args.samples,
        "asked": len(tries),
        "right": hits,
        "share": round(hits / len(tries), 6),
        "interval": [round(low, 6), round(high, 6)],
    }


def _questions(file: File) -> Iterator[Question]:
    path = file.folder / file.name
    instance = read_instance(path)
    track = generating_tracks()[track_of(instance, str(path))]
    gold = track.task(instance, "closed-book", 0).gold
    assert isinstance(gold, QuestionGold)
    yield from gold.questions


def _ask(one: tuple[str, Question, Model]) -> bool:
    _, question, model = one
    return is_correct(question, sound(model.complete(prompt(question.text), ())).message.content)


def prompt(question: str) -> list[Message]:
    """What the model reads."""
    return [Message("system", SYSTEM), Message("user", question)]
