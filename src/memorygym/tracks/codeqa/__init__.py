"""The track codeqa: an agent reads files of a package and a debugging session, then answers
questions about them."""

import argparse
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING

from memorygym.core.track import Instances, Track
from memorygym.core.types import JSON, Task
from memorygym.datasets.instances.loader import parameters_of, tasks_of
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.codeqa.generator.settings import VERSION, add_options

if TYPE_CHECKING:
    from memorygym.tracks.codeqa.generator.recipe import CodeQARecipe


def facts(_: str) -> Reader:
    """The fact reader; it does not depend on the system message."""
    from memorygym.tracks.codeqa.questions import CodeReader

    return CodeReader()


def recipes(args: argparse.Namespace) -> "list[CodeQARecipe]":
    """The recipes that the options ask for. Raises BadSettings with the possible values."""
    from memorygym.tracks.codeqa.generator import recipe

    return recipe.recipes(args)


def verification(task: Task) -> Mapping[str, Mapping[str, JSON]]:
    """The result of each check of a task."""
    from memorygym.tracks.codeqa import verifier

    return verifier.verification(task)


INSTANCES = Instances(declare=add_options, recipes=recipes, verification=verification)
TRACK = Track(
    **defaults.SHARED,
    name="codeqa",
    version=VERSION,
    tasks=tasks_of("codeqa", INSTANCES),
    facts=facts,
    parameters=lambda: parameters_of(INSTANCES),
    instances=INSTANCES,
    verify=partial(defaults.verify, verification),
)
