"""research: the results of scripted searches stream past, then one question of several hops is put.

All is fiction, dealt from a seed to any length; every instance is proved on its final texts.
"""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from memorygym.tracks._qa.hooks import (
    INFORMED,
    PARTS,
    REASONERS,
    least_view,
    oracle,
    table,
)
from memorygym.tracks._qa.hooks import env as streaming
from memorygym.tracks._qa.hooks import lens as streamed
from memorygym.tracks._qa.hooks import listener as listening
from memorygym.tracks._qa.hooks import reasoner as locked
from memorygym.tracks._qa.hooks import scribe as clerk

if TYPE_CHECKING:
    from memorygym.core import JSON, Env, Policy, Task
    from memorygym.instances.model import Reader
    from memorygym.lens import Lens
    from memorygym.trace import Trace
    from memorygym.tracks.research.strata import Recipe

__all__ = [
    "INFORMED",
    "PARTS",
    "REASONERS",
    "SCHEMA",
    "VERSION",
    "add_options",
    "env",
    "imported",
    "least_view",
    "lens",
    "listener",
    "oracle",
    "reader",
    "reasoner",
    "recipes",
    "scribe",
    "table",
    "task_of",
    "verification",
]

VERSION = "research-v1"
SCHEMA = "memorygym-research-1"


def add_options(group: "argparse._ArgumentGroup") -> None:
    """Declares what only instances of this track know."""
    from memorygym.tracks.research.strata import declare

    declare(group)


def recipes(args: argparse.Namespace) -> "list[Recipe]":
    """The instances that the options ask for. Raises BadSettings that says what is reachable."""
    from memorygym.tracks.research.strata import asked

    return asked(args)


def task_of(instance: "Mapping[str, Any]", template: str, seed: int) -> "Task":
    """The task that an instance is."""
    from memorygym.tracks.research.task import task_of as made

    return made(instance, template, seed)


def env(task: "Task") -> "Env":
    """An environment that plays the task: its searches are scripted, or the reasoner's own."""
    from memorygym.tracks.research.searching import SearchEnv, is_searched

    return SearchEnv(task) if is_searched(task) else streaming(task)


def reasoner(name: str, task: "Task") -> "Policy":
    """The locked reasoner of that name. Raises UnknownPart with the choices."""
    from memorygym.tracks.research.searchers import searcher
    from memorygym.tracks.research.searching import is_searched

    return searcher(name) if is_searched(task) else locked(name, task)


def listener(reasoner: "Policy", task: "Task | None" = None) -> "Policy":
    """That reasoner, who is asked nothing where the track asks nothing; who searches himself is
    asked at every step."""
    from memorygym.tracks.research.searchers import Searcher
    from memorygym.tracks.research.searching import is_searched

    searches = isinstance(reasoner, Searcher) or (task is not None and is_searched(task))
    return reasoner if searches else listening(reasoner, task)


def scribe(reasoner: "Policy", task: "Task") -> "Policy":
    """The fixed user of memories with tools, who answers as that reasoner does."""
    from memorygym.tracks.research.scribing import Noter, SearchScribe, is_briefed
    from memorygym.tracks.research.searching import is_searched

    if is_searched(task):
        return SearchScribe(reasoner)
    behind = clerk(reasoner, task)
    return Noter(behind) if is_briefed(task) else behind


def lens(trace: "Trace") -> "Lens":
    """How its trace is read. Raises BadTrace without a gold table."""
    from memorygym.tracks.research.searching import lens_of

    return lens_of(trace) or streamed(trace)


def verification(instance: "Mapping[str, Any]") -> "dict[str, JSON]":
    """What the final texts of an instance prove."""
    from memorygym.tracks.research.proving import verification as proved

    return proved(instance)


def imported(raw: "Mapping[str, Any]", place: str = "instance") -> "dict[str, Any]":
    """An instance of the original's schema with all fields filled in. Raises BadSettings."""
    from memorygym.tracks.research.importing import imported as normalised

    return normalised(raw, place)


def reader(system: str) -> "Reader":  # noqa: ARG001  # Every pinned message says the same.
    """The reader, which knows rendered text alone."""
    from memorygym.tracks.research.reading import ResearchReader

    return ResearchReader()
