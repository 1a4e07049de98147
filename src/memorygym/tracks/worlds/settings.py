"""The recipe of a worlds task: template, seed, tier, sizes, secret of a private test set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from memorygym.core import registry
from memorygym.core.errors import BadSettings, UnknownPart
from memorygym.core.track import TaskOptions
from memorygym.core.types import Task
from memorygym.tracks.worlds.generator.task import generate
from memorygym.tracks.worlds.generator.tiers import TIERS, Sizes

LARGEST = 1_000_000
"""Most entities, tokens, questions, corrections or writes of a task."""


@dataclass(frozen=True, slots=True)
class WorldsSettings:
    """The recipe of one task. See track.TaskRecipe."""

    template: str
    seed: int
    tier: str = "standard"
    sizes: Sizes = field(default_factory=Sizes)
    salt: str = ""

    def generate(self) -> Task:
        """The task."""
        return generate(self.template, self.seed, self.tier, self.sizes, self.salt)


def settings_of(options: TaskOptions) -> Sequence[WorldsSettings]:
    """The recipes that the parameters name, by template. Raises UnknownPart or BadSettings."""
    parameters = dict(options.parameters)
    stated = parameters.pop("template", None)
    names = [name for name in (stated or "").split(",") if name]
    if stated is not None and not names:
        raise BadSettings(
            f"template {stated!r} names none, perhaps from an unset variable: name one, or leave it"
            " out for all"
        )
    tier = parameters.pop("tier", "standard")
    if tier not in TIERS:
        raise UnknownPart("tier", tier, TIERS)
    sizes = sizes_of(parameters)
    templates = names or registry.names("templates")
    for name in templates:
        registry.load("templates", name, "TEMPLATE")
    return [
        WorldsSettings(name, seed, tier, sizes, options.salt)
        for name in templates
        for seed in options.seeds
    ]


def sizes_of(parameters: Mapping[str, str]) -> Sizes:
    """The sizes that the parameters set. Raises UnknownPart or BadSettings."""
    for name, text in parameters.items():
        if name not in Sizes.__slots__:
            raise UnknownPart(
                "parameter of the track worlds", name, ("template", "tier", *Sizes.__slots__)
            )
        if not text.removeprefix("-").isdecimal():
            raise BadSettings(f"{name} {text!r}: give a whole number")
        if int(text) > LARGEST:
            raise BadSettings(f"{text} {name}: give at most {LARGEST:,}")
    return Sizes(**{name: int(text) for name, text in parameters.items()})
