"""The options that select tasks: of a track, a folder, or the file of a data set."""

import argparse
from collections.abc import Mapping

from memorygym.cli._settings import add_options, settings_of
from memorygym.core.track import Track
from memorygym.runs import tasks
from memorygym.runs.settings import PARAMETERS, WORLDS, TaskSettings
from memorygym.runs.tasks import Tasks, check_seed

__all__ = ["PARAMETERS", "WORLDS", "check_seed"]


def add_tasks(group: argparse._ArgumentGroup, seeds: str) -> None:
    """Declares the tasks that are played; `seeds` is "" where a single task is played."""
    names = ("track", *PARAMETERS, "data", "seed", *(["seeds"] if seeds else []), "salt")
    helps = {} if seeds else {"seed": "(default: 0)"}
    add_options(group, TaskSettings, *names, **helps)


def add_track(group: argparse._ArgumentGroup, _: str) -> None:
    """Declares the track and its parameters."""
    add_options(group, TaskSettings, "track", *PARAMETERS)


def add_seeds(group: argparse._ArgumentGroup, _: str) -> None:
    """Declares --seed and --seeds."""
    add_options(group, TaskSettings, "seed", "seeds")


def add_capacity(group: argparse._ArgumentGroup) -> None:
    """Declares --capacity, in place of that of the tasks."""
    add_options(group, TaskSettings, "capacity")


def tasks_of(args: argparse.Namespace, seeds: int | None = None) -> Tasks:
    """The tasks that the options name."""
    return tasks.tasks_of(settings_of(TaskSettings, args), seeds)


def track_of(args: argparse.Namespace) -> tuple[Track, Mapping[str, str]]:
    """The track that the options name, and its parameters."""
    return tasks.track_of(settings_of(TaskSettings, args))


def seeds_of(args: argparse.Namespace, default: int) -> range:
    """The seeds that --seed or --seeds names."""
    return tasks.seeds_of(settings_of(TaskSettings, args), default)
