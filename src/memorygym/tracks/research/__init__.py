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
    env,
    least_view,
    lens,
    listener,
    oracle,
    reasoner,
    scribe,
    table,
)

if TYPE_CHECKING:
    from memorygym.core import JSON, Task
    from memorygym.instances.model import Reader
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
