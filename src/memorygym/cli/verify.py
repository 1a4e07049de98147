"""Check that tasks are fair: answerable, only with the needed facts, and not by guessing."""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from memorygym.cli._checks import given_path
from memorygym.cli._settings import add_settings, settings_of
from memorygym.core import registry
from memorygym.core.errors import UnknownPart
from memorygym.core.track import TaskOptions, Track, find
from memorygym.reports.instance_checks import check_text, folder_checks
from memorygym.runs import tasks
from memorygym.runs.executors import over_processes, watched
from memorygym.runs.settings import VerifySettings

A = TypeVar("A")
B = TypeVar("B")
OF_GENERATED = ("track", "template", "tier", "seeds", "salt")
OF_MODELS = ("samples", "api_base")
"""Settings of generated tasks, and of the model that is asked."""


def add(parser: argparse.ArgumentParser) -> None:
    """Declares the options."""
    made = "a folder that `memorygym generate` wrote (default: generate tasks and check them)"
    parser.add_argument("folder", nargs="?", type=given_path, metavar="DIR", help=made)
    add_settings(parser, VerifySettings)


def run(args: argparse.Namespace) -> int:
    """Returns 0 if every check passes, else 1."""
    settings = settings_of(VerifySettings, args)
    if args.folder:
        if not settings.model:
            settings.refuse(OF_MODELS, "--model; no model is asked")
        settings.refuse(OF_GENERATED, "generated tasks; DIR is checked as it is")
        report = folder_checks(args.folder, settings)
        print(json.dumps(report, indent=1) if settings.json else check_text(args.folder, report))
        return 1 if report["failures"] else 0
    of_folders = ("model", *OF_MODELS)
    settings.refuse(of_folders, "DIR; generated tasks are checked without it")
    track, parameters = tasks.track_of(settings)
    if not settings.version:
        settings.refuse(["write"], "--version, whose promises it freezes")
    else:
        return _version(track, write=settings.write)
    if not track.verify:
        ours = (name for name in registry.names("tracks") if registry.is_built_in("tracks", name))
        raise UnknownPart("track to verify", track.name, [o for o in ours if find(o).verify])
    options = TaskOptions(tasks.seeds_of(settings, 3), settings.salt or "", parameters)
    result = track.verify(track.tasks(options), partial(_watched, settings))
    print(json.dumps(result.json, indent=1) if settings.json else result.text)
    return 1 if result.failures else 0


def _version(track: Track, *, write: bool) -> int:
    """Says which promises of a track's version moved; freezes them if asked to."""
    from memorygym.runs import behaviour  # Which imports all that plays.

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
