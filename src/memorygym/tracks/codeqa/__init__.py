"""The track codeqa: an agent reads files of a package and a debugging session, then answers
questions about them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from memorygym.core.track import Instances, Track
from memorygym.core.types import JSON, Task
from memorygym.tracks._qa import defaults
from memorygym.tracks._qa.generated import generated
from memorygym.tracks._qa.questions import Reader
from memorygym.tracks.codeqa.generator.settings import CodeQASettings

if TYPE_CHECKING:
    from memorygym.tracks.codeqa.generator.recipe import CodeQARecipe


def facts(_: str) -> Reader:
    """The fact reader; it does not depend on the system message."""
    from memorygym.tracks.codeqa.questions import CodeReader

    return CodeReader()


def recipes(parameters: Mapping[str, str], n: int, seed: int) -> "Sequence[CodeQARecipe]":
    """The recipes that the parameters ask for. Raises BadSettings that names what is possible."""
    from memorygym.tracks.codeqa.generator import recipe

    return recipe.recipes(parameters, n, seed)


def verification(task: Task) -> Mapping[str, Mapping[str, JSON]]:
    """The result of each check of a task."""
    from memorygym.tracks.codeqa import verifier

    return verifier.verification(task)


TRACK = Track(
    **defaults.SHARED,
    **generated("codeqa", CodeQASettings, Instances(recipes=recipes, verification=verification)),
    version="codeqa-v3",
    facts=facts,
)
