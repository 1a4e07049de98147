"""What a comparison is played on: tasks of one track, each dealt when it is needed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from memorygym.core import JSON
from memorygym.settings import Dealt, Settings, recipe_of


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks of a comparison."""

    track: str
    dealt: Sequence[Dealt]
    recipe: Mapping[str, JSON]
    """What must agree for two sets to be one; a salt only as its hash."""
    told: str
    """What they are, in a few words."""


def of_worlds(worlds: Sequence[Settings]) -> Tasks:
    """Worlds of one tier."""
    return Tasks("worlds", worlds, recipe_of(worlds), f"worlds track, tier {worlds[0].tier}")
