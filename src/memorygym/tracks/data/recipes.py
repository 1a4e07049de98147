"""What deals the tasks of a file: its samples, each under a number."""

from dataclasses import dataclass
from pathlib import Path

from memorygym.core import JSON, Task
from memorygym.datasets._samples import Sample, format_named, load
from memorygym.errors import BadSettings
from memorygym.page import one_line
from memorygym.tracks.data.dealing import askable, deal

LONGEST_NAME = 40
"""Characters of a sample's id in a template."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """A sample, and how much of it is asked."""

    template: str
    seed: int
    """The number of its record in the file."""
    sample: Sample
    most: int | None = None

    def knobs(self) -> dict[str, JSON]:
        """What is set beside template and seed."""
        return {"instance": self.sample.id, "most": self.most}

    def deal(self) -> Task:
        """The task."""
        return deal(self.sample, self.template, self.seed, self.most)


def recipes(name: str, path: Path, most: int | None = None) -> list[Recipe]:
    """One of each sample of which a question can be asked; records that are none are passed over.

    Raises BadSettings if none is left.
    """
    if most is not None and most < 1:
        raise BadSettings(f"most {most}: give at least 1 question")
    unit = next((one for one in format_named(name).units if one != "session"), None)
    found: list[Recipe] = []
    for number, one in enumerate(load(name, path, unit)):
        if isinstance(one, Sample) and askable(one):
            template = f"{name}:{one_line(one.id)[:LONGEST_NAME]}"
            found.append(Recipe(template, number, one, most))
    if not found:
        raise BadSettings(f"{path}: no question has both evidence and an answer")
    return found
